# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fixes of plugins that could not be loaded, one line each."""

from __future__ import annotations

from typing import Optional

from ppclas_core.plugins.discover import Found
from ppclas_core.plugins.install import missing_library
from ppclas_core.record_checks import RecordError

_PHASES = {
    "api": "install a version of {dist} that fits this ppclas-core; 'ppclas doctor' shows both",
    "requires": "install a version of {dist} that fits this ppclas-core; 'ppclas doctor' shows both",
    "register": "hooks are functions such as ppclas_ops() with the decorator @hookimpl of ppclas_core.api",
    "record": "correct the record; until then PPCLAS_DISABLE_PLUGINS={dist} disables the plugin",
}


def how_to_fix(found: Found, phase: str, cause: Optional[BaseException] = None) -> str:
    """Return what to do about a plugin that could not be loaded; "" if the message says it.

    Args:
        found: the plugin.
        phase: phase that failed, see `PluginFailure`.
        cause: exception of the plugin; None if core found the mistake.
    """
    own = found.value.partition(":")[0].partition(".")[0]
    missing = (getattr(cause, "name", "") or "").partition(".")[0]
    if isinstance(cause, ModuleNotFoundError) and missing and missing != own:
        return missing_library(cause, owner=found.dist).do or ""
    if phase == "import" and isinstance(cause, ModuleNotFoundError):
        return (f"the entry point names the module '{found.value}'; correct it in pyproject.toml and reinstall "
                f"{found.dist}")
    if phase in ("import", "call") and not isinstance(cause, RecordError):
        return (f"PPCLAS_STRICT_PLUGINS=1 ppclas plugins --debug shows the traceback; "
                f"PPCLAS_DISABLE_PLUGINS={found.dist} disables the plugin")
    return _PHASES.get(phase, "").format(dist=found.dist)
