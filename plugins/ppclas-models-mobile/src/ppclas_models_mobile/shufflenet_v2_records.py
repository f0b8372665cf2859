# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of ShuffleNetV2 and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_mobile.published import published

_LR_STAGES = (
    (r"stem\..*",),
    *((rf"stages\.{i}\..*",) for i in range(3)),
    (r"head\.conv\..*",),
)


def _record(name: str, scale: float, act: str, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_mobile.shufflenet_v2:ShuffleNetV2",
        family="ShuffleNetV2",
        preset={"scale": scale, "act": act},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_mobile.shufflenet_v2:weight_names",
        params=params,
        flops=flops,
        paper="ShuffleNet V2: practical guidelines for efficient CNN architecture design (2018)",
        arxiv="1807.11164",
        weights=weights,
    )


RECORDS = (
    _record("ShuffleNetV2_x0_25", 0.25, "relu", 603_688, 35_151_520,
            published("ShuffleNetV2_x0_25", (0.499, 0.738), (0.03, 0.6, 2.7), 2.329,
                      (1.43242, 2.38172, 2.96768), (1.48698, 2.29085, 2.90284))),
    _record("ShuffleNetV2_x0_33", 0.33, "relu", 647_272, 44_909_184,
            published("ShuffleNetV2_x0_33", (0.537, 0.771), (0.04, 0.64, 2.8), 2.643,
                      (1.69008, 2.65706, 2.97373), (1.75526, 2.85557, 3.09688))),
    _record("ShuffleNetV2_x0_5", 0.5, "relu", 1_366_792, 80_952_896,
            published("ShuffleNetV2_x0_5", (0.603, 0.823), (0.08, 1.36, 5.6), 4.261,
                      (1.48073, 2.28174, 2.85436), (1.59055, 2.18708, 3.09141))),
    _record("ShuffleNetV2", 1.0, "relu", 2_278_604, 289_815_984,
            published("ShuffleNetV2", (0.688, 0.885), (0.28, 2.26, 9.0), 10.941,
                      (1.95064, 2.15928, 2.97169), (1.89436, 2.26339, 3.17615))),
    _record("ShuffleNetV2_x1_0", 1.0, "relu", 2_278_604, 289_815_984),
    _record("ShuffleNetV2_x1_5", 1.5, "relu", 3_503_624, 591_518_784,
            published("ShuffleNetV2_x1_5", (0.716, 0.902), (0.58, 3.47, 14.0), 19.352,
                      (1.51054, 2.4565, 3.41738), (1.45389, 2.5203, 3.99872))),
    _record("ShuffleNetV2_x2_0", 2.0, "relu", 7_366_536, 1_128_741_648,
            published("ShuffleNetV2_x2_0", (0.732, 0.912), (1.12, 7.32, 28.0), 34.77,
                      (1.95616, 2.44751, 4.19173), (2.15654, 3.18247, 5.46893))),
    _record("ShuffleNetV2_x0_5_swish", 0.5, "swish", 1_366_792, 80_952_896),
    _record("ShuffleNetV2_swish", 1.0, "swish", 2_278_604, 289_815_984,
            published("ShuffleNetV2_swish", (0.7, 0.892), (0.29, 2.26, 9.1), 16.023,
                      (2.50213, 2.92881, 3.474), (2.5129, 2.97422, 3.69357))),
    _record("ShuffleNetV2_x1_0_swish", 1.0, "swish", 2_278_604, 289_815_984),
    _record("ShuffleNetV2_x1_5_swish", 1.5, "swish", 3_503_624, 591_518_784),
    _record("ShuffleNetV2_x2_0_swish", 2.0, "swish", 7_366_536, 1_128_741_648),
)
