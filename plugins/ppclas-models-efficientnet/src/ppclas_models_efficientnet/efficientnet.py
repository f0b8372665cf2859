# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""EfficientNet: a small network with compound scaling of width, depth and resolution.

Source: EfficientNet: rethinking model scaling for convolutional neural networks (2019).
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator, List, Literal, NamedTuple, Optional, Tuple

import paddle
from paddle import ParamAttr, nn
from paddle.nn.initializer import Normal

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, ClassifierHead, DropPath, FeatureInfo, SqueezeExcite, activation
from ppclas_core.weights import Names, conv, conv_bn, linear
from ppclas_models_efficientnet.settings import Settings

Padding = Literal["SAME", "DYNAMIC", "VALID"]
Squeeze = Literal["avg", "max"]

# repeats, kernel, stride, expansion, channels of B0; the groups share one resolution
_STAGES: Tuple[Tuple[Tuple[int, int, int, int, int], ...], ...] = (
    ((1, 3, 1, 1, 16),),
    ((2, 3, 2, 6, 24),),
    ((2, 5, 2, 6, 40),),
    ((3, 3, 2, 6, 80), (3, 5, 1, 6, 112)),
    ((4, 5, 2, 6, 192), (1, 3, 1, 6, 320)),
)
_STEM = 32
_HEAD = 1280


class PaddedConvBN(nn.Layer):
    """Convolution, batch norm and activation, with one of three padding modes.

    Args:
        padding: `SAME`: output = ceil(input / stride), with an odd pixel of padding on the right and below; `DYNAMIC`:
            both sides by (kernel - 1) / 2; `VALID`: no padding.
        act: name of the activation; None: no activation.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        settings: Settings,
        padding: str,
        stride: int = 1,
        groups: int = 1,
        act: Optional[str] = None,
    ) -> None:
        super().__init__()
        fan_out = kernel * kernel * out_channels // groups
        self.conv = nn.Conv2D(
            in_channels,
            out_channels,
            kernel,
            stride,
            (kernel - 1) // 2 if padding == "DYNAMIC" else padding,
            groups=groups,
            weight_attr=ParamAttr(initializer=Normal(0.0, math.sqrt(2.0 / fan_out))),
            bias_attr=False,
        )
        self.bn = nn.BatchNorm2D(out_channels, settings.batch_norm_momentum, settings.batch_norm_epsilon)
        self.act = activation(act)
        self._smallest = kernel if padding == "VALID" else 1

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H', W').

        Raises:
            UserError: without padding, the feature map is smaller than the kernel.
        """
        if min(x.shape[2:]) < self._smallest:
            raise UserError(
                f"padding_type VALID: the feature map of {x.shape[2]} x {x.shape[3]} pixels is smaller than the "
                f"kernel of {self._smallest}",
                do="use larger images (EfficientNetB0: 851 pixels), or padding_type SAME or DYNAMIC",
            )
        return self.act(self.bn(self.conv(x)))


class BlockShape(NamedTuple):
    """Channels, kernel size, stride and expansion factor of an inverted bottleneck."""

    in_channels: int
    out_channels: int
    kernel: int
    stride: int
    expansion: int


