# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loading of weights into a model, with a report. Training, evaluation, prediction and export use `load_weights`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.api import Backbone, Weights
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue, resolve
from ppclas_core.plugins.ownership import owned_by
from ppclas_core.system.text import one_line
from ppclas_core.weights.formats.quantized import dequantize
from ppclas_core.weights.head_rows import HeadRows, head_rows
from ppclas_core.weights.match import Match, Naming, classes, in_classifier, match_weights, namings
from ppclas_core.weights.names import Names
from ppclas_core.weights.read import WeightsFile, read_weights
from ppclas_core.weights.stem import adapted_kernels

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    import paddle
    from paddle import nn

Source = Union[str, Path, WeightsFile]


class LoadReport(NamedTuple):
    """Result of loading weights; `str()` of it is the logged text.

    Args:
        loaded: number of tensors that were set.
        reinitialized: keys of the head that keep their initial values.
        head: number of classes in the file (0: no head) and in the model; None when the whole head was loaded.
        missing: keys of the model that the file lacks; always empty in a report that `load_weights` returns.
        unexpected: names of the file that the model lacks; likewise always empty.
        ignored: names in the file that belong to another network (such as a teacher) or to an optimizer.
        naming: naming scheme of the file: `ours`, `2020`, `2.0` or `2.1`.
        source: the files read.
        rows: match of the head's rows by class name; None when the file has the same classes in the same order.
        stem: number of input channels in the file and in the model, if the kernels of the stem were adapted.
    """

    loaded: int
    reinitialized: Tuple[str, ...]
    head: Optional[Tuple[int, int]]
    missing: Tuple[str, ...]
    unexpected: Tuple[str, ...]
    ignored: Tuple[str, ...]
    naming: str
    source: Tuple[Path, ...]
    rows: Optional[HeadRows] = None
    stem: Optional[Tuple[int, int]] = None

    @property
    def complete(self) -> bool:
        """Whether every tensor of the model was loaded and no tensor of the file was unexpected."""
        return not (self.reinitialized or self.missing or self.unexpected)

    def __str__(self) -> str:
        parts = [f"{self.loaded} loaded"]
        if self.rows is not None:
            parts.append(str(self.rows))
        elif self.head:
            parts.append(f"head re-initialised ({self.head[0] or 'absent'} -> {self.head[1]})")
        if self.stem is not None:
            change = "summed" if self.stem[1] == 1 else "repeated and scaled"
            parts.append(f"stem: {self.stem[0]} -> {self.stem[1]} input channels (kernels {change})")
        parts += [f"{len(self.missing)} missing", f"{len(self.unexpected)} unexpected"]
        if self.ignored:
            parts.append(f"{len(self.ignored)} of another network or optimizer ignored")
        return ", ".join(parts)


