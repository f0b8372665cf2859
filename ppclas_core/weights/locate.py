# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Resolution of a path to weights: a prefix, a file, a folder with one file, or a folder of variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, List, NoReturn, Optional, Sequence, Union

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import first_party
from ppclas_core.plugins.install import how_to_install
from ppclas_core.plugins.models import list_models
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.formats.program import PARAMS_FILES, PROGRAM_FILES, program_of
from ppclas_core.weights.formats.variables import is_variable

SUFFIXES = (".pdparams", ".safetensors")
"""Suffixes that a prefix omits."""

_COMPANIONS = (".pdopt", ".pdmodel")

FindInFolder = Callable[[Path], Optional[Path]]
"""Function from a folder to its weights file; None for a folder whose layout it does not know."""


def resolve_weights(path: Union[str, Path], find_in_folder: FindInFolder = lambda folder: None) -> Path:
    """Return the file or folder that `read_weights` reads for this path.

    A prefix (`weights/X_pretrained`) stands for the `.pdparams` or `.safetensors` file of that name. A folder must hold
    one weights file, a program with its values, or one file per variable.

    Args:
        path: `~` and `$VARS` are expanded.
        find_in_folder: finds the weights in folders of a layout that the caller knows, such as a run folder.

    Raises:
        UserError: there are no weights, or there are several.
    """
    text = expand_path(str(path))
    location = Path(text)
    if location.name and not text.endswith(("/", os.sep)):
        for suffix in SUFFIXES:
            file = location.with_name(location.name + suffix)
            if file.is_file():
                return file
    if location.is_dir():
        return _in_folder(location, find_in_folder)
    if not location.is_file():
        _refuse_missing(location, str(path))
    if location.name in (*PROGRAM_FILES, *PARAMS_FILES) and program_of(location.parent).is_file():
        return location.parent
    weights = location.with_suffix(".pdparams")
    return weights if location.suffix in _COMPANIONS and weights.is_file() else location


def _in_folder(folder: Path, find_in_folder: FindInFolder) -> Path:
    known = find_in_folder(folder)
    if known is not None:
        return known
    if program_of(folder).is_file():
        return folder
    visible = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    files = [entry for entry in visible if entry.suffix in SUFFIXES]
    if len(files) == 1:
        return files[0]
    if files:
        raise UserError(f"{len(files)} weight files in this folder: {_some(files)}", where=str(folder),
                        do="give one of them")
    if any(entry.is_file() and is_variable(_start(entry)) for entry in visible):
        return folder
    if len(visible) == 1 and visible[0].is_dir():  # an unpacked archive, or a `model_save_dir` with one run
        return _in_folder(visible[0], find_in_folder)
    found = f"; it has {_some(visible)}" if visible else "; it is empty"
    raise UserError(f"the folder holds no weights{found}", where=str(folder),
                    do="give a run folder, a checkpoint folder, a prefix, a file, or a folder of variable files")


def _refuse_missing(location: Path, text: str) -> NoReturn:
    what = f"no weights there: neither '{location}.pdparams' nor a file or folder '{location}' exists"
    name = text.rpartition(":")[2]
    if "/" in text or os.sep in text:
        raise UserError(f"{what}.{_did_you_mean(location, ())}", where=text)
    known = list_models()
    dist = first_party().get("backbone", {}).get(name)
    if name in known:
        raise UserError(f"{what}, and no weights were published for this model", where=text,
                        do="'ppclas download --list' lists all published weights")
    if dist is not None:
        raise UserError(f"{what}, and the model of this name is not installed", where=text,
                        do=f"{name} comes with {dist}: {how_to_install(dist)}")
    raise UserError(f"{what}, and no model has this name.{_did_you_mean(location, known)}", where=text,
                    do="give a path, or a published name: 'ppclas download --list' lists them")


def _did_you_mean(location: Path, names: Sequence[str]) -> str:
    """Return a "did you mean" text from the weights and folders beside the path and from `names`."""
    parent = next(above for above in (location.parent, *location.parent.parents, Path(".")) if above.is_dir())
    if parent != location.parent:
        return f" The folder '{location.parent}' does not exist."
    visible = [entry for entry in parent.iterdir() if not entry.name.startswith(".")]
    prefixes = [entry.name if entry.is_dir() else entry.stem for entry in visible
                if entry.is_dir() or entry.suffix in SUFFIXES]
    return did_you_mean(location.name, [*prefixes, *names])


def _start(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(64)


def _some(paths: List[Path]) -> str:
    names = [path.name for path in paths[:6]]
    return ", ".join(names) + (f" and {len(paths) - 6} more" if len(paths) > 6 else "")
