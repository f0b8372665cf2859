# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the format `hub`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Exporter, hookimpl


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the format `hub`."""
    package = "ppclas_export_hub"
    return [Exporter("hub", f"{package}.export:export", f"{package}.export:load", requires=("paddle:paddlepaddle",),
                     packs=True, doc="module folder of PaddleHub 2, which needs Paddle, numpy and OpenCV alone")]
