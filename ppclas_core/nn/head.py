# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Standard classifier head: global average pooling, dropout, one linear layer."""

from __future__ import annotations

import math

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, nn
from paddle.nn.initializer import Uniform


class ClassifierHead(nn.Layer):
    """Classifier head from a feature map (N, C, H, W) to logits (N, num_classes); keys `fc.weight`, `fc.bias`.

    Args:
        in_features: C.
        dropout: probability p. By default training does not rescale and evaluation multiplies by 1 - p, as for the
            published weights.
        upscale: scale by 1 / (1 - p) in training instead, the current convention.
    """

    def __init__(self, in_features: int, num_classes: int, dropout: float = 0.0, upscale: bool = False) -> None:
        super().__init__()
        self.in_features = in_features
        self.dropout = nn.Dropout(dropout, mode="upscale_in_train" if upscale else "downscale_in_infer")
        self.reset(num_classes)

    def reset(self, num_classes: int) -> None:
        """Replace the linear layer by a newly initialized one for `num_classes` >= 1 classes."""
        bound = 1.0 / math.sqrt(self.in_features)
        self.fc = nn.Linear(self.in_features, num_classes, weight_attr=ParamAttr(initializer=Uniform(-bound, bound)))

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Return logits (N, num_classes); with `pre_logits`, the pooled features (N, C) before dropout."""
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return x if pre_logits else self.fc(self.dropout(x))
