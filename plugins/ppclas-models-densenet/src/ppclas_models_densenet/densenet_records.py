# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of DenseNet and their published weights."""

from __future__ import annotations

from typing import Tuple

from ppclas_core.api import Backbone, Weights, published

_MODULE = "ppclas_models_densenet.densenet"
_LR_STAGES = ((r"stem\..*",), (r"stages\.0\..*",), (r"stages\.1\..*",), (r"stages\.2\..*",), (r"stages\.3\..*",))


def _record(
    name: str,
    width: int,
    growth: int,
    depths: Tuple[int, int, int, int],
    params: int,
    flops: int,
    weights: Weights,
) -> Backbone:
    return Backbone(
        name, f"{_MODULE}:DenseNet", "DenseNet", {"width": width, "growth": growth, "depths": depths},
        lr_stages=_LR_STAGES, weight_names=f"{_MODULE}:weight_names", params=params, flops=flops,
        paper="Densely connected convolutional networks (2016)", arxiv="1608.06993", weights=(weights,),
    )


RECORDS = (
    _record("DenseNet121", 64, 32, (6, 12, 24, 16), 7978856, 5668323328, published(
        "DenseNet121", (0.757, 0.926), (5.69, 7.98), (4.371, 4.16436, 7.2126, 10.50221, 4.40447, 9.32623, 15.25175))),
    _record("DenseNet161", 96, 48, (6, 12, 36, 24), 28681000, 15455814144, published(
        "DenseNet161", (0.786, 0.941), (15.49, 28.68),
        (8.863, 9.27249, 14.25326, 20.19849, 10.39152, 22.15555, 35.78443))),
    _record("DenseNet169", 64, 32, (6, 12, 32, 32), 14149480, 6719686656, published(
        "DenseNet169", (0.768, 0.933), (6.74, 14.15),
        (6.391, 6.11395, 10.28747, 13.68717, 6.43598, 12.98832, 20.41964))),
    _record("DenseNet201", 64, 32, (6, 12, 48, 32), 20013928, 8582731776, published(
        "DenseNet201", (0.776, 0.937), (8.61, 20.01), (8.173, 7.9617, 13.4171, 17.41949, 8.20652, 17.45838, 27.06309))),
    _record("DenseNet264", 64, 32, (6, 12, 64, 48), 33337704, 11503306752, published(
        "DenseNet264", (0.78, 0.939), (11.54, 33.37),
        (11.942, 11.70074, 19.69375, 24.79545, 12.14722, 26.27707, 40.01905))),
)