def load_weights(
    model: nn.Layer,
    record: Backbone,
    source: Union[Source, Sequence[Source]],
    *,
    weights: Optional[Weights] = None,
    allow_new_head: bool = True,
) -> LoadReport:
    """Set the tensors of a model from a checkpoint of any supported format and naming scheme.

    Values are converted to the dtype of the model's tensors. If the file has no head (`record.classifier`) or one with
    another number of classes, the head keeps its initial values. If model and file have different `class_names`, rows
    of the head are transferred by name, and rows of new classes keep their initial values. The report is logged, as a
    warning if a tensor keeps its initial values.

    Args:
        model: an instance of the architecture; its tensors are overwritten.
        record: record of the architecture.
        source: a path (see `resolve_weights`), a `WeightsFile`, or a list of them; `PretrainedSource.load` also
            accepts published names and URLs. Of a list, the last source with all tensors of the model is used; if none
            has all, the sources that fit are combined, and later ones take precedence.
        weights: published entry of the source, if known; named in errors.
        allow_new_head: False refuses a head with other classes or another number of them, and a stem with another
            number of input channels, as evaluation, prediction and export require.

    Raises:
        UserError: nothing fits, or a tensor outside the head is missing, unexpected or of another shape.
    """
    sources = [source] if isinstance(source, (str, Path, WeightsFile)) else list(source)
    if not sources:
        raise UserError("no weights given")
    state = model.state_dict()
    shapes = {key: tuple(value.shape) for key, value in state.items()}
    candidates = namings(shapes, published_names(record, model))
    pairs: List[Tuple[Match, WeightsFile]] = []
    stem: Optional[Tuple[int, int]] = None
    for each in sources:
        checkpoint = each if isinstance(each, WeightsFile) else read_weights(each)
        checkpoint = checkpoint._replace(arrays=dequantize(checkpoint.arrays))
        if allow_new_head:
            checkpoint, stem = _with_adapted_stem(checkpoint, shapes, candidates, record)
        pairs.append((match_weights(_shapes(checkpoint), shapes, candidates, record.classifier), checkpoint))
    whole = [pair for pair in pairs if not pair[0].missing and not pair[0].misshapen]
    used = whole[-1:] if whole else [pair for pair in pairs if pair[0].found] or pairs[:1]
    rows = head_rows(getattr(model, "class_names", None), [checkpoint.class_names for _, checkpoint in used])
    report = _report(used, shapes, record, rows, several=len(sources) > 1)._replace(stem=stem)
    where = ", ".join(str(path) for path in report.source)
    _refuse_misfits(used, report, shapes, record, where, allow_new_head, weights)
    fresh = set(report.reinitialized)
    for pairing, checkpoint in used:
        for key, name in pairing.found.items():
            if key in fresh:
                continue
            value = _as_dtype(checkpoint.arrays[name], state[key])
            if rows is not None and in_classifier(key, record.classifier) and rows.fits(value.shape, shapes[key]):
                value = rows.move(state[key].numpy(), value)
            state[key].set_value(value)
    _log.log(logging.INFO if report.complete else logging.WARNING, "weights %s: %s", where, report)
    return report


def _with_adapted_stem(checkpoint: WeightsFile, shapes: Dict[str, Tuple[int, ...]], candidates: Sequence[Naming],
                       record: Backbone) -> Tuple[WeightsFile, Optional[Tuple[int, int]]]:
    """Return the file with stem kernels for the model's input channels, and the old and new number if they differ."""
    misshapen = match_weights(_shapes(checkpoint), shapes, candidates, record.classifier).misshapen
    kernels = adapted_kernels(misshapen, checkpoint.arrays, shapes)
    if not kernels:
        return checkpoint, None
    name, kernel = next(iter(kernels.items()))
    channels = checkpoint.arrays[name].shape[1], kernel.shape[1]
    return checkpoint._replace(arrays={**checkpoint.arrays, **kernels}), channels


def _shapes(checkpoint: WeightsFile) -> Dict[str, Tuple[int, ...]]:
    return {name: array.shape for name, array in checkpoint.arrays.items()}


def published_names(record: Backbone, model: nn.Layer) -> Optional[List[Names]]:
    """Return the published tensor names of `model` that its family declares; None if it declares none."""
    if not record.weight_names:
        return None
    owner = catalogue().owner("backbone", record.name)
    names = resolve(record.weight_names, owner=owner or f"model '{record.name}'")
    with owned_by(owner):
        return list(names(model))


