# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`early_stop`: end a run whose validation accuracy no longer rises."""

from __future__ import annotations

from typing import Any, Mapping

from ppclas_core.engine.context import Progress, deciding_figure


def out_of_patience(config: Mapping[str, Any], progress: Progress) -> bool:
    """Whether the last `patience` epochs brought no better figure; a function of the checkpoint alone, so that a
    resumed run stops where the other would have."""
    section = config.get("early_stop")
    if not section or progress.best_epoch < 0:
        return False
    return bool(progress.epoch - 1 - progress.best_epoch >= section["patience"])


def is_over(config: Mapping[str, Any], progress: Progress) -> str:
    """Why there is nothing left to do, for the log; "" while there is."""
    if progress.epoch >= config["epochs"]:
        return f"it has all {config['epochs']} epochs"
    if progress.step == 0 and out_of_patience(config, progress):
        return (f"stopped early after epoch {progress.epoch - 1}: the best {deciding_figure(config)} is that of epoch "
                f"{progress.best_epoch}")
    return ""
