# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of DARTS."""

from __future__ import annotations

from ppclas_core.api import Backbone

_LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(3)))


def _record(name: str, genotype: str, params: int, flops: int) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.darts:DARTS",
        family="DARTS",
        preset={"genotype": genotype},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.darts:weight_names",
        params=params,
        flops=flops,
        paper="DARTS: differentiable architecture search (2018)",
        arxiv="1806.09055",
    )


RECORDS = (
    _record("DARTS_GS_4M", "GS_4M", 4_924_960, 1_092_562_944),
    _record("DARTS_GS_6M", "GS_6M", 5_999_104, 1_328_308_608),
)
