# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of CSPResNet."""

from __future__ import annotations

from typing import Tuple

from ppclas_core.api import Backbone

_LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))


def _record(name: str, depths: Tuple[int, ...], params: int, flops: int) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.csp_resnet:CSPResNet",
        family="CSPResNet",
        preset={"depths": depths},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.csp_resnet:weight_names",
        params=params,
        flops=flops,
        paper="CSPNet: a new backbone that can enhance learning capability of CNN (2019)",
        arxiv="1911.11929",
    )


RECORDS = (
    _record("CSPResNet50_leaky", (3, 3, 5, 2), 21_616_296, 6_917_505_024),
)
