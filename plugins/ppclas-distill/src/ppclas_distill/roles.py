# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`pretrained_model` of a pair: which file, or which part of a combined file, belongs to the teacher, which to the
student.

July 2020 loaded by variable name whatever fitted, out of one file or several, and wrote both networks into one file;
where both are of one family, one of them has a word such as `_student` behind every name.
"""

from __future__ import annotations

from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from ppclas_core.models import PretrainedSource
from ppclas_core.weights import Match, WeightsFile, match_weights, namings, published_names


class Role(NamedTuple):
    """A network, and its record."""

    model: Any
    record: Any


def share(sources: Sequence[Any], teacher: Role, student: Role) -> Tuple[List[WeightsFile], List[WeightsFile]]:
    """What is meant for the teacher and what for the student, each to be given to `load_weights`.

    Of several files the first that fits is the teacher's and the last that fits the student's; a single one is split.
    """
    checkpoints = PretrainedSource(sources).read()
    if len(checkpoints) > 1:
        return checkpoints[::-1], checkpoints
    for_teacher, for_student = split(checkpoints[0], teacher, student)
    return [for_teacher], [] if for_student is None else [for_student]


def split(combined: WeightsFile, teacher: Role, student: Role) -> Tuple[WeightsFile, Optional[WeightsFile]]:
    """The part of the teacher, and that of the student if what is left is the whole of it.

    Names that hold the word `teacher` or `student` say whose they are; without such words the teacher takes what it
    needs.
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
