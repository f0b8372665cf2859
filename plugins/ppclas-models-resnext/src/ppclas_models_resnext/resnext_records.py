# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of ResNeXt, ResNeXt_vd and ResNeXt_wsl, and their published weights."""

from __future__ import annotations

import re

from ppclas_core.api import Backbone, Weights, published
from ppclas_models_resnext.stages import LR_STAGES

_FAMILIES = {
    "ResNeXt": ("Aggregated residual transformations for deep neural networks (2017)", "1611.05431"),
    "ResNeXt_vd": ("Bag of tricks for image classification with convolutional neural networks (2019)", "1812.01187"),
    "ResNeXt_wsl": ("Exploring the limits of weakly supervised pretraining (2018)", "1805.00932"),
}
_MODULE = "ppclas_models_resnext.resnext"
_NAME = re.compile(r"(?P<fix>Fix_)?ResNeXt(?P<depth>\d+)_(?P<vd>vd_)?(?P<groups>\d+)x(?P<width>\d+)d(?P<wsl>_wsl)?")
_WSL_NOTE = "pretrained on 940 M tagged images; numbers converted from the release of the authors"
_FIX_NOTE = "ResNeXt101_32x48d_wsl tuned for 320 px (FixRes, 2019); numbers converted from the authors' release"


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    match = _NAME.fullmatch(name)
    assert match, name
    family = "ResNeXt" + ("_wsl" if match["wsl"] else "") + ("_vd" if match["vd"] else "")
    paper, arxiv = _FAMILIES[family]
    return Backbone(
        name=name,
        target=f"{_MODULE}:ResNeXt",
        family=family,
        preset={
            "depth": int(match["depth"]),
            "cardinality": int(match["groups"]),
            "group_width": int(match["width"]),
            "vd": match["vd"] is not None,
        },
        input_size=320 if match["fix"] else 224,
        resize_short=320 if match["fix"] else 256,
        lr_stages=LR_STAGES,
        weight_names=f"{_MODULE}:{'wsl_' if match['wsl'] else ''}weight_names",
        params=params,
        flops=flops,
        paper=paper,
        arxiv=arxiv,
        weights=weights,
    )


RESNEXT = (
    _record("ResNeXt50_32x4d", 25_028_904, 8_460_959_744,
            published("ResNeXt50_32x4d", (0.778, 0.938), (8.02, 23.64),
                      (10.964, 7.61087, 8.88918, 12.99674, 7.56327, 10.6134, 18.46915))),
    _record("ResNeXt50_64x4d", 45_192_488, 15_962_472_448,
            published("ResNeXt50_64x4d", (0.784, 0.941), (15.06, 42.36),
                      (13.905, 13.78688, 15.84655, 21.79537, 13.80962, 18.4712, 33.49843))),
    _record("ResNeXt101_32x4d", 44_177_704, 15_939_993_600,
            published("ResNeXt101_32x4d", (0.787, 0.942), (15.01, 41.54),
                      (14.915, 16.59777, 17.93153, 21.36541, 16.21503, 19.96568, 33.76831))),
    _record("ResNeXt101_64x4d", 83_455_272, 30_920_540_160,
            published("ResNeXt101_64x4d", (0.784, 0.945), (29.05, 78.12),
                      (28.716, 30.12355, 32.46823, 38.41901, 30.4788, 36.29801, 68.85559))),
    _record("ResNeXt152_32x4d", 59_951_400, 23_419_027_456,
            published("ResNeXt152_32x4d", (0.79, 0.943), (22.01, 56.28),
                      (22.996, 25.26417, 26.57001, 30.67834, 24.86299, 29.36764, 52.09426))),
    _record("ResNeXt152_64x4d", 114_971_944, 45_878_607_872,
            published("ResNeXt152_64x4d", (0.795, 0.947), (43.03, 107.57),
                      (46.705, 46.58293, 48.34563, 56.97961, 46.7564, 56.34108, 106.11736))),
    _record("ResNeXt50_vd_32x4d", 25_048_136, 8_940_240_896,
            published("ResNeXt50_vd_32x4d", (0.796, 0.946), (8.5, 23.66),
                      (7.566, 7.69065, 8.94014, 13.4088, 7.62044, 11.03385, 19.15339))),
    _record("ResNeXt50_vd_64x4d", 45_211_720, 16_441_753_600,
            published("ResNeXt50_vd_64x4d", (0.801, 0.949), (15.54, 42.38),
                      (14.321, 13.79538, 15.22201, 22.27045, 13.94449, 18.88759, 34.28889))),
    _record("ResNeXt101_vd_32x4d", 44_196_936, 16_419_274_752,
            published("ResNeXt101_vd_32x4d", (0.803, 0.951), (15.49, 41.56),
                      (14.885, 16.36909, 17.45681, 22.10216, 16.28103, 20.25611, 34.37152))),
    _record("ResNeXt101_vd_64x4d", 83_474_504, 31_399_821_312,
            published("ResNeXt101_vd_64x4d", (0.808, 0.952), (29.53, 78.14),
                      (28.398, 30.34022, 32.27869, 38.72523, 30.40456, 36.77324, 69.66021))),
    _record("ResNeXt152_vd_32x4d", 59_970_632, 23_898_308_608,
            published("ResNeXt152_vd_32x4d", (0.807, 0.952), (22.49, 56.3),
                      (22.729, 25.11196, 26.70515, 31.72636, 25.03258, 30.08987, 52.64429))),
    _record("ResNeXt152_vd_64x4d", 114_991_176, 46_357_889_024,
            published("ResNeXt152_vd_64x4d", (0.811, 0.953), (43.52, 107.59),
                      (46.395, 47.68447, 48.91406, 57.29329, 47.18638, 57.16257, 107.26288))),
    _record("ResNeXt101_32x8d_wsl", 88_791_336, 32_828_030_976,
            published("ResNeXt101_32x8d_wsl", (0.826, 0.967), (29.14, 78.44),
                      (19.127, 18.19374, 21.93529, 34.67802, 18.52528, 34.25319, 67.2283), note=_WSL_NOTE)),
    _record("ResNeXt101_32x16d_wsl", 194_026_792, 72_326_578_176,
            published("ResNeXt101_32x16d_wsl", (0.842, 0.973), (57.55, 152.66),
                      (23.629, 18.52609, 36.8288, 62.79947, 25.60395, 71.88384, 137.62327), note=_WSL_NOTE)),
    _record("ResNeXt101_32x32d_wsl", 468_530_472, 174_213_562_368,
            published("ResNeXt101_32x32d_wsl", (0.85, 0.976), (115.17, 303.11),
                      (40.214, 33.51391, 70.09682, 125.81884, 54.87396, 160.04337, 316.17718), note=_WSL_NOTE)),
    _record("ResNeXt101_32x48d_wsl", 828_411_176, 306_620_399_616,
            published("ResNeXt101_32x48d_wsl", (0.854, 0.977), (173.58, 456.2),
                      (59.714, 50.97681, 137.60926, 190.82628, 99.01698256, 315.91261, 551.83695), note=_WSL_NOTE)),
    _record("Fix_ResNeXt101_32x48d_wsl", 828_411_176, 625_751_654_400,
            published("Fix_ResNeXt101_32x48d_wsl", (0.863, 0.98), (354.23, 456.2),
                      (82.431, 78.62869, 191.76039, 317.15436, 160.0838242, 595.99296, 1151.47384), note=_FIX_NOTE)),
)
