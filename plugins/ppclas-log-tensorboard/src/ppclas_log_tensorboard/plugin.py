# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the callback `TensorBoard`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, hookimpl


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the callback `TensorBoard`."""
    return [Callback("TensorBoard", "ppclas_log_tensorboard.callback:TensorBoard",
                     doc="training curves for TensorBoard")]
