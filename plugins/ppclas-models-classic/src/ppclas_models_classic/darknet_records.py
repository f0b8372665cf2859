# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of DarkNet and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_classic.published import published

_LR_STAGES = (
    (r"stem\..*", r"stages\.0\..*"),
    *((rf"stages\.{i}\..*",) for i in range(1, 5)),
)


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.darknet:DarkNet53",
        family="DarkNet",
        preset={},
        input_size=256,
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.darknet:weight_names",
        params=params,
        flops=flops,
        paper="YOLOv3: an incremental improvement (2018)",
        arxiv="1804.02767",
        weights=weights,
    )


RECORDS = (
    _record("DarkNet53", 41_609_928, 18_570_231_808,
            published("DarkNet53", (0.78, 0.941), (18.58, 41.6), 3.139,
                      (3.18101, 5.88419, 10.14964), (4.10829, 12.1714, 22.15266), suffix="_ImageNet1k_pretrained.tar")),
)
