# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Find the weights of a path: a file, a prefix, a checkpoint folder, or a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Sequence, Union

from ppclas_core.errors import UserError
from ppclas_core.runs.folder import BEST, LAST, CheckpointFolder, RunFolder
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.weights.locate import resolve_weights


def resolve_checkpoint(path: Union[str, Path], prefer: Sequence[str] = (BEST, LAST)) -> Path:
    """Return the file or folder that `read_weights` reads for this path.

    For a run folder it is the checkpoint `best_model`, else `last`, else that of the highest epoch; for a checkpoint
    folder its weights; for a `model_save_dir` with one run the weights of that run. Other paths are resolved by
    `resolve_weights`. `meta.yaml` and `ppcls.pdopt` of a checkpoint of ppclas are in the folder of the returned file.

    Args:
        path: the path.
        prefer: names of checkpoints of a run folder in order of preference, e.g. `("last",)` to resume.

    Raises:
        UserError: there are no weights, or weights of several models.
    """
    return resolve_weights(path, find_in_folder=lambda folder: _in_run(folder, prefer))


def _in_run(folder: Path, prefer: Sequence[str]) -> Optional[Path]:
    own = CheckpointFolder(folder)
    found = own if own.exists() else RunFolder(folder).checkpoint(prefer)
    return None if found is None else found.parameters


def checkpoint_folder(file: Path) -> Path:
    """Return the checkpoint folder of a result of `resolve_checkpoint`."""
    return file if file.is_dir() else file.parent  # a folder with one file per variable is the checkpoint


def meta_of(path: Union[str, Path]) -> Optional[Meta]:
    """Return the `meta.yaml` of the checkpoint of a path, see `resolve_checkpoint`; None if it has none.

    Raises:
        UserError: there is no checkpoint, or the file is not a `meta.yaml` of ppclas.
    """
    return read_meta(checkpoint_folder(resolve_checkpoint(path)))


def meta_of_run(folder: Path) -> Meta:
    """Return the `meta.yaml` of the last checkpoint of a run folder.

    Raises:
        UserError: the folder is not a run folder, or its checkpoint has no config.
    """
    last = RunFolder(folder).last
    meta = read_meta(last.path) if last.path.is_dir() else None
    if meta is None or not meta.config:
        raise UserError(f"not a run folder: it has no checkpoint '{LAST}' with a config", where=str(folder),
                        do="give the folder that the training logged, <model_save_dir>/<ARCHITECTURE.name>")
    return meta
