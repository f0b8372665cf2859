# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of ResNet_ACNet and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights, published
from ppclas_models_resnet.resnet_records import LR_STAGES


def _record(name: str, depth: int, params: int, flops: int, *weights: Weights) -> Backbone:
    preset = {"depth": depth, "deploy": True} if name.endswith("_deploy") else {"depth": depth}
    return Backbone(
        name=name,
        target="ppclas_models_resnet.acnet:ResNetACNet",
        family="ResNet_ACNet",
        preset=preset,
        lr_stages=LR_STAGES,
        weight_names="ppclas_models_resnet.acnet:weight_names",
        params=params,
        flops=flops,
        paper="ACNet: strengthening the kernel skeletons for powerful CNN via asymmetric convolution blocks (2019)",
        arxiv="1908.03930",
        weights=weights,
    )


ACNET = (
    _record("ResNet18_ACNet", 18, 19_035_688, 5_956_313_088),
    _record("ResNet34_ACNet", 34, 35_892_520, 12_121_939_968),
    _record("ResNet50_ACNet", 50, 33_119_912, 10_712_055_808),
    _record("ResNet101_ACNet", 101, 58_814_120, 20_756_889_600),
    _record("ResNet152_ACNet", 152, 79_978_152, 30_801_723_392),
    _record("ResNet50_ACNet_deploy", 50, 25_553_192, 8_178_368_512,
            published("ResNet50_ACNet_deploy", (0.767, 0.932), (8.19, 25.55),
                      (5.626, 2.6823, 5.944, 7.16655, 3.49161, 7.78374, 13.94361),
                      note="each 3x3 stands for the trained 3x3, 1x3 and 3x1; only this form was published")),
)
