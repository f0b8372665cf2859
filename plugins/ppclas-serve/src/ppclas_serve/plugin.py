# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the command `ppclas serve`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Command, hookimpl


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    """Return the command `serve`."""
    return [Command("serve", "ppclas_serve.command:add",
                    "serve models over HTTP, by the Open Inference Protocol and the legacy protocol")]
