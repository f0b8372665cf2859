# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The head of mobile networks: a wide convolution, pooling, an optional wide layer, and the classifier."""

from __future__ import annotations

from typing import Optional

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import ClassifierHead, ConvBN, activation


class MobileHead(ClassifierHead):
    """Head (N, C, H, W) -> conv-bn-act -> spatial mean -> optional wide layer -> dropout -> (N, num_classes) logits.

    Keys: `conv.*`, `wide.*` (optional), `fc.*`.

    Args:
        conv: the last 1x1 convolution with its batch norm.
        width: channels out of `conv`.
        wide: the layer between pooling and classifier, (N, width, 1, 1) -> (N, wide_width, 1, 1); None: no such layer.
        wide_width: its channels.
        act: activation after a bare `wide` convolution.
        dropout: see `ClassifierHead`.
    """

    def __init__(
        self,
        conv: ConvBN,
        width: int,
        num_classes: int,
        wide: Optional[nn.Layer] = None,
        wide_width: int = 0,
        act: Optional[str] = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(wide_width if wide is not None else width, num_classes, dropout)
        self.conv = conv
        self.wide = nn.Identity() if wide is None else wide
        self.act = activation(act)

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Return the logits, or with `pre_logits` the (N, D) features before dropout."""
        x = F.adaptive_avg_pool2d(self.conv(x), 1)
        x = self.act(self.wide(x)).flatten(1)
        return x if pre_logits else self.fc(self.dropout(x))
