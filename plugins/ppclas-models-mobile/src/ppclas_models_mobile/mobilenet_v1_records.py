# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of MobileNetV1 and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_mobile.published import published

_LR_STAGES = ((r"stem\..*", r"stages\.0\..*"), *((rf"stages\.{i}\..*",) for i in range(1, 5)))


def _record(name: str, scale: float, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_mobile.mobilenet_v1:MobileNetV1",
        family="MobileNetV1",
        preset={"scale": scale},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_mobile.mobilenet_v1:weight_names",
        params=params,
        flops=flops,
        paper="MobileNets: efficient convolutional neural networks for mobile vision applications (2017)",
        arxiv="1704.04861",
        weights=weights,
    )


RECORDS = (
    _record("MobileNetV1_x0_25", 0.25, 470_072, 82_060_544,
            published("MobileNetV1_x0_25", (0.514, 0.755), (0.07, 0.46, 1.9), 3.22,
                      (0.68422, 1.13021, 1.72095), (0.67274, 1.226, 1.84096))),
    _record("MobileNetV1_x0_5", 0.5, 1_331_592, 298_994_176,
            published("MobileNetV1_x0_5", (0.635, 0.847), (0.28, 1.31, 5.2), 9.58,
                      (0.69326, 1.09027, 1.84746), (0.69947, 1.43045, 2.39353))),
    _record("MobileNetV1_x0_75", 0.75, 2_585_560, 650_800_896,
            published("MobileNetV1_x0_75", (0.688, 0.882), (0.63, 2.55, 10.0), 19.436,
                      (0.6793, 1.29524, 2.15495), (0.79844, 1.86205, 3.064))),
    _record("MobileNetV1", 1.0, 4_231_976, 1_137_480_704,
            published("MobileNetV1", (0.71, 0.897), (1.11, 4.19, 16.0), 32.523,
                      (0.71942, 1.45018, 2.47953), (0.91164, 2.26871, 3.90797)),
            published("MobileNetV1_ssld", (0.779, 0.939), (1.11, 4.19, 16.0), 32.523,
                      (0.71942, 1.45018, 2.47953), (0.91164, 2.26871, 3.90797),
                      note="distilled (SSLD) from ResNet50_vd_ssld")),
    _record("MobileNetV1_x1_0", 1.0, 4_231_976, 1_137_480_704),
)
