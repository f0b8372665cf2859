# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Core's own records, given through the same hooks as any plugin's: it is the plugin `ppclas-core`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import ConfigDir, hookimpl


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    return [ConfigDir("ppclas_core.configs", "")]
