# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of SqueezeNet and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_classic.published import published

_LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(3)))


def _record(name: str, version: str, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.squeezenet:SqueezeNet",
        family="SqueezeNet",
        preset={"version": version},
        classifier=("head.conv",),
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.squeezenet:weight_names",
        params=params,
        flops=flops,
        paper="SqueezeNet: AlexNet-level accuracy with 50x fewer parameters (2016)",
        arxiv="1602.07360",
        weights=weights,
    )


RECORDS = (
    _record("SqueezeNet1_0", "1.0", 1_248_424, 1_554_442_304,
            published("SqueezeNet1_0", (0.596, 0.817), (1.55, 1.24), 0.86,
                      (0.97162, 2.06719, 3.67499), (0.96736, 2.53221, 4.54047))),
    _record("SqueezeNet1_1", "1.1", 1_235_496, 699_074_560,
            published("SqueezeNet1_1", (0.601, 0.819), (0.69, 1.23), 0.763,
                      (0.81378, 1.62919, 2.68044), (0.76032, 1.877, 3.15298))),
)
