# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the command `ppclas search` and of its callback."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, Command, ConfigDir, hookimpl


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    """Return the command `search`."""
    return [Command("search", "ppclas_search.command:add",
                    "search config keys for their best values, by a grid or a Bayesian method")]


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the callback of the trials."""
    return [Callback("SearchReport", "ppclas_search.callback:SearchReport",
                     doc="writes the metrics of each evaluation to a file, which a search reads")]


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the installed search files."""
    return [ConfigDir("ppclas_search")]
