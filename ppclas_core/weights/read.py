# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of checkpoints of any supported format: a path comes in, named arrays go out; `load` sets them in a model."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, NamedTuple, Tuple, Union

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickles import read_pickle
from ppclas_core.weights.formats.program import program_of, read_inference_model
from ppclas_core.weights.formats.variables import is_variable, read_variables
from ppclas_core.weights.locate import resolve_weights

__all__ = ["WeightsFile", "read_weights"]

_BOOKKEEPING = "StructuredToParameterName@@"


class WeightsFile(NamedTuple):
    """Content of a weights file.

    Args:
        arrays: name in the file -> read-only array in the file's dtype.
        form: `pdparams`, `variables` (one file per tensor), `inference` (program and values) or `safetensors`.
        path: the file or folder.
        class_names: in the order of the logits; empty when unknown.
    """

    arrays: Dict[str, np.ndarray]
    form: str
    path: Path
    class_names: Tuple[str, ...] = ()


def read_weights(path: Union[str, Path]) -> WeightsFile:
    """Read the arrays of a weights file; `resolve_weights` describes the accepted paths.

    Raises:
        UserError: no such file, a damaged file, an unsupported format, or a pickle that needs to run code.
    """
    location = resolve_weights(path)
    if location.is_dir():
        if program_of(location).is_file():
            return WeightsFile(read_inference_model(location), "inference", location)
        return WeightsFile(read_variables(location), "variables", location)
    if location.suffix == ".safetensors":
        return WeightsFile(_read_safetensors(location), "safetensors", location)
    _refuse_other_forms(location)
    return WeightsFile(_read_pdparams(location), "pdparams", location)


def _read_pdparams(path: Path) -> Dict[str, np.ndarray]:
    content = read_pickle(path)
    if not isinstance(content, dict):
        raise UserError(f"the file holds a {type(content).__name__}, not a mapping of arrays", where=str(path))
    content.pop(_BOOKKEEPING, None)
    others = [key for key, value in content.items() if not isinstance(value, np.ndarray)]
    if others:
        first = others[0]
        raise UserError(f"entry '{first}' is a {type(content[first]).__name__}, not an array; this is not a file of "
                        "weights", where=str(path), do="weights are in the .pdparams file")
    if not content:
        raise UserError("the file holds no weights", where=str(path))
    return {str(key): value for key, value in content.items()}


def _read_safetensors(path: Path) -> Dict[str, np.ndarray]:
    try:
        arrays: Dict[str, np.ndarray] = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(f"the file is damaged or no safetensors file ({error})", where=str(path),
                        do="copy or download it again") from error
    except (KeyError, TypeError, AttributeError) as error:  # a dtype that numpy lacks
        raise UserError(f"the file has tensors of a type that is not read ({error})", where=str(path),
                        do="store it as float32 or float16") from error
    if not arrays:
        raise UserError("the file holds no weights", where=str(path))
    return arrays


def _refuse_other_forms(path: Path) -> None:
    with open(path, "rb") as file:
        start = file.read(64)
    if not start:
        raise UserError("the file is empty", where=str(path), do="copy or download it again")
    if start.startswith(b"PK\x03\x04"):
        raise UserError("this is a PyTorch file or another zip archive", where=str(path),
                        do="ppclas convert FILE OUT --model NAME --to pdparams --from torch")
    if is_variable(start):
        raise UserError("this is one variable of a checkpoint folder", where=str(path),
                        do=f"give its folder: {path.parent}")
