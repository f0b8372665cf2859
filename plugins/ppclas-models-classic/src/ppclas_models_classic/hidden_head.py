# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The classifier of AlexNet and VGG: two wide hidden layers over the flattened feature map."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, nn
from paddle.nn.initializer import Uniform

WIDTH = 4096


class HiddenHead(nn.Layer):
    """Classifier (N, channels, H, W) -> (N, num_classes) logits; keys `fc6.*`, `fc7.*`, `fc.*`.

    Args:
        side: the feature map is average-pooled to `side` x `side`, so that any input size works.
        dropout: probability, in the mode of 2020: training only masks, evaluation multiplies by 1 - p.
        dropout_first: apply dropout before each hidden layer instead of after it.
    """

    def __init__(self, channels: int, side: int, num_classes: int, dropout: float, dropout_first: bool) -> None:
        super().__init__()
        self.side = side
        self.dropout_first = dropout_first
        self.dropout = nn.Dropout(dropout, mode="downscale_in_infer")
        self.fc6 = _linear(channels * side * side, WIDTH)
        self.fc7 = _linear(WIDTH, WIDTH)
        self.reset(num_classes)

    def reset(self, num_classes: int) -> None:
        """Replace the classifier by a newly initialized one for `num_classes` >= 1 classes."""
        self.fc = _linear(WIDTH, num_classes)

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Return the logits, or with `pre_logits` the (N, 4096) output of the second hidden layer."""
        if list(x.shape[2:]) != [self.side, self.side]:
            x = F.adaptive_avg_pool2d(x, self.side)
        x = x.flatten(1)
        if self.dropout_first:
            x = F.relu(self.fc6(self.dropout(x)))
            x = F.relu(self.fc7(self.dropout(x)))
        else:
            x = F.relu(self.fc6(x))
            x = F.relu(self.fc7(self.dropout(x)))
        if pre_logits:
            return x
        return self.fc(x if self.dropout_first else self.dropout(x))


def _linear(in_features: int, out_features: int) -> nn.Linear:
    bound = in_features**-0.5
    weight, bias = (ParamAttr(initializer=Uniform(-bound, bound)) for _ in range(2))
    return nn.Linear(in_features, out_features, weight_attr=weight, bias_attr=bias)
