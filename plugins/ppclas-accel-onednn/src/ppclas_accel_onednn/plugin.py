# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the accelerator `onednn`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, hookimpl


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the accelerator."""
    return [Callback("onednn", "ppclas_accel_onednn.callback:OneDnn", accelerates=("cpu",),
                     doc="training steps with the convolutions of oneDNN, if they agree with Paddle's own")]
