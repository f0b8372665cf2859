# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Convolution, batch normalization and activation as one layer."""

from __future__ import annotations

from typing import Optional, Tuple, Union

import paddle
from paddle import ParamAttr, nn
from paddle.regularizer import L2Decay

from ppclas_core.nn.activation import activation


class ConvBN(nn.Layer):
    """`act(bn(conv(x)))`; keys `conv.weight`, `bn.weight`, `bn.bias`, `bn._mean`, `bn._variance`.

    Args:
        kernel_size: odd size; the default padding keeps the spatial size at stride 1.
        act: name for `activation`; None: no activation.
        bn_decay: False excludes scale and shift of the batch norm from weight decay.
        eps, momentum: of the batch norm; momentum is the weight of the old running statistics, as in Paddle.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Union[int, Tuple[int, int]] = 3,
        stride: int = 1,
        groups: int = 1,
        act: Optional[str] = "relu",
        padding: Union[int, Tuple[int, int], None] = None,
        dilation: int = 1,
        bn_decay: bool = True,
        eps: float = 1e-5,
        momentum: float = 0.9,
    ) -> None:
        super().__init__()
        if padding is None:
            sizes = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
            padding = ((sizes[0] - 1) // 2 * dilation, (sizes[1] - 1) // 2 * dilation)
        self.conv = nn.Conv2D(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias_attr=False
        )
        scale, shift = (None if bn_decay else ParamAttr(regularizer=L2Decay(0.0)) for _ in range(2))
        self.bn = nn.BatchNorm2D(out_channels, momentum, eps, weight_attr=scale, bias_attr=shift)
        self.act = activation(act)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H', W')."""
        return self.act(self.bn(self.conv(x)))
