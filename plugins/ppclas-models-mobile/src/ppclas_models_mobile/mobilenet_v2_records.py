# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of MobileNetV2 and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_mobile.published import published
from ppclas_models_mobile.stages import LR_STAGES


def _record(name: str, scale: float, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_mobile.mobilenet_v2:MobileNetV2",
        family="MobileNetV2",
        preset={"scale": scale},
        lr_stages=LR_STAGES,
        weight_names="ppclas_models_mobile.mobilenet_v2:weight_names",
        params=params,
        flops=flops,
        paper="MobileNetV2: inverted residuals and linear bottlenecks (2018)",
        arxiv="1801.04381",
        weights=weights,
    )


RECORDS = (
    _record("MobileNetV2_x0_25", 0.25, 1_517_392, 60_961_728,
            published("MobileNetV2_x0_25", (0.532, 0.765), (0.05, 1.5, 6.1), 3.799,
                      (2.85399, 3.62405, 4.29952), (2.81989, 3.52695, 4.2432))),
    _record("MobileNetV2_x0_5", 0.5, 1_965_736, 184_542_080,
            published("MobileNetV2_x0_5", (0.65, 0.857), (0.17, 1.93, 7.8), 8.702,
                      (2.84258, 3.1511, 4.10267), (2.80264, 3.65284, 4.31737))),
    _record("MobileNetV2_x0_75", 0.75, 2_628_592, 373_301_056,
            published("MobileNetV2_x0_75", (0.698, 0.89), (0.35, 2.58, 10.0), 15.531,
                      (2.82183, 3.27622, 4.98161), (2.86538, 3.55198, 5.10678))),
    _record("MobileNetV2", 1.0, 3_505_960, 627_238_656,
            published("MobileNetV2", (0.722, 0.907), (0.6, 3.44, 14.0), 23.318,
                      (2.78603, 3.71982, 6.27879), (2.62398, 3.54429, 6.41178)),
            published("MobileNetV2_ssld", (0.7674, 0.9339), (0.6, 3.44, 14.0), 23.318,
                      (2.78603, 3.71982, 6.27879), (2.62398, 3.54429, 6.41178),
                      note="distilled (SSLD) from ResNet50_vd_ssld")),
    _record("MobileNetV2_x1_0", 1.0, 3_505_960, 627_238_656),
    _record("MobileNetV2_x1_5", 1.5, 6_852_712, 1_362_035_328,
            published("MobileNetV2_x1_5", (0.741, 0.917), (1.32, 6.76, 26.0), 45.624,
                      (2.81852, 4.87434, 8.97934), (2.79398, 5.30149, 9.30899))),
    _record("MobileNetV2_x2_0", 2.0, 11_262_312, 2_377_616_896,
            published("MobileNetV2_x2_0", (0.752, 0.926), (2.32, 11.13, 43.0), 74.292,
                      (3.65197, 6.32329, 11.644), (3.29788, 7.08644, 12.45375))),
)
