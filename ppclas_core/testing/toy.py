# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tiny backbone and a checkpoint of it, for fast tests of training, export and serving.

This file is a one-file plugin: `toy_catalogue()` adds it to the catalogue of the process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterable

import paddle
from paddle import nn

from ppclas_core.api import Backbone as BackboneRecord
from ppclas_core.api import hookimpl
from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.runs.folder import CheckpointFolder
from ppclas_core.runs.meta import Meta, write_meta
from ppclas_core.weights.write import save_pdparams


class ToyNet(Backbone):
    """Backbone of two convolutions and a classifier.

    Args:
        width: channels of the first stage; the second has twice as many.
        num_classes: number of logits.
        in_channels: number of input channels.
    """

    def __init__(self, *, width: int = 8, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = ConvBN(in_channels, width, 3, stride=2)
        self.stages = nn.LayerList([nn.Sequential(ConvBN(width, 2 * width, 3, stride=2))])
        self.head = ClassifierHead(2 * width, num_classes)
        self.num_features = 2 * width
        self.feature_info = [FeatureInfo("stages.0", 2 * width, 4)]


@hookimpl
def ppclas_backbones() -> Iterable[BackboneRecord]:
    """Return the record of ToyNet."""
    return [BackboneRecord("ToyNet", "ppclas_core.testing.toy:ToyNet", "Toy", input_size=32, resize_short=32,
                           lr_stages=((r"stem\..*",), (r"stages\.0\..*",)))]


def toy_catalogue() -> Catalogue:
    """Return the catalogue of this process, with ToyNet added."""
    known = catalogue()
    if "ToyNet" not in known.names("backbone"):
        known.load_file(Path(__file__))
    return known


def toy_checkpoint(folder: Path, *, num_classes: int = 4, side: int = 32) -> Path:
    """Write a checkpoint of ToyNet as training does (`ppcls.pdparams`, `meta.yaml`) and return its folder."""
    toy_catalogue()
    paddle.seed(7)
    model = ToyNet(num_classes=num_classes)
    folder.mkdir(parents=True, exist_ok=True)
    state = {key: value.numpy() for key, value in model.state_dict().items()}
    save_pdparams(CheckpointFolder(folder).parameters, state)
    write_meta(folder, Meta(
        architecture="ToyNet", num_classes=num_classes, image_shape=[3, side, side],
        labels=[f"class {index}" for index in range(num_classes)],
        preprocessing=[{"DecodeImage": {"to_rgb": True}}, {"ResizeImage": {"size": side}},
                       {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]))
    return folder
