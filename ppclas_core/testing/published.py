# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Comparison of a family with the published networks: names, shapes, and outputs with deterministic weights.

A plugin keeps two golden files beside its tests, made by `tools/pack_golden.py`: `names.tsv.xz` (architecture, shape,
kind, name_2020, key_2_0, key_2_1) and `logits.tsv` (reference outputs of the published network).
"""

from __future__ import annotations

import contextlib
import csv
import functools
import lzma
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping, NamedTuple, Tuple

import numpy as np

from ppclas_core.api import Backbone
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.weights.formats.quantized import dequantize
from ppclas_core.weights.match import match_weights, namings
from ppclas_core.weights.names import Names

if TYPE_CHECKING:
    from paddle import nn


class Tensor(NamedTuple):
    """One row of `names.tsv.xz`."""

    shape: Tuple[int, ...]
    kind: str
    v2020: str
    v2_0: str
    v2_1: str


class Reference(NamedTuple):
    """One row of `logits.tsv`: the first eight logits of one image."""

    size: int
    gain: float
    row: int
    std: float
    logits: Tuple[float, ...]


@functools.cache
def golden_names(folder: Path) -> Mapping[str, List[Tensor]]:
    """Return architecture -> published tensors."""
    result: Dict[str, List[Tensor]] = {}
    with lzma.open(folder / "names.tsv.xz", "rt", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows)
        for architecture, shape, kind, v2020, v2_0, v2_1 in rows:
            sizes = tuple(int(n) for n in shape.split("x"))
            result.setdefault(architecture, []).append(Tensor(sizes, kind, v2020, v2_0, v2_1))
    return result


@functools.cache
def golden_logits(folder: Path) -> Mapping[str, List[Reference]]:
    """Return architecture -> reference outputs, one entry per image."""
    result: Dict[str, List[Reference]] = {}
    with open(folder / "logits.tsv", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            logits = tuple(float(row[f"logit{k}"]) for k in range(8))
            reference = Reference(int(row["size"]), float(row["gain"]), int(row["row"]),
                                  float(row["std_over_classes"]), logits)
            result.setdefault(row["architecture"], []).append(reference)
    return result


def deterministic_tensor(tensor: Tensor, gain: float = 1.0) -> np.ndarray:
    """Return the float32 value used for the reference outputs; it depends on variable name, kind and shape only."""
    seed = zlib.crc32(tensor.v2020.encode())
    noise = np.random.default_rng(seed).standard_normal(tensor.shape)
    if tensor.kind == "conv_w":
        noise *= gain * np.sqrt(2.0 / np.prod(tensor.shape[1:]))
    elif tensor.kind == "fc_w":
        noise *= gain * np.sqrt(2.0 / tensor.shape[0])
    elif tensor.kind == "bn_scale":
        noise = 1.0 + 0.1 * noise
    elif tensor.kind == "bn_var":
        noise = 1.0 + 0.1 * np.abs(noise)
    else:
        noise *= 0.1
    return noise.astype(np.float32)


def reference_input(size: int) -> np.ndarray:
    """Return the (2, 3, size, size) float32 input of the reference outputs."""
    return np.random.default_rng(0).standard_normal((2, 3, size, size)).astype(np.float32)


def build(record: Backbone, *, lazy: bool = False, zeros: bool = False, **params: object) -> nn.Layer:
    """Build the model of a record.

    Args:
        record: record of the architecture.
        lazy: create parameters with shapes but without values.
        zeros: initialize with zeros, if values do not matter or are loaded next; random ones take five times as long.
        params: further parameters of the architecture.
    """
    import paddle
    from paddle.nn.initializer import Constant, set_global_initializer

    target = resolve(record.target, owner=record.name)
    if zeros:
        set_global_initializer(Constant(0.0), Constant(0.0))
    try:
        with paddle.LazyGuard() if lazy else contextlib.nullcontext():
            return target(**{**record.preset, **params})
    finally:
        if zeros:
            set_global_initializer(None)


def published_names(record: Backbone, model: nn.Layer) -> List[Names]:
    """Return the published names of every tensor of `model` that its family declares."""
    return list(resolve(record.weight_names, owner=record.name)(model))


def name_differences(record: Backbone, model: nn.Layer, tensors: List[Tensor]) -> Iterator[str]:
    """Yield each difference between a family's names and shapes and the published ones, in both directions.

    Args:
        record: record of the architecture.
        model: a model of it; its values do not matter.
        tensors: the published tensors.
    """
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    rows = {row.ours: row for row in published_names(record, model)}
    for key in sorted(shapes.keys() - rows.keys()):
        yield f"{key}: the model has it, weight_names does not"
    for key in sorted(rows.keys() - shapes.keys()):
        yield f"{key}: weight_names has it, the model does not"
    published = {tensor.v2020: tensor for tensor in tensors}
    ours = {row.v2020: row for row in rows.values()}
    for name in sorted(published.keys() - ours.keys()):
        yield f"{name}: published, but no rule gives it"
    for name in sorted(ours.keys() - published.keys()):
        yield f"{ours[name].ours}: rule gives '{name}', which was not published"
    for name in sorted(published.keys() & ours.keys()):
        tensor, row = published[name], ours[name]
        if row.ours in shapes and shapes[row.ours] != tensor.shape:
            yield f"{row.ours}: shape {shapes[row.ours]}, published {tensor.shape}"
        if tensor.v2_0 and row.v2_0 != tensor.v2_0:
            yield f"{row.ours}: 2.0 key '{row.v2_0}', published '{tensor.v2_0}'"
        if tensor.v2_1 and row.v2_1 != tensor.v2_1:
            yield f"{row.ours}: 2.1 key '{row.v2_1}', published '{tensor.v2_1}'"


def unread(record: Backbone, model: nn.Layer, generation: str) -> Iterator[str]:
    """Yield each tensor of `model` that is not matched when it is written under published names and read again.

    Args:
        record: record of the architecture.
        model: a model of it; its values do not matter.
        generation: `2020`, `2.0` or `2.1`.
    """
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    candidates = namings(shapes, published_names(record, model))
    theirs = next(naming.names for naming in candidates if naming.label == generation)
    file = {theirs[key]: np.broadcast_to(np.float32(0), shape) for key, shape in shapes.items()}
    read = dequantize(file)
    pairing = match_weights({name: array.shape for name, array in read.items()}, shapes, candidates, record.classifier)
    for key, name in theirs.items():
        if pairing.found.get(key) != name:
            yield f"{key}: written as '{name}', read as '{pairing.found.get(key)}'"
        elif read[name] is not file[name]:
            yield f"{key}: written as '{name}', its values were changed"


def deterministic_state(tensors: List[Tensor], gain: float = 1.0) -> Dict[str, np.ndarray]:
    """Return variable name -> value for every tensor of an architecture."""
    return {tensor.v2020: deterministic_tensor(tensor, gain) for tensor in tensors}


def logits_difference(record: Backbone, model: nn.Layer, references: List[Reference]) -> float:
    """Return max |logits - reference logits| / std over classes of a loaded model in evaluation mode."""
    import paddle

    model.eval()
    with paddle.no_grad():
        output = model(paddle.to_tensor(reference_input(references[0].size)))
    logits = output.numpy()
    if record.outputs > 1:  # published networks with several heads end with softmax
        logits = np.exp(logits - logits.max(1, keepdims=True))
        logits /= logits.sum(1, keepdims=True)
    differences = [np.abs(logits[reference.row, :8] - np.array(reference.logits, np.float32)).max() / reference.std
                   for reference in references]
    return float(np.max(differences))
