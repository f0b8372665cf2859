# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint folders with `ppcls.pdparams`, `ppcls.pdopt`, `state.json` and `meta.yaml`, written atomically.

A folder is written under a hidden name, flushed to the disk, then renamed. An existing folder of the final name is
renamed first and removed last, so a kill at any moment leaves the old or the new one. `recover` completes an
interrupted replacement.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Sequence

import yaml

from ppclas_core.errors import UserError
from ppclas_core.runs.folder import PARAMETERS, CheckpointFolder, RunFolder
from ppclas_core.runs.meta import META_FILE, Meta, write_meta
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import read_terms
from ppclas_core.system.atomic import sync
from ppclas_core.system.typed_json import mismatch
from ppclas_core.weights.formats.optimizer_state import describe_legacy_optimizer
from ppclas_core.weights.write import save_pdparams

if TYPE_CHECKING:
    import numpy as np


def save_checkpoint(
    run_folder: Path,
    names: Sequence[str],
    *,
    parameters: Mapping[str, np.ndarray],
    optimizer: Mapping[str, np.ndarray],
    progress: Progress,
    meta: Meta,
) -> None:
    """Write the same checkpoint under each of the `names` in the run folder, one after the other.

    Args:
        run_folder: the run folder.
        names: names of the checkpoint folders.
        parameters: weights by key.
        optimizer: state of the optimizer, and with a moving average the raw weights, by key.
        progress: content of `state.json`.
        meta: content of `meta.yaml`.

    Raises:
        UserError: the disk is full or not writable; the earlier checkpoints are unchanged.
    """
    first = run_folder / f".{names[0]}.new"
    try:
        shutil.rmtree(first, ignore_errors=True)
        first.mkdir(parents=True)
        save_pdparams(CheckpointFolder(first).parameters, parameters)
        save_pdparams(CheckpointFolder(first).optimizer, optimizer)
        CheckpointFolder(first).state.write_text(json.dumps(progress.to_dict(), indent=1), encoding="utf-8")
        write_meta(first, meta)
        for path in first.iterdir():
            sync(path)
        sync(first)
        for name in names[1:]:
            _link_folder(first, run_folder / f".{name}.new")
        for name in names:
            _replace(run_folder, name)
    except OSError as error:
        for name in names:
            shutil.rmtree(run_folder / f".{name}.new", ignore_errors=True)
        recover(run_folder)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        do = "make room, then start again: there is no earlier checkpoint"
        if (last := RunFolder(run_folder).last.path).is_dir():
            do = f"make room, then continue with --resume: the previous checkpoint is unchanged in {last}"
        raise UserError(
            f"cannot write the checkpoint: {'the disk is full' if full else error.strerror or error}",
            where=str(run_folder / names[0]),
            do=do,
        ) from error


def write_checkpoint(folder: Path, parameters: Mapping[str, np.ndarray], meta: Meta) -> None:
    """Write weights and `meta.yaml` without the state of a training; an earlier result of this function is replaced.

    Raises:
        UserError: the folder has other content, or cannot be written; it is unchanged.
    """
    folder = Path(os.path.abspath(folder))
    new = folder.parent / f".{folder.name}.new"
    try:
        others = sorted({path.name for path in folder.iterdir()} - {PARAMETERS, META_FILE}) if folder.exists() else []
        if others:
            raise UserError(f"the folder has other files: {', '.join(others[:3])}", where=str(folder),
                            do="give a new folder")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        save_pdparams(CheckpointFolder(new).parameters, parameters)
        write_meta(new, meta)
        sync(new)
        _replace(folder.parent, folder.name)
    except yaml.YAMLError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise UserError(f"a parameter of the model or a transform cannot be written to {META_FILE}: {error}",
                        where=str(folder), do="give numbers, texts, lists and mappings") from error
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise UserError(f"cannot write the checkpoint: {'the disk is full' if full else error.strerror or error}",
                        where=str(folder), do="make room" if full else "give another folder") from error


def load_progress(folder: Path) -> Progress:
    """Read the `state.json` of a checkpoint folder.

    Raises:
        UserError: the file is missing, or its content is not that of a run.
    """
    path = CheckpointFolder(folder).state
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if "best_top1" in values:  # the key up to version 0.1
            values["best"] = values.pop("best_top1")
        progress = Progress(**values)
        for name, hint in typing.get_type_hints(Progress).items():
            problem = mismatch(getattr(progress, name), hint, name)
            if problem:
                raise UserError(f"unreadable state.json: {problem}")
        read_terms(progress.terms)
        return progress
    except FileNotFoundError:
        raise _no_state(folder) from None
    except UserError as error:
        raise error.at(str(path)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(f"unreadable state.json: {error}", where=str(path)) from error


def _no_state(folder: Path) -> UserError:
    """Return the error for a checkpoint without `state.json`: a legacy checkpoint, weights alone, or a lost file."""
    checkpoint = CheckpointFolder(folder)
    path = checkpoint.optimizer
    if not path.is_file() or checkpoint.meta.is_file():
        return UserError("this checkpoint has no state.json, so training cannot resume from it",
                         where=str(folder), do="'pretrained_model: ...' starts a new run from its weights")
    return UserError(
        f"{describe_legacy_optimizer(path)}, and neither epoch, order of the images nor best accuracy, so training "
        "cannot resume from it", where=str(folder),
        do=f"start a new run from its weights: -o checkpoints= -o pretrained_model={checkpoint.prefix}, with 'epochs' "
           "and LEARNING_RATE.params.lr for the rest of the training")


def recover(run_folder: Path) -> None:
    """Complete or undo a replacement that a kill interrupted, and remove temporary folders; not for use in a save."""
    if not run_folder.is_dir():
        return
    for old in run_folder.glob(".*.old"):
        final = run_folder / old.name[1:-len(".old")]
        new = run_folder / f".{final.name}.new"
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:  # the old folder is renamed only after the new one is complete
            os.replace(new if new.exists() else old, final)
            shutil.rmtree(old, ignore_errors=True)
    for new in run_folder.glob(".*.new"):
        shutil.rmtree(new, ignore_errors=True)


def _replace(run_folder: Path, name: str) -> None:
    """Rename the hidden new folder of a checkpoint to its name; an existing checkpoint is removed last."""
    new, old, final = run_folder / f".{name}.new", run_folder / f".{name}.old", run_folder / name
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.replace(final, old)
    os.replace(new, final)
    sync(run_folder)
    shutil.rmtree(old, ignore_errors=True)


def _link_folder(source: Path, target: Path) -> None:
    """Copy a folder by hard links, which is safe as files are never changed in place; without links by copies."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for path in source.iterdir():
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)
            sync(target / path.name)
    sync(target)
