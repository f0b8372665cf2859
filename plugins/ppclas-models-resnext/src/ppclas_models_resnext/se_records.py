# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of SE_ResNet_vd, SE_ResNeXt, SE_ResNeXt_vd and SENet154_vd, and their published weights."""

from __future__ import annotations

from typing import Mapping

from ppclas_core.api import Backbone, Weights, published
from ppclas_models_resnext.stages import LR_STAGES

# Depth 152 has 64 groups, whatever its published name says.
_PRESETS: Mapping[str, Mapping[str, object]] = {
    "SE_ResNeXt50_32x4d": {"depth": 50, "cardinality": 32, "width": 128, "dropout": 0.5},
    "SE_ResNeXt101_32x4d": {"depth": 101, "cardinality": 32, "width": 128, "dropout": 0.5},
    "SE_ResNeXt152_32x4d": {"depth": 152, "cardinality": 64, "width": 128, "dropout": 0.5},
    "SE_ResNeXt50_vd_32x4d": {"depth": 50, "cardinality": 32, "width": 128, "vd": True},
    "SE_ResNeXt101_vd_32x4d": {"depth": 101, "cardinality": 32, "width": 128, "vd": True},
    "SENet154_vd": {"depth": 152, "cardinality": 64, "width": 256, "vd": True, "dropout": 0.2},
    **{f"SE_ResNet{depth}_vd": {"depth": depth} for depth in (18, 34, 50, 101, 152, 200)},
}


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    preset = _PRESETS[name]
    if "cardinality" in preset:
        module = "ppclas_models_resnext.se_resnext"
        attribute = "SEResNeXt"
        family = "SE_ResNeXt_vd" if "vd" in preset else "SE_ResNeXt"
    else:
        module = "ppclas_models_resnext.se_resnet"
        attribute = "SEResNet"
        family = "SE_ResNet_vd"
    return Backbone(
        name=name,
        target=f"{module}:{attribute}",
        family=family,
        preset=preset,
        lr_stages=LR_STAGES,
        weight_names=f"{module}:weight_names",
        params=params,
        flops=flops,
        paper="Squeeze-and-excitation networks (2018)",
        arxiv="1709.01507",
        weights=weights,
    )


SE = (
    _record("SE_ResNet18_vd", 11_802_048, 4_133_292_032,
            published("SE_ResNet18_vd", (0.733, 0.914), (4.14, 11.8),
                      (1.694, 1.61823, 3.1391, 4.60282, 1.7691, 4.19877, 7.5331))),
    _record("SE_ResNet34_vd", 21_982_324, 7_832_808_448,
            published("SE_ResNet34_vd", (0.765, 0.932), (7.84, 21.98),
                      (2.786, 2.67518, 5.04694, 7.18946, 2.88559, 7.03291, 12.73502))),
    _record("SE_ResNet50_vd", 28_107_256, 8_662_679_552,
            published("SE_ResNet50_vd", (0.795, 0.948), (8.67, 28.09),
                      (3.749, 3.65394, 7.568, 12.52793, 4.28393, 10.38846, 18.33154))),
    _record("SE_ResNet101_vd", 49_346_104, 16_091_578_368),
    _record("SE_ResNet152_vd", 66_841_080, 23_519_690_752),
    _record("SE_ResNet200_vd", 83_086_712, 30_510_809_088),
    _record("SE_ResNeXt50_32x4d", 27_559_896, 8_465_989_632,
            published("SE_ResNeXt50_32x4d", (0.784, 0.94), (8.02, 26.16),
                      (8.924, 9.06957, 11.37898, 18.86282, 8.74121, 13.563, 23.01954))),
    _record("SE_ResNeXt101_32x4d", 48_955_416, 15_949_479_936,
            published("SE_ResNeXt101_32x4d", (0.791, 0.942), (15.02, 46.28),
                      (19.204, 19.34455, 20.6104, 32.20432, 18.82604, 25.31814, 41.97758))),
    _record("SE_ResNeXt152_32x4d", 64_858_200, 25_445_646_336),
    _record("SE_ResNeXt50_vd_32x4d", 27_687_768, 11_201_986_560,
            published("SE_ResNeXt50_vd_32x4d", (0.802, 0.949), (10.76, 26.28),
                      (9.011, 9.25016, 11.85045, 25.57004, 9.17134, 14.76192, 19.914))),
    _record("SE_ResNeXt101_vd_32x4d", 49_083_288, 18_685_476_864),
    _record("SENet154_vd", 121_737_048, 48_679_141_376,
            published("SENet154_vd", (0.814, 0.955), (45.83, 114.29),
                      (50.406, 49.85733, 54.37267, 74.70447, 53.79794, 66.31684, 121.59885))),
)
