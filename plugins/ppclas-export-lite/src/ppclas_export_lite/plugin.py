# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the format `lite`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Environment, Exporter, hookimpl

PADDLE_LITE = Environment("lite", packages=("paddlelite==2.13rc0", "numpy<2"), modules=("paddlelite", "numpy"),
                          pythons=("3.10", "3.9", "3.8", "3.7"), script="paddle_lite_opt")


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the format `lite`."""
    package = "ppclas_export_lite"
    return [Exporter("lite", f"{package}.export:export", f"{package}.export:load", requires=("paddle:paddlepaddle",),
                     environment=PADDLE_LITE, doc="Paddle-Lite model (.nb) for phones; run here by its x86 kernels")]
