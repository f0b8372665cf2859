# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of MobileNetV3 and their published weights."""

from __future__ import annotations

from typing import List, Sequence, Tuple

from ppclas_core.api import Backbone, Weights
from ppclas_models_mobile.published import published

_BLOCKS = {"large": ((1, 2, 3, 6, 3), 3), "small": ((1, 2, 5, 3), 2)}
"""Blocks per resolution, and blocks per entry of `lr_mult_list`, of each size."""


def _lr_stages(sizes: Sequence[int], interval: int) -> Tuple[Tuple[str, ...], ...]:
    """Return the five learning-rate stages: `interval` blocks each, and the rest in the last.

    Batch norms belong to no stage, as in the published training: they are always trained at the full learning rate.
    """
    stages: List[List[str]] = [[r"stem\.conv\..*"], [], [], [], [r"head\.conv\.conv\..*"]]
    blocks = [(i, j) for i, size in enumerate(sizes) for j in range(size)]
    for number, (i, j) in enumerate(blocks):
        stages[min(number // interval, 4)].append(rf"(?!.*\.bn\.)stages\.{i}\.{j}\..*")
    return tuple(tuple(patterns) for patterns in stages)


def _record(name: str, size: str, scale: float, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_mobile.mobilenet_v3:MobileNetV3",
        family="MobileNetV3",
        preset={"size": size, "scale": scale},
        lr_stages=_lr_stages(*_BLOCKS[size]),
        weight_names="ppclas_models_mobile.mobilenet_v3:weight_names",
        params=params,
        flops=flops,
        paper="Searching for MobileNetV3 (2019)",
        arxiv="1905.02244",
        weights=weights,
    )


RECORDS = (
    _record("MobileNetV3_large_x0_35", "large", 0.35, 2_104_328, 74_377_744,
            published("MobileNetV3_large_x0_35", (0.643, 0.855), (0.077, 2.1, 8.6), 5.137,
                      (2.14965, 2.7868, 3.36145), (1.9041, 2.62951, 3.26036))),
    _record("MobileNetV3_large_x0_5", "large", 0.5, 2_673_422, 133_408_864,
            published("MobileNetV3_large_x0_5", (0.692, 0.885), (0.138, 2.67, 11.0), 7.493,
                      (2.06934, 2.77341, 3.35313), (2.11199, 2.88172, 3.19029))),
    _record("MobileNetV3_large_x0_75", "large", 0.75, 3_912_248, 287_560_880,
            published("MobileNetV3_large_x0_75", (0.731, 0.911), (0.296, 3.91, 16.0), 13.565,
                      (2.1058, 2.61426, 3.61021), (2.0006, 2.56987, 3.78005))),
    _record("MobileNetV3_large_x1_0", "large", 1.0, 5_480_206, 439_598_400,
            published("MobileNetV3_large_x1_0", (0.753, 0.923), (0.45, 5.47, 21.0), 19.308,
                      (2.20149, 3.08423, 4.07779), (2.04296, 2.9322, 4.53184)),
            published("MobileNetV3_large_x1_0_ssld", (0.79, 0.945), (0.45, 5.47, 21.0), 19.308,
                      (2.20149, 3.08423, 4.07779), (2.04296, 2.9322, 4.53184),
                      note="distilled (SSLD) from ResNet50_vd_ssld"),
            published("MobileNetV3_large_x1_0_ssld_int8", (0.761, None), (None, None, 10.0), 14.395,
                      note="PaddleSlim int8 form of the distilled weights; loads dequantised into the float "
                           "architecture; another page of the publisher gives top-1 0.759")),
    _record("MobileNetV3_large_x1_25", "large", 1.25, 7_443_308, 699_931_792,
            published("MobileNetV3_large_x1_25", (0.764, 0.93), (0.714, 7.44, 29.0), 28.218,
                      (2.34387, 3.16103, 4.79742), (2.35117, 3.44903, 5.45658))),
    _record("MobileNetV3_small_x0_35", "small", 0.35, 1_665_954, 26_323_056,
            published("MobileNetV3_small_x0_35", (0.53, 0.764), (0.026, 1.66, 6.9), 2.635,
                      (2.10683, 2.94267, 3.44254), (1.94427, 2.94116, 3.41082))),
    _record("MobileNetV3_small_x0_5", "small", 0.5, 1_902_536, 41_518_560,
            published("MobileNetV3_small_x0_5", (0.592, 0.815), (0.043, 1.9, 7.8), 3.352,
                      (1.95001, 2.74014, 3.39485), (1.88406, 2.99601, 3.3908))),
    _record("MobileNetV3_small_x0_75", "small", 0.75, 2_375_106, 86_097_072,
            published("MobileNetV3_small_x0_75", (0.66, 0.863), (0.088, 2.37, 9.6), 5.284,
                      (1.80617, 2.64646, 3.24513), (1.93697, 2.64285, 3.32797))),
    _record("MobileNetV3_small_x1_0", "small", 1.0, 2_939_958, 120_239_040,
            published("MobileNetV3_small_x1_0", (0.682, 0.881), (0.123, 2.94, 12.0), 6.546,
                      (1.73933, 2.59478, 3.40276), (1.74527, 2.63565, 3.28124)),
            published("MobileNetV3_small_x1_0_ssld", (0.713, 0.901), (0.123, 2.94, 12.0), 6.546,
                      (1.73933, 2.59478, 3.40276), (1.74527, 2.63565, 3.28124),
                      note="distilled (SSLD) from ResNet50_vd_ssld")),
    _record("MobileNetV3_small_x1_25", "small", 1.25, 3_627_370, 190_728_848,
            published("MobileNetV3_small_x1_25", (0.707, 0.895), (0.195, 3.62, 14.0), 9.275,
                      (2.06817, 2.90193, 3.5245), (2.02916, 2.91866, 3.34528))),
)
