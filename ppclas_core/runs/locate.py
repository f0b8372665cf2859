# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Find weights by a path that may also be a run folder, a checkpoint folder, or a folder of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Sequence, Union

from ppclas_core.errors import UserError
from ppclas_core.runs.folder import BEST, LAST, CheckpointFolder, RunFolder
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.weights.locate import resolve_weights


def resolve_checkpoint(path: Union[str, Path], prefer: Sequence[str] = (BEST, LAST)) -> Path:
    """Return the one file or folder that `read_weights` reads for this path.

    A run folder means its checkpoint `best_model`, else `last`, else its highest epoch; a checkpoint folder means its
    weights; a `model_save_dir` with one run means that run. Anything else is left to `resolve_weights`.
    `meta.yaml` and `ppcls.pdopt` of a checkpoint of ours stand beside the file that is returned.

    Args:
        prefer: checkpoints of a run folder in the order of preference, e.g. `("last",)` for resuming.

    Raises:
        UserError: nothing there, or several things.
    """
    return resolve_weights(path, find_in_folder=lambda folder: _in_run(folder, prefer))


def _in_run(folder: Path, prefer: Sequence[str]) -> Optional[Path]:
    own = CheckpointFolder(folder)
    found = own if own.exists() else RunFolder(folder).checkpoint(prefer)
    return None if found is None else found.parameters


def checkpoint_folder(file: Path) -> Path:
    """Return the folder of the checkpoint that a file found by `resolve_checkpoint` belongs to."""
    return file if file.is_dir() else file.parent  # a folder with a file per variable is itself the checkpoint


def meta_of(path: Union[str, Path]) -> Optional[Meta]:
    """Return the `meta.yaml` of the checkpoint that a path means, None where it has none.

    Raises:
        UserError: nothing there, or the file is not one of ours.
    """
    return read_meta(checkpoint_folder(resolve_checkpoint(path)))


def meta_of_run(folder: Path) -> Meta:
    """Return the `meta.yaml` of the last checkpoint of a run folder.

    Raises:
        UserError: it is no run folder, or holds no config.
    """
    last = RunFolder(folder).last
    meta = read_meta(last.path) if last.path.is_dir() else None
    if meta is None or not meta.config:
        raise UserError(f"this is no run folder: it has no checkpoint '{LAST}' with a config", where=str(folder),
                        do="give the folder that training printed, <model_save_dir>/<ARCHITECTURE.name>")
    return meta
