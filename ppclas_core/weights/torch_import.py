# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Import of torchvision and timm checkpoints by the name rules that each family declares."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Iterable, Optional, Tuple

import numpy as np

from ppclas_core.api import Backbone
from ppclas_core.errors import UserError
from ppclas_core.weights.formats.torch_file import read_torch_file
from ppclas_core.weights.read import read_weights
from ppclas_core.weights.torch_names import TorchName

if TYPE_CHECKING:
    from paddle import nn

_IGNORED = ".num_batches_tracked"


def read_torch(path: Path, model: nn.Layer, record: Backbone) -> Dict[str, np.ndarray]:
    """Return the tensors of a `.pth` or `.safetensors` file under our keys and in our layout.

    Args:
        path: the file.
        model: a model of `record` with any number of classes.
        record: record of the architecture.

    Raises:
        UserError: the family has another graph or declares no rules, or tensors are missing or surplus.
    """
    if not path.is_file():
        raise UserError("no such file", where=str(path))
    rules = torch_rules(record)
    try:
        names = list(rules(model))
    except UserError as error:
        raise error.at(record.name) from None
    theirs = read_weights(path).arrays if path.suffix == ".safetensors" else read_torch_file(path)
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    arrays: Dict[str, np.ndarray] = {}
    used = set()
    for name in names:
        if name.ours in arrays:
            continue
        if name.constant:
            arrays[name.ours] = _constant(name.constant, shapes[name.ours]) * np.float32(name.scale)
        elif name.theirs in theirs:
            used.add(name.theirs)
            arrays[name.ours] = _layout(theirs[name.theirs], shapes[name.ours]) * np.float32(name.scale)
    missing = [name.theirs for name in names if name.ours not in arrays]
    surplus = [key for key in theirs if key not in used and not key.endswith(_IGNORED)]
    if missing or surplus:
        text = f"{len(missing)} tensors missing ({', '.join(missing[:3])}), " if missing else ""
        text += f"{len(surplus)} left over ({', '.join(surplus[:3])})" if surplus else "none left over"
        raise UserError(f"not a torchvision or timm checkpoint of {record.name}: {text}", where=str(path))
    return arrays


def torch_rules(record: Backbone) -> Callable[[nn.Layer], Iterable[TorchName]]:
    """Return the function `torch_names` of the family's module.

    Raises:
        UserError: the module has none.
    """
    for target in (record.weight_names, record.target):
        if target:
            rules: Optional[Callable[[nn.Layer], Iterable[TorchName]]] = getattr(
                importlib.import_module(target.partition(":")[0]), "torch_names", None)
            if rules is not None:
                return rules
    raise UserError(f"no rules for PyTorch checkpoints of {record.name}: neither torchvision nor timm has the same "
                    "network, or its family does not declare them",
                    do="a family declares them in a function torch_names(model); see docs/reference/weights.md")


def _layout(array: np.ndarray, shape: Tuple[int, ...]) -> np.ndarray:
    """Return the array in our layout: linear weights are (out, in) in PyTorch and (in, out) here.

    A 1x1 convolution may stand for a linear layer on either side.
    """
    array = array.astype(np.float32)
    if len(shape) == 2:
        return np.ascontiguousarray(array.reshape(array.shape[0], -1).T)
    if len(shape) == 4 and array.ndim == 2:
        return array.reshape(*array.shape, 1, 1)
    return np.ascontiguousarray(array).reshape(array.shape)


def _constant(kind: str, shape: Tuple[int, ...]) -> np.ndarray:
    if kind == "identity":
        return np.eye(shape[0], shape[1], dtype=np.float32).reshape(shape)
    return np.full(shape, {"one": 1.0, "zero": 0.0}[kind], np.float32)
