# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of VGG and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights
from ppclas_models_classic.published import published

_LR_STAGES = (
    (r"stem\..*",),
    *((rf"stages\.{i}\..*",) for i in range(3)),
    (r"stages\.3\..*", r"head\.fc[67]\..*"),
)


def _record(name: str, layers: int, params: int, flops: int, *weights: Weights) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.vgg:VGG",
        family="VGG",
        preset={"layers": layers},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.vgg:weight_names",
        params=params,
        flops=flops,
        paper="Very deep convolutional networks for large-scale image recognition (2014)",
        arxiv="1409.1556",
        weights=weights,
    )


RECORDS = (
    _record("VGG11", 11, 132_860_584, 15_218_180_096,
            published("VGG11", (0.693, 0.891), (15.09, 132.85), 1.867,
                      (2.24408, 4.67794, 7.6568), (3.90412, 9.51147, 17.14168))),
    _record("VGG13", 13, 133_044_904, 22_616_932_352,
            published("VGG13", (0.7, 0.894), (22.48, 133.03), 2.148,
                      (2.58589, 5.82708, 10.03591), (4.64684, 12.61558, 23.70015))),
    _record("VGG16", 16, 138_353_320, 30_940_528_640,
            published("VGG16", (0.72, 0.907), (30.81, 138.34), 2.616,
                      (3.13237, 7.19257, 12.50913), (5.61769, 16.40064, 32.03939))),
    _record("VGG19", 19, 143_661_736, 39_264_124_928,
            published("VGG19", (0.726, 0.909), (39.13, 143.65), 3.076,
                      (3.69987, 8.59168, 15.07866), (6.65221, 20.4334, 41.55902))),
)