class MBConv(nn.Layer):
    """Inverted bottleneck with a depthwise convolution, channel gate and stochastic depth.

    Args:
        squeeze: pooling of the gate; None: no gate.
        drop: probability of dropping the residual branch in training.
        index: position among all blocks, for the published names.
        first_of_row: whether the block is the first of its row of `_STAGES`, for the published names.
    """

    def __init__(
        self,
        shape: BlockShape,
        settings: Settings,
        padding: str,
        squeeze: Optional[str],
        drop: float,
        index: int,
        first_of_row: bool,
    ) -> None:
        super().__init__()
        self.index = index
        self.first_of_row = first_of_row
        in_channels, out_channels, kernel, stride, expansion = shape
        width = in_channels * expansion
        act = settings.act
        self.expand = PaddedConvBN(in_channels, width, 1, settings, padding, act=act) if expansion != 1 else None
        self.depthwise = PaddedConvBN(width, width, kernel, settings, padding, stride, groups=width, act=act)
        self.se = SqueezeExcite(width, max(1, in_channels // 4), act=act, squeeze=squeeze) if squeeze else None
        self.project = PaddedConvBN(width, out_channels, 1, settings, padding)
        self.shortcut = stride == 1 and in_channels == out_channels
        self.drop_path = DropPath(drop)
        self._margin = (kernel - 1) // 2 if padding == "VALID" else 0

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H', W')."""
        y = x if self.expand is None else self.expand(x)
        y = self.depthwise(y)
        y = y if self.se is None else self.se(y)
        y = self.project(y)
        if not self.shortcut:
            return y
        if self._margin:  # an unpadded convolution loses the border, so the shortcut is cropped
            x = x[:, :, self._margin : -self._margin, self._margin : -self._margin]
        return x + self.drop_path(y)


class EfficientHead(ClassifierHead):
    """Head of 1x1 convolution, global pooling, dropout (scaled in training) and classifier."""

    def __init__(self, in_channels: int, width: int, num_classes: int, settings: Settings, padding: str) -> None:
        super().__init__(width, num_classes, settings.dropout_rate, upscale=True)
        self.conv = PaddedConvBN(in_channels, width, 1, settings, padding, act=settings.act)

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, num_classes) logits, or the pooled (N, width) features."""
        return super().forward(self.conv(x), pre_logits)


class EfficientNet(Backbone):
    """EfficientNet B0 to B7, B0_small and Lite.

    Args:
        settings: name -> value for `Settings`, of this variant.
        padding_type: `SAME`, `DYNAMIC` or `VALID`, see `PaddedConvBN`. `VALID` needs images of at least 851 pixels.
        use_se: squeeze-and-excitation in each block.
        squeeze: pooling of the gate: mean, or maximum as in the Lite networks of 2020.
        override_params: values for `Settings` that override those of the variant.

    Raises:
        UserError: `override_params` has an unknown key or an invalid value.
    """

    def __init__(
        self,
        *,
        settings: Dict[str, Any],
        padding_type: Padding = "SAME",
        use_se: bool = True,
        squeeze: Squeeze = "avg",
        override_params: Optional[Dict[str, Any]] = None,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        chosen = Settings(**settings).overridden(override_params)
        width = chosen.width(_STEM, end=True)
        self.stem = PaddedConvBN(in_channels, width, 3, chosen, padding_type, 2, act=chosen.act)
        rows = _scaled(chosen)
        total = sum(row[0] for stage in rows for row in stage)
        self.stages = nn.LayerList()
        index = 0
        for stage in rows:
            blocks: List[nn.Layer] = []
            for repeats, kernel, stride, expansion, channels in stage:
                for k in range(repeats):
                    drop = chosen.drop_connect_rate * index / total
                    shape = BlockShape(width, channels, kernel, stride if k == 0 else 1, expansion)
                    blocks.append(MBConv(shape, chosen, padding_type, squeeze if use_se else None, drop, index,
                                         first_of_row=k == 0))
                    width = channels
                    index += 1
            self.stages.append(nn.Sequential(*blocks))
        self.num_features = chosen.width(_HEAD, end=True)
        self.head = EfficientHead(width, self.num_features, num_classes, chosen, padding_type)
        self.feature_info = [FeatureInfo(f"stages.{k}", stage[-1][-1], 2 ** (k + 1)) for k, stage in enumerate(rows)]


def efficientnet_small(
    *,
    settings: Dict[str, Any],
    padding_type: Padding = "DYNAMIC",
    use_se: bool = False,
    override_params: Optional[Dict[str, Any]] = None,
    num_classes: int = 1000,
    in_channels: int = 3,
) -> EfficientNet:
    """Return an `EfficientNet` with defaults for small devices: symmetric padding, no channel gates."""
    return EfficientNet(settings=settings, padding_type=padding_type, use_se=use_se, override_params=override_params,
                        num_classes=num_classes, in_channels=in_channels)


def _scaled(settings: Settings) -> List[List[Tuple[int, int, int, int, int]]]:
    last = len(_STAGES) - 1
    return [
        [
            (settings.repeats(repeats, end=(i == 0 or (i, j) == (last, len(stage) - 1))), kernel, stride, expansion,
             settings.width(channels))
            for j, (repeats, kernel, stride, expansion, channels) in enumerate(stage)
        ]
        for i, stage in enumerate(_STAGES)
    ]


def weight_names(model: EfficientNet) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""

    def unit(ours: str, v2020: str, bn2020: str, later: str) -> Iterator[Names]:
        style = "_conv._conv _bn"
        yield from conv_bn(ours, v2020, later, later, bn2020=bn2020, style_2_0=style, style_2_1=style)

    yield from unit("stem", "_conv_stem", "_bn0", "_ef._conv_stem._conv")
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, old = f"stages.{i}.{j}", f"_blocks.{block.index}."
            later = f"_ef.{'_blocks' if block.first_of_row else 'block'}.{block.index}."
            if block.expand is not None:
                yield from unit(f"{ours}.expand", f"{old}_expand_conv", f"{old}_bn0", f"{later}._ecn._conv")
            yield from unit(f"{ours}.depthwise", f"{old}_depthwise_conv", f"{old}_bn1", f"{later}._dcn._conv")
            if block.se is not None:
                for layer, number in (("reduce", 1), ("expand", 2)):
                    key = f"{later}._se._conv{number}._conv"
                    yield from conv(f"{ours}.se.{layer}", f"{old}_se_{layer}", key, key, bias=True)
            yield from unit(f"{ours}.project", f"{old}_project_conv", f"{old}_bn2", f"{later}._pcn._conv")
    yield from unit("head.conv", "_conv_head", "_bn1", "_conv")
    yield from linear("head.fc", "_fc_weights", "_fc_offset", "_fc", "_fc")


def torch_names(model: EfficientNet) -> Iterator[Names]:
    """Raise: torchvision and timm have another graph."""
    raise UserError("PyTorch's EfficientNets pad on both sides, the published ones pad as TensorFlow does. timm's "
                    "tf_efficientnet models do too, but their files cannot be distinguished from the others")
