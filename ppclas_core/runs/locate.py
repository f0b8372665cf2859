# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Find the run or the weights of a path: a file, a prefix, or the folder of a checkpoint, a run or one run."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Optional, Sequence, TypeVar, Union

from ppclas_core.errors import UserError
from ppclas_core.runs.folder import BEST, LAST, CheckpointFolder, RunFolder
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.locate import SUFFIXES, resolve_weights

T = TypeVar("T")
_SHOWN = 5


def resolve_checkpoint(path: Union[str, Path], prefer: Sequence[str] = (BEST, LAST)) -> Path:
    """Return the file or folder that `read_weights` reads for this path.

    For a run folder it is the checkpoint `best_model`, else `last`, else that of the highest epoch; for a checkpoint
    folder its weights; for a folder with one run below it, as `ppclas finetune` writes, those of that run. Other paths
    are resolved by `resolve_weights`. `meta.yaml` and `ppcls.pdopt` of a checkpoint of ppclas are in the folder of the
    returned file.

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
    if found is None and not any(entry.suffix in SUFFIXES for entry in folder.iterdir()):
        below = _only_run_below(folder)
        found = None if below is None else RunFolder(below).checkpoint(prefer)
    return None if found is None else found.parameters


def run_of(source: T) -> T:
    """Return the run folder of a `TrainResult`, which stands for its run; any other source as it is."""
    found: T = getattr(source, "run_dir", source)
    return found


def find_run(path: Union[str, Path]) -> Optional[Path]:
    """Return the folder of the run that a path means; None if it means none.

    Args:
        path: a run folder, one of its checkpoint folders, or a folder with one run below it, such as the output folder
            of `ppclas finetune`.

    Raises:
        UserError: several runs are below the folder.
    """
    folder = Path(expand_path(str(path)))
    if not folder.is_dir():
        return None
    if CheckpointFolder(folder).exists():
        above = folder.absolute().parent
        return folder.parent if folder.name and RunFolder(above).last.exists() else folder
    return folder if RunFolder(folder).checkpoint() is not None else _only_run_below(folder)


def require_run(path: Union[str, Path]) -> Path:
    """Return the folder of the run that a path means, see `find_run`.

    Raises:
        UserError: there is none, or there are several.
    """
    found = find_run(path)
    if found is None:
        raise UserError(f"not a run folder: it has no checkpoint '{LAST}' with a config", where=str(path),
                        do="give the folder that the training logged, <model_save_dir>/<ARCHITECTURE.name>")
    return found


def _only_run_below(folder: Path) -> Optional[Path]:
    """Return the run in a folder, else the one in its folders; None if there is none.

    Raises:
        UserError: there are several.
    """
    runs = list(_runs_in(folder)) or [run for inner in _folders(folder) for run in _runs_in(inner)]
    if len(runs) < 2:
        return runs[0] if runs else None
    newest = sorted(runs, key=_time, reverse=True)
    shown = "".join(f"\n    {run}" for run in newest[:_SHOWN])
    more = f"\n    and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
    raise UserError(f"there are {len(runs)} runs below this folder, newest first:{shown}{more}", where=str(folder),
                    do=f"give one of them, such as {newest[0]}; 'ppclas info {newest[0]}' shows its metrics")


def _runs_in(folder: Path) -> Iterator[Path]:
    return (inner for inner in _folders(folder) if RunFolder(inner).checkpoint() is not None)


def _folders(folder: Path) -> List[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:  # a folder that this user may not read
        return []


def _time(run: Path) -> float:
    """Return the time of the newest checkpoint of a run in seconds."""
    return max(found.parameters.stat().st_mtime for found in RunFolder(run).checkpoints())


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
    """Return the `meta.yaml` of a checkpoint folder, or of the newest checkpoint of a run folder.

    Raises:
        UserError: the folder is neither, or its checkpoint has no config.
    """
    own = CheckpointFolder(folder)
    found = own if own.exists() else RunFolder(folder).checkpoint((LAST, BEST))
    meta = None if found is None else read_meta(found.path)
    if meta is None or not meta.config:
        raise UserError(f"not a run folder: it has no checkpoint '{LAST}' with a config", where=str(folder),
                        do="give the folder that the training logged, <model_save_dir>/<ARCHITECTURE.name>")
    return meta
