# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of GhostNet and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_mobile.published import published
from ppclas_models_mobile.stages import LR_STAGES


def _record(name: str, scale: float, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_mobile.ghostnet:GhostNet",
        family="GhostNet",
        preset={"scale": scale},
        lr_stages=LR_STAGES,
        weight_names="ppclas_models_mobile.ghostnet:weight_names",
        params=params,
        flops=flops,
        paper="GhostNet: more features from cheap operations (2020)",
        arxiv="1911.11907",
        weights=weights,
    )


RECORDS = (
    _record("GhostNet_x0_5", 0.5, 2_588_232, 84_655_632,
            published("GhostNet_x0_5", (0.668, 0.869), (0.041, 2.6, 10.0), 5.714, suffix=".pdparams",
                      note="published GFLOPs count multiply-adds once")),
    _record("GhostNet_x1_0", 1.0, 5_183_016, 282_299_488,
            published("GhostNet_x1_0", (0.74, 0.916), (0.147, 5.2, 20.0), 13.558, suffix=".pdparams",
                      note="published GFLOPs count multiply-adds once")),
    _record("GhostNet_x1_3", 1.3, 7_352_622, 453_991_568,
            published("GhostNet_x1_3", (0.757, 0.925), (0.22, 7.3, 29.0), 19.982, suffix=".pdparams",
                      note="published GFLOPs count multiply-adds once")),
)
