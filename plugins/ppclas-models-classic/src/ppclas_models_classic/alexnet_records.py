# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of AlexNet and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_classic.published import published

_LR_STAGES = (
    (r"stem\..*",),
    (r"stages\.0\..*",),
    (r"stages\.1\..*",),
    (r"head\.fc6\..*",),
    (r"head\.fc7\..*",),
)


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.alexnet:AlexNet",
        family="AlexNet",
        preset={},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.alexnet:weight_names",
        params=params,
        flops=flops,
        paper="ImageNet classification with deep convolutional neural networks (2012)",
        weights=weights,
    )


RECORDS = (
    _record("AlexNet", 61_100_840, 1_428_376_960,
            published("AlexNet", (0.567, 0.792), (1.37, 61.09), 1.176,
                      (1.06447, 1.70435, 2.38402), (1.44993, 2.46696, 3.72085))),
)
