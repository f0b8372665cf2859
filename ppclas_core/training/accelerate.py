# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which accelerator a run uses: the key `accelerator`, and for a resumed run what it started with."""

from __future__ import annotations

import logging
from typing import Any, List, Sequence

from ppclas_core.config.config import Config
from ppclas_core.errors import PluginError, UserError, did_you_mean
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.progress import Progress

_log = logging.getLogger(__name__)


def build_accelerators(config: Config, device: str, progress: Progress, callbacks: Sequence[Any]) -> List[Any]:
    """Return the callback that speeds up the steps of a run, as a list of one, or [].

    Args:
        device: `cpu`, `gpu` or `gpu:N`.
        progress: its `accelerator` becomes `none` where the run has none; otherwise the callback decides.
        callbacks: of the config; one that changes layers takes no accelerator.

    Raises:
        UserError: the accelerator is unknown, or not for this device, or contradicts a callback.
    """
    kind = device.partition(":")[0]
    usable = [entry.record.name for entry in catalogue().entries("callback") if kind in entry.record.accelerates]
    wanted = config.accelerator
    if wanted != "none" and progress.accelerator is not None:
        wanted = progress.accelerator
    elif wanted == "auto":
        wanted = usable[0] if usable and not config.to_static else "none"
    changing = [type(callback).__name__ for callback in callbacks if getattr(callback, "changes_layers", False)]
    if changing and wanted != "none":
        if config.accelerator != "auto":
            raise UserError(f"the accelerator '{wanted}' would not follow {changing[0]}, which changes the layers",
                            where=config.place("accelerator"), do="leave one of the two out")
        _log.info(f"accelerator: none, because {changing[0]} changes the layers")
        wanted = "none"
    if wanted == "none":
        progress.accelerator = "none"
        return []
    if wanted not in usable:
        catalogue().find("callback", wanted)  # says what to install
        raise UserError(f"'{wanted}' accelerates nothing on {kind}.{did_you_mean(wanted, usable)}",
                        where=config.place("accelerator"), do=f"one of: {', '.join(['auto', 'none', *usable])}")
    try:
        return [catalogue().create("callback", wanted, {})]
    except PluginError as error:
        if config.accelerator != "auto" or progress.accelerator is not None:  # it was asked for
            raise
        _log.info(f"accelerator: none, because {wanted} cannot be used: {error.what}")
        progress.accelerator = "none"
        return []