def _report(used: List[Tuple[Match, WeightsFile]], shapes: Dict[str, Tuple[int, ...]], record: Backbone,
            rows: Optional[HeadRows], several: bool) -> LoadReport:
    found: Dict[str, Tuple[int, ...]] = {}
    surplus: List[str] = []
    ignored: List[str] = []
    for pairing, checkpoint in used:
        found.update({key: checkpoint.arrays[name].shape for key, name in pairing.found.items()})
        (ignored if several else surplus).extend(pairing.unexpected)
        ignored += [*pairing.other_network, *pairing.training_state]
    head = [key for key in shapes if in_classifier(key, record.classifier)]
    movable = [key for key in head if rows is not None and key in found and rows.fits(found[key], shapes[key])]
    if rows is not None and rows.moved:
        fresh = [key for key in head if found.get(key) != shapes[key] and key not in movable]
    else:
        fresh = [key for key in head if found.get(key) != shapes[key] or key in movable]
    fresh = [key for key in head if _group(key) in {_group(other) for other in fresh}]
    counts = None
    if fresh:
        counts = (classes(found[fresh[0]]) if fresh[0] in found else 0, classes(shapes[fresh[0]]))
    if rows is not None and movable and (rows.new or len(rows.ours) != len(rows.theirs)):
        counts = (len(rows.theirs), len(rows.ours))
    missing = tuple(key for key in shapes if key not in found and key not in fresh)
    loaded = len([key for key in found if key not in fresh])
    return LoadReport(loaded, tuple(fresh), counts, missing, tuple(surplus), tuple(ignored), used[-1][0].label,
                      tuple(checkpoint.path for _, checkpoint in used), rows if movable else None)


def _group(key: str) -> str:
    """Return the layer of a tensor; weight and bias of a head layer are loaded or re-initialized together."""
    return key.rpartition(".")[0]


def _refuse_misfits(used: List[Tuple[Match, WeightsFile]], report: LoadReport, shapes: Dict[str, Tuple[int, ...]],
                    record: Backbone, where: str, allow_new_head: bool, weights: Optional[Weights]) -> None:
    model_name = record.name
    if weights is not None and weights.name != record.name:
        model_name = f"{record.name} ({weights.name})"
    if report.loaded == 0 and report.rows is None and not any(pairing.misshapen for pairing, _ in used):
        theirs = ", ".join(list(used[0][1].arrays)[:3])
        raise UserError(f"nothing in these weights fits {model_name}: the file has '{theirs}' ..., the model "
                        f"'{', '.join(list(shapes)[:3])}' ...", where=where,
                        do="give weights of this architecture: 'ppclas info MODEL' lists them")
    misshapen = {key: checkpoint.arrays[name].shape for pairing, checkpoint in used
                 for key, name in pairing.misshapen.items() if key in report.missing or key in report.reinitialized}
    missing = [key for key in report.missing if key not in misshapen]
    problems = []
    if missing:
        problems.append(f"{len(missing)} missing ({_some(missing)})")
    if report.unexpected:
        problems.append(f"{len(report.unexpected)} unexpected ({_some(report.unexpected)})")
    if misshapen:
        first = next(iter(misshapen))
        problems.append(f"{len(misshapen)} of another shape ({first}: {misshapen[first]} in the file, "
                        f"{shapes[first]} in the model)")
    if problems:
        raise UserError(f"the weights do not fit {model_name}: {report.loaded} loaded, " + ", ".join(problems),
                        where=where, do="nothing was loaded; check the architecture, its parameters, and image_shape")
    if report.rows is not None and not allow_new_head and (
            report.rows.new or len(report.rows.ours) != len(report.rows.theirs)):
        lacking = ", ".join(one_line(name) for name in report.rows.new[:5]) or "none, but it has more classes"
        raise UserError(f"the checkpoint has other classes than the model ({len(report.rows.theirs)} and "
                        f"{len(report.rows.ours)}); of the model's it lacks: {lacking}", where=where,
                        do="give weights that were trained on the same classes, in any order")
    if report.head and not allow_new_head:
        has = f"has {report.head[0]} classes" if report.head[0] else "has no head"
        raise UserError(f"the checkpoint {has}, the model {report.head[1]}", where=where,
                        do="set classes_num (num_classes) to that of the checkpoint")


def _as_dtype(array: np.ndarray, tensor: paddle.Tensor) -> np.ndarray:
    """Return the array in the dtype of a tensor."""
    wanted = str(tensor.dtype).rpartition(".")[2]
    if array.dtype == np.uint16 and wanted == "float32":  # bfloat16, which numpy does not have
        return (array.astype(np.uint32) << 16).view(np.float32)
    return np.ascontiguousarray(array, dtype=wanted).reshape(array.shape)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
