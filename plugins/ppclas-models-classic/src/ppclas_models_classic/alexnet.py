# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""AlexNet: five convolutions without batch norm, two wide hidden layers."""

from __future__ import annotations

from typing import Iterator

from paddle import ParamAttr, nn
from paddle.nn.initializer import Uniform

from ppclas_core.nn import Backbone, FeatureInfo
from ppclas_core.weights import Names, conv, linear
from ppclas_core.weights.torch_names import TorchName, layer
from ppclas_models_classic.hidden_head import WIDTH, HiddenHead


class AlexNet(Backbone):
    """ImageNet classification with deep convolutional neural networks (2012), in the narrower single-GPU form.

    Args:
        dropout: before both hidden layers, in the mode of 2020 (see `HiddenHead`).
    """

    def __init__(self, *, dropout: float = 0.5, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = nn.Sequential(_conv(in_channels, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2D(3, 2))
        self.stages = nn.LayerList([
            nn.Sequential(_conv(64, 192, 5), nn.ReLU(), nn.MaxPool2D(3, 2)),
            nn.Sequential(_conv(192, 384, 3), nn.ReLU(), _conv(384, 256, 3), nn.ReLU(), _conv(256, 256, 3), nn.ReLU(),
                          nn.MaxPool2D(3, 2)),
        ])
        self.feature_info = [FeatureInfo("stages.0", 192, 16), FeatureInfo("stages.1", 256, 32)]
        self.num_features = WIDTH
        self.head = HiddenHead(256, 6, num_classes, dropout, dropout_first=True)


def _conv(in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = -1) -> nn.Conv2D:
    bound = (in_channels * kernel_size**2) ** -0.5
    weight, bias = (ParamAttr(initializer=Uniform(-bound, bound)) for _ in range(2))
    padding = kernel_size // 2 if padding < 0 else padding
    return nn.Conv2D(in_channels, out_channels, kernel_size, stride, padding, weight_attr=weight, bias_attr=bias)


def weight_names(model: AlexNet) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    convolutions = (("stem.0", "_conv1._conv"), ("stages.0.0", "_conv2._conv"), ("stages.1.0", "_conv3"),
                    ("stages.1.2", "_conv4"), ("stages.1.4", "_conv5._conv"))
    for number, (ours, new) in enumerate(convolutions, 1):
        yield from conv(ours, f"conv{number}", new, new, bias=True)
    for ours, number in (("fc6", 6), ("fc7", 7), ("fc", 8)):
        old, new = f"fc{number}", f"_fc{number}"
        yield from linear(f"head.{ours}", f"{old}_weights", f"{old}_offset", new, new)


def torch_names(model: AlexNet) -> Iterator[TorchName]:
    """Yield the names in torchvision.

    Its dropout scales in training, ours in evaluation; the converted weights compensate for that.
    """
    for ours, index in (("stem.0", 0), ("stages.0.0", 3), ("stages.1.0", 6), ("stages.1.2", 8), ("stages.1.4", 10)):
        yield from layer(ours, f"features.{index}")
    scale = 1.0 / (1.0 - model.head.dropout.p)
    yield from layer("head.fc6", "classifier.1", scale=scale)
    yield from layer("head.fc7", "classifier.4", scale=scale)
    yield from layer("head.fc", "classifier.6")
