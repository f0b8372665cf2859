# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Convolution, batch normalization and activation as one layer, and the activation layers by name."""

from __future__ import annotations

from typing import Callable, Dict, Optional, Tuple, Union

import paddle
from paddle import ParamAttr, nn
from paddle.regularizer import L2Decay

_LAYERS: Dict[str, Callable[[], nn.Layer]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": lambda: nn.LeakyReLU(0.1),
    "hard_swish": nn.Hardswish,  # x * relu6(x + 3) / 6
    "swish": nn.Swish,
    "sigmoid": nn.Sigmoid,
}


def activation(name: Optional[str]) -> nn.Layer:
    """Return the activation layer of a name; None gives the identity.

    Raises:
        KeyError: the name is unknown.
    """
    return nn.Identity() if name is None else _LAYERS[name]()


class ConvBN(nn.Layer):
    """`act(bn(conv(x)))`; keys `conv.weight`, `bn.weight`, `bn.bias`, `bn._mean`, `bn._variance`.

    Args:
        in_channels: number of input channels.
        out_channels: number of output channels.
        kernel_size: odd size of the kernel, one number or (height, width).
        stride: stride of the convolution.
        groups: number of groups of the convolution.
        act: name for `activation`; None: no activation.
        padding: padding of the convolution; None: that which keeps the spatial size at stride 1.
        dilation: dilation of the convolution.
        bn_decay: False excludes scale and shift of the batch norm from weight decay.
        eps: epsilon of the batch norm.
        momentum: weight of the old running statistics of the batch norm, as in Paddle.
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
