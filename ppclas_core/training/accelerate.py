# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Accelerator of training steps: the config key `accelerator`; a resumed run keeps its accelerator."""

from __future__ import annotations

import logging
from typing import List, Sequence, cast

from ppclas_core.config.config import Config
from ppclas_core.errors import PluginError, UserError, did_you_mean
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.progress import Progress
from ppclas_core.training.callbacks import Callback

_log = logging.getLogger(__name__)


def build_accelerators(config: Config, device: str, progress: Progress,
                       callbacks: Sequence[Callback]) -> List[Callback]:
    """Return the accelerator of a run, a callback, as a list of one; [] without an accelerator.

    Args:
        config: config of the run.
        device: `cpu`, `gpu` or `gpu:N`.
        progress: its `accelerator` is set to `none` without an accelerator; else the callback sets it.
        callbacks: callbacks of the config; a callback that changes layers excludes an accelerator.

    Raises:
        UserError: the accelerator is unknown, does not support the device, or is excluded by a callback.
    """
    kind = device.partition(":")[0]
    usable = [entry.record.name for entry in catalogue().entries("callback") if kind in entry.record.accelerates]
    wanted = config.accelerator
    if wanted != "none" and progress.accelerator is not None:
        wanted = progress.accelerator
    elif wanted == "auto":
        wanted = usable[0] if usable and not config.to_static else "none"
    changing = [type(callback).__name__ for callback in callbacks if callback.changes_layers]
    if changing and wanted != "none":
        if config.accelerator != "auto":
            raise UserError(f"the accelerator '{wanted}' would ignore {changing[0]}, which changes the layers",
                            where=config.location("accelerator"), do="remove one of them")
        _log.info(f"accelerator: none, because {changing[0]} changes the layers")
        wanted = "none"
    if wanted == "none":
        progress.accelerator = "none"
        return []
    if wanted not in usable:
        catalogue().find("callback", wanted)  # raises an error that names the package to install
        raise UserError(f"'{wanted}' is not an accelerator on {kind}.{did_you_mean(wanted, usable)}",
                        where=config.location("accelerator"), do=f"one of: {', '.join(['auto', 'none', *usable])}")
    try:
        return [cast(Callback, catalogue().create("callback", wanted, {}))]
    except PluginError as error:
        if config.accelerator != "auto" or progress.accelerator is not None:  # set in the config or by the resumed run
            raise
        _log.info(f"accelerator: none, because {wanted} cannot be used: {error.what}")
        progress.accelerator = "none"
        return []
