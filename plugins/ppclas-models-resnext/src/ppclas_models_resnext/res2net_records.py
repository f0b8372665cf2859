# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of Res2Net and Res2Net_vd, and their published weights."""

from __future__ import annotations

import re

from ppclas_core.api import Backbone, Weights, published
from ppclas_models_resnext.stages import LR_STAGES

_NAME = re.compile(r"Res2Net(?P<depth>\d+)_(?P<vd>vd_)?(?P<width>\d+)w_(?P<scales>\d+)s")


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    match = _NAME.fullmatch(name)
    assert match, name
    return Backbone(
        name=name,
        target="ppclas_models_resnext.res2net:Res2Net",
        family="Res2Net_vd" if match["vd"] else "Res2Net",
        preset={
            "depth": int(match["depth"]),
            "width": int(match["width"]),
            "scales": int(match["scales"]),
            "vd": match["vd"] is not None,
        },
        lr_stages=LR_STAGES,
        weight_names="ppclas_models_resnext.res2net:weight_names",
        params=params,
        flops=flops,
        paper="Res2Net: a new multi-scale backbone architecture (2019)",
        arxiv="1904.01169",
        weights=weights,
    )


RES2NET = (
    _record("Res2Net50_14w_8s", 25_059_816, 8_357_797_888,
            published("Res2Net50_14w_8s", (0.795, 0.947), (9.01, 25.72),
                      (5.113, 4.45745, 7.69847, 12.30935, 5.4026, 10.60273, 18.01234))),
    _record("Res2Net50_26w_4s", 25_699_120, 8_510_332_928,
            published("Res2Net50_26w_4s", (0.793, 0.946), (8.52, 25.7),
                      (4.148, 3.56067, 6.61827, 11.41566, 4.47188, 9.65722, 17.54535))),
    _record("Res2Net50_26w_6s", 37_051_448, 12_591_046_656),
    _record("Res2Net50_26w_8s", 48_403_776, 16_671_760_384),
    _record("Res2Net50_48w_2s", 25_287_304, 8_319_664_128),
    _record("Res2Net101_26w_4s", 45_206_688, 16_133_948_928),
    _record("Res2Net152_26w_4s", 61_275_248, 23_757_564_928),
    _record("Res2Net50_vd_14w_8s", 25_079_048, 8_837_079_040),
    _record("Res2Net50_vd_26w_4s", 25_718_352, 8_989_614_080,
            published("Res2Net50_vd_26w_4s", (0.798, 0.949), (8.37, 25.06),
                      (4.172, 3.69221, 6.94419, 11.92441, 4.52712, 9.93247, 18.16928))),
    _record("Res2Net50_vd_26w_6s", 37_070_680, 13_070_327_808),
    _record("Res2Net50_vd_26w_8s", 48_423_008, 17_151_041_536),
    _record("Res2Net50_vd_48w_2s", 25_306_536, 8_798_945_280),
    _record("Res2Net101_vd_26w_4s", 45_225_920, 16_613_230_080,
            published("Res2Net101_vd_26w_4s", (0.806, 0.952), (16.67, 45.22),
                      (7.327, 6.53122, 10.81895, 18.94395, 8.08729, 17.31208, 31.95762))),
    _record("Res2Net152_vd_26w_4s", 61_294_480, 24_236_846_080),
    _record("Res2Net200_vd_26w_4s", 76_215_536, 31_412_014_080,
            published("Res2Net200_vd_26w_4s", (0.812, 0.957), (31.49, 76.21),
                      (12.806, 11.66671, 18.93953, 33.19188, 14.67806, 32.35032, 63.65899)),
            published("Res2Net200_vd_26w_4s_ssld", (0.851, 0.974), (31.49, 76.21),
                      note="distilled (SSLD); top-1 0.8513")),
)
