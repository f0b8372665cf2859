# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the command `ppclas search` and of its callback."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, Command, ConfigDir, hookimpl


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    return [Command("search", "ppclas_search.command:add", "try values of config keys, by a grid or a Bayesian method")]


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    return [Callback("SearchReport", "ppclas_search.callback:SearchReport",
                     doc="writes the figures of each evaluation into a file, for a search to follow")]


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    return [ConfigDir("ppclas_search")]
