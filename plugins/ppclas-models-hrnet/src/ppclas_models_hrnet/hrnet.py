# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""HRNet: parallel branches of four resolutions, which are fused after every few blocks.

Source: Deep high-resolution representation learning for visual recognition (2019).
"""

from __future__ import annotations

from typing import List, Sequence, Union

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_models_hrnet.blocks import basic, bottleneck
from ppclas_models_hrnet.upsample import upsample

MODULES = (1, 4, 3)
"""Number of exchange modules in the stages with two, three and four branches."""
_BLOCKS = 4
_HEAD = (32, 64, 128, 256)


class Transition(nn.Layer):
    """Transition to one more branch, of half the lowest resolution; the first also reduces the highest's channels."""

    def __init__(self, channels: Sequence[int], widths: Sequence[int]) -> None:
        super().__init__()
        self.narrow = ConvBN(channels[0], widths[0], 3) if channels[0] != widths[0] or len(channels) == 1 else None
        self.lower = ConvBN(channels[-1], widths[-1], 3, 2)

    def forward(self, xs: Union[paddle.Tensor, List[paddle.Tensor]]) -> List[paddle.Tensor]:
        """Return one more feature map than the input, which is one feature map or one per branch."""
        xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
        first = xs[0] if self.narrow is None else self.narrow(xs[0])
        return [first, *xs[1:], self.lower(xs[-1])]


class Exchange(nn.Layer):
    """Four basic blocks in each branch; then every branch becomes the sum of all branches at its resolution."""

    def __init__(self, widths: Sequence[int], use_se: bool) -> None:
        super().__init__()
        self.branches = nn.LayerList(
            [nn.Sequential(*[basic(width, use_se) for _ in range(_BLOCKS)]) for width in widths]
        )
        self.fuse = nn.LayerList([
            nn.LayerList([_bridge(widths, source, target) for source in range(len(widths)) if source != target])
            for target in range(len(widths))
        ])

    def forward(self, xs: List[paddle.Tensor]) -> List[paddle.Tensor]:
        """Return one feature map per branch, with the shapes of the input."""
        xs = [branch(x) for branch, x in zip(self.branches, xs)]
        fused = []
        for target, bridges in enumerate(self.fuse):
            total = xs[target]
            others = [x for source, x in enumerate(xs) if source != target]
            for source, (bridge, x) in enumerate(zip(bridges, others)):
                y = bridge(x)
                total = total + (upsample(y, xs[target].shape[2:]) if source >= target else y)
            fused.append(F.relu(total))
        return fused


def _bridge(widths: Sequence[int], source: int, target: int) -> nn.Layer:
    """Return the convolutions from one resolution to another: 1x1, to be upsampled, or strided 3x3."""
    if source > target:
        return nn.Sequential(ConvBN(widths[source], widths[target], 1, act=None))
    steps = target - source
    convs = [ConvBN(widths[source], widths[source], 3, 2) for _ in range(steps - 1)]
    return nn.Sequential(*convs, ConvBN(widths[source], widths[target], 3, 2, act=None))


class HRNetHead(ClassifierHead):
    """Head: widened branches are summed from the highest resolution down; then a 1x1 convolution and the classifier."""

    def __init__(self, widths: Sequence[int], num_classes: int, use_se: bool) -> None:
        super().__init__(2048, num_classes)
        self.branches = nn.LayerList([bottleneck(a, b, use_se, project=True) for a, b in zip(widths, _HEAD)])
        self.downs = nn.LayerList([ConvBN(4 * a, 4 * b, 3, 2) for a, b in zip(_HEAD, _HEAD[1:])])
        self.last = ConvBN(4 * _HEAD[-1], 2048, 1)

    def forward(self, xs: List[paddle.Tensor], pre_logits: bool = False) -> paddle.Tensor:
        """Return (N, num_classes) logits of one feature map per branch, or the pooled (N, 2048) features."""
        wide = [branch(x) for branch, x in zip(self.branches, xs)]
        x = wide[0]
        for down, other in zip(self.downs, wide[1:]):
            x = down(x) + other
        return super().forward(self.last(x), pre_logits)


class HRNet(Backbone):
    """HRNet; its feature maps are the outputs of the four branches.

    Args:
        width: channels of the highest resolution; each lower one has twice as many.
        use_se: squeeze-and-excitation in every residual block.
    """

    def __init__(self, *, width: int, use_se: bool = False, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = nn.Sequential(ConvBN(in_channels, 64, 3, 2), ConvBN(64, 64, 3, 2))
        first = [bottleneck(64 if k == 0 else 256, 64, use_se, project=k == 0) for k in range(_BLOCKS)]
        self.stages = nn.LayerList([nn.Sequential(*first)])
        channels: List[int] = [256]
        for k, count in enumerate(MODULES):
            widths = [width * 2**n for n in range(k + 2)]
            modules = [Exchange(widths, use_se) for _ in range(count)]
            self.stages.append(nn.Sequential(Transition(channels, widths), *modules))
            channels = widths
        self.head = HRNetHead(channels, num_classes, use_se)
        self.num_features = 2048
        self.feature_info = [FeatureInfo("stages.3", channel, 4 * 2**k) for k, channel in enumerate(channels)]

    def feature_maps(self, x: paddle.Tensor) -> List[paddle.Tensor]:
        """Return the four branches, from stride 4 to stride 32, for (N, in_channels, H, W)."""
        branches: List[paddle.Tensor] = self.stem(x)  # one feature map up to the first transition
        for stage in self.stages:
            branches = stage(branches)
        return branches

    def forward_features(self, x: paddle.Tensor) -> List[paddle.Tensor]:
        """Return the four branches, which the head combines, for (N, in_channels, H, W)."""
        return self.feature_maps(x)
