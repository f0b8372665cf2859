# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Writers of checkpoints (`.pdparams`, folders of variables, safetensors), and renaming between naming schemes."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional

import numpy as np
from safetensors.numpy import save

from ppclas_core.api import Backbone
from ppclas_core.errors import UserError
from ppclas_core.system.atomic import atomic_file, atomic_folder
from ppclas_core.weights.formats.variables import write_variables
from ppclas_core.weights.load import published_names
from ppclas_core.weights.match import match_weights, namings

if TYPE_CHECKING:
    from paddle import nn

FORMS = ("pdparams", "pdparams-2.0", "pdparams-2.1", "2020", "safetensors")
"""Formats that `ppclas convert` writes; the first and the last use our keys."""

_LABELS = {"pdparams": "ours", "safetensors": "ours", "pdparams-2.0": "2.0", "pdparams-2.1": "2.1", "2020": "2020"}


def save_pickle(path: Path, content: object) -> None:
    """Write containers, numbers and arrays as a pickle of protocol 4, atomically; `read_pickle` reads it."""
    with atomic_file(path) as partial, open(partial, "wb") as file:
        pickle.dump(content, file, protocol=4)


def save_pdparams(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a plain dict of arrays, atomically. `paddle.load`, and any Python with numpy, can read it."""
    save_pickle(path, {key: np.asarray(value, order="C") for key, value in arrays.items()})


def save_safetensors(
    path: Path, arrays: Mapping[str, np.ndarray], metadata: Optional[Mapping[str, str]] = None
) -> None:
    """Write a safetensors file, atomically.

    Args:
        path: the file, which is replaced.
        arrays: name -> array.
        metadata: strings for the file header.
    """
    values = {key: np.array(value, order="C") for key, value in arrays.items()}
    with atomic_file(path) as partial:  # `save_file` of safetensors hides an OSError such as a full disk
        partial.write_bytes(save(values, metadata=dict(metadata or {})))


def save_variables(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a folder with one variable file per tensor, atomically.

    Raises:
        UserError: the folder exists, or a name cannot be a file name.
    """
    if folder.exists():
        raise UserError("the folder exists already", where=str(folder), do="give another folder, or remove this one")
    bad = [name for name in arrays if set(name) & set('/\\:*?"<>|')]
    if bad:
        raise UserError(f"'{bad[0]}' cannot be the name of a variable file", where=str(folder))
    with atomic_folder(folder) as partial:
        write_variables(partial, arrays)


def renamed(arrays: Mapping[str, np.ndarray], model: nn.Layer, record: Backbone, form: str) -> Dict[str, np.ndarray]:
    """Return the arrays under the names of another naming scheme.

    Args:
        arrays: name -> array, in any naming scheme.
        model: a model of `record` for the same number of input channels; its class count and values do not matter.
        record: record of the architecture.
        form: one of `FORMS`.

    Raises:
        UserError: a tensor is missing, unexpected or of another shape, or the family does not declare the names of
            that scheme.
    """
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    candidates = namings(shapes, published_names(record, model))
    file = {name: array.shape for name, array in arrays.items()}
    pairing = match_weights(file, shapes, candidates, record.classifier)
    problems = _listed("missing", pairing.missing) + _listed("of another shape", list(pairing.misshapen))
    problems += _listed("unexpected", pairing.unexpected)
    if problems:
        raise UserError(f"the weights do not fit {record.name}: {len(pairing.found)} found, " + ", ".join(problems))
    wanted = [naming.names for naming in candidates if naming.label == _LABELS[form]]
    unnamed = [key for key in shapes if not wanted or key not in wanted[0]]
    if unnamed:
        raise UserError(f"{record.name} has no published names for '{form}' (first: {unnamed[0]})",
                        do=f"write one of: {', '.join(FORMS)}")
    return {wanted[0][key]: arrays[name] for key, name in pairing.found.items()}


def _listed(word: str, names: List[str]) -> List[str]:
    return [f"{len(names)} {word} ({', '.join(names[:4])}{', ...' if len(names) > 4 else ''})"] if names else []
