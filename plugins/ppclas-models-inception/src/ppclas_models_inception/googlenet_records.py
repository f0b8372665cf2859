# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Record of GoogLeNet."""

from __future__ import annotations

from ppclas_core.api import Backbone, published

_MODULE = "ppclas_models_inception.googlenet"

RECORDS = (
    Backbone(
        "GoogLeNet",
        f"{_MODULE}:GoogLeNet",
        "GoogLeNet",
        classifier=("head.fc", "head.aux1.fc", "head.aux2.fc"),
        outputs=3,
        aux_weights=(0.3, 0.3),
        lr_stages=(
            (r"stem\..*",),
            (r"stages\.0\..*",),
            (r"stages\.1\.[0-2]\..*",),
            (r"stages\.1\.[34]\..*",),
            (r"stages\.2\..*", r"head\.aux\d\.(conv|hidden)\..*"),
        ),
        weight_names=f"{_MODULE}:weight_names",
        params=11535736,
        flops=2863112704,
        paper="Going deeper with convolutions (2014)",
        arxiv="1409.4842",
        weights=(published("GoogLeNet", (0.707, 0.897), (2.88, 8.46),
                          (1.807, 1.75451, 3.39931, 4.71909, 1.88038, 4.48882, 6.94035),
                          note="the file's classifiers end in a softmax, here they give logits"),),
    ),
)
