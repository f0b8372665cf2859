# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Record of InceptionV4."""

from __future__ import annotations

from ppclas_core.api import Backbone, published

_MODULE = "ppclas_models_inception.inception_v4"

RECORDS = (
    Backbone(
        "InceptionV4",
        f"{_MODULE}:InceptionV4",
        "Inception",
        input_size=299,
        resize_short=320,
        lr_stages=(
            (r"stem\..*",),
            (r"stages\.0\..*",),
            (r"stages\.1\.[0-3]\..*",),
            (r"stages\.1\.[4-7]\..*",),
            (r"stages\.2\..*",),
        ),
        weight_names=f"{_MODULE}:weight_names",
        params=42679816,
        flops=24507949248,
        paper="Inception-v4, Inception-ResNet and the impact of residual connections on learning (2016)",
        arxiv="1602.07261",
        weights=(published("InceptionV4", (0.808, 0.953), (24.57, 42.68),
                          (11.141, 9.50821, 13.72104, 20.27447, 12.99342, 25.23416, 43.56121)),),
    ),
)
