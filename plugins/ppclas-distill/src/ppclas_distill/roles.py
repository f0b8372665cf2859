# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Assignment of `pretrained_model` to teacher and student: which file, or which part of a combined file.

Legacy checkpoints have both networks in one file and are loaded by variable name. If both networks are of one family,
every name of one of them has a suffix such as `_student`.
"""

from __future__ import annotations

from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from ppclas_core.models import PretrainedSource
from ppclas_core.weights import Match, WeightsFile, match_weights, namings, published_names


class Role(NamedTuple):
    """A network and its record."""

    model: Any
    record: Any


def share(sources: Sequence[Any], teacher: Role, student: Role) -> Tuple[List[WeightsFile], List[WeightsFile]]:
    """Return the weights of the teacher and those of the student, in the form that `load_weights` takes.

    Of several files, the first that fits is the teacher's and the last that fits is the student's. A single file is
    split.
    """
    checkpoints = PretrainedSource(sources).read()
    if len(checkpoints) > 1:
        return checkpoints[::-1], checkpoints
    for_teacher, for_student = split(checkpoints[0], teacher, student)
    return [for_teacher], [] if for_student is None else [for_student]


def split(combined: WeightsFile, teacher: Role, student: Role) -> Tuple[WeightsFile, Optional[WeightsFile]]:
    """Return the part of the teacher, and the part of the student, or None if that is incomplete.

    Names that contain `teacher` or `student` are assigned by that word. Without such names the teacher takes the
    tensors that it needs, and the rest is the student's.
    """
    for_teacher, for_student = _marked(combined, "teacher"), _marked(combined, "student")
    if not for_teacher:
        for_teacher = set(combined.arrays) - for_student
    if not for_student:
        taken = _pair(_only(combined, for_teacher), teacher)
        for_student = set(combined.arrays) - {*taken.found.values(), *taken.misshapen.values()}
    rest = _only(combined, for_student)
    left = _pair(rest, student)
    whole = bool(left.found) and not left.missing and not left.misshapen
    return _only(combined, for_teacher), rest if whole else None


def _marked(checkpoint: WeightsFile, word: str) -> Set[str]:
    return {name for name in checkpoint.arrays if word in name.lower()}


def _only(checkpoint: WeightsFile, names: Iterable[str]) -> WeightsFile:
    chosen = set(names)
    return checkpoint._replace(arrays={name: array for name, array in checkpoint.arrays.items() if name in chosen})


def _pair(checkpoint: WeightsFile, role: Role) -> Match:
    shapes = {key: tuple(value.shape) for key, value in role.model.state_dict().items()}
    file = {name: array.shape for name, array in checkpoint.arrays.items()}
    candidates = namings(shapes, published_names(role.record, role.model))
    return match_weights(file, shapes, candidates, role.record.classifier)
