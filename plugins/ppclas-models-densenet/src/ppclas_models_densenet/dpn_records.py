# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of DPN and their published weights."""

from __future__ import annotations

from typing import Tuple

from ppclas_core.api import Backbone, Weights, published

_MODULE = "ppclas_models_densenet.dpn"
_LR_STAGES = ((r"stem\..*",), (r"stages\.0\..*",), (r"stages\.1\..*",), (r"stages\.2\..*",), (r"stages\.3\..*",))
_Four = Tuple[int, int, int, int]


def _record(
    name: str,
    stem: Tuple[int, int],
    grouped: Tuple[int, int],
    residual: int,
    growth: _Four,
    depths: _Four,
    cost: Tuple[int, int],
    weights: Weights,
) -> Backbone:
    """Return the record of an architecture.

    Args:
        name: name of the architecture.
        stem: channels and kernel size of the stem.
        grouped: channels and groups of the 3x3 convolutions in the first stage.
        residual: see `DPN`.
        growth: see `DPN`.
        depths: see `DPN`.
        cost: parameters and FLOPs.
        weights: the published weights.
    """
    preset = {"width": stem[0], "kernel": stem[1], "inner": grouped[0], "groups": grouped[1], "residual": residual,
              "growth": growth, "depths": depths}
    return Backbone(
        name, f"{_MODULE}:DPN", "DPN", preset, lr_stages=_LR_STAGES, weight_names=f"{_MODULE}:weight_names",
        params=cost[0], flops=cost[1], paper="Dual path networks (2017)", arxiv="1707.01629", weights=(weights,),
    )


RECORDS = (
    _record("DPN68", (10, 3), (128, 32), 64, (16, 32, 32, 64), (3, 4, 12, 3), (12611602, 4652326912), published(
        "DPN68", (0.768, 0.934), (4.03, 10.78), (11.805, 11.7827, 13.12652, 16.19213, 11.64915, 12.82807, 18.57113))),
    _record("DPN92", (64, 7), (96, 32), 256, (16, 32, 24, 128), (3, 4, 20, 3), (37668392, 13003368448), published(
        "DPN92", (0.799, 0.948), (12.54, 36.29), (17.84, 18.56026, 20.35983, 29.89544, 18.15746, 23.87545, 38.68821))),
    _record("DPN98", (96, 7), (160, 40), 256, (16, 32, 32, 128), (3, 6, 20, 3), (61570728, 23342434304), published(
        "DPN98", (0.806, 0.951), (22.22, 58.46), (21.057, 21.70508, 24.7755, 40.93595, 21.18196, 33.23925, 62.77751))),
    _record("DPN107", (128, 7), (200, 50), 256, (20, 64, 64, 128), (4, 8, 20, 3), (86917800, 36597528576), published(
        "DPN107", (0.809, 0.953), (35.06, 82.97),
        (28.685, 27.84462, 34.83217, 60.67903, 27.62046, 52.65353, 100.11721))),
    _record("DPN131", (128, 7), (160, 40), 256, (16, 32, 32, 128), (4, 8, 28, 3), (79254504, 32027297792), published(
        "DPN131", (0.807, 0.951), (30.51, 75.36),
        (28.083, 28.58941, 33.01078, 55.65146, 28.33119, 46.19439, 89.24904))),
)
