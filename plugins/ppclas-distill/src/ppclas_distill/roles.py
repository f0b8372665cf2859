# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Assignment of the files of `pretrained_model`, or the parts of a combined file, to teacher and student.

Legacy checkpoints have both networks in one file. If both networks are of one family, all variable names of one of them
have a suffix such as `_student`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from paddle import nn

from ppclas_core.api import Backbone
from ppclas_core.models import PretrainedSource
from ppclas_core.weights import Match, WeightsFile, match_weights, namings, published_names


class Role(NamedTuple):
    """A network and its record."""

    model: nn.Layer
    record: Backbone


def assign_weights(sources: Sequence[Union[bool, str, Path]], teacher: Role,
                   student: Role) -> Tuple[List[WeightsFile], List[WeightsFile]]:
    """Return the weights of the teacher and those of the student, as `load_weights` takes them.

    Of several files, the teacher gets the first that fits, and the student the last that fits. A single file is split;
    the student gets [] if the file has no complete weights for it.
    """
    checkpoints = PretrainedSource(sources).read()
    if len(checkpoints) > 1:
        return checkpoints[::-1], checkpoints
    for_teacher, for_student = split(checkpoints[0], teacher, student)
    return [for_teacher], [] if for_student is None else [for_student]


def split(combined: WeightsFile, teacher: Role, student: Role) -> Tuple[WeightsFile, Optional[WeightsFile]]:
    """Return the part of the teacher and that of the student, which is None if it is incomplete.

    Names that contain `teacher` or `student` are assigned by that word. Without such names, the teacher gets the
    tensors that it needs, and the student gets the rest.
    """
    for_teacher, for_student = _marked(combined, "teacher"), _marked(combined, "student")
    if not for_teacher:
        for_teacher = set(combined.arrays) - for_student
    if not for_student:
        used = _match(_only(combined, for_teacher), teacher)
        for_student = set(combined.arrays) - {*used.found.values(), *used.misshapen.values()}
    rest = _only(combined, for_student)
    match = _match(rest, student)
    is_complete = bool(match.found) and not match.missing and not match.misshapen
    return _only(combined, for_teacher), rest if is_complete else None


def _marked(checkpoint: WeightsFile, word: str) -> Set[str]:
    return {name for name in checkpoint.arrays if word in name.lower()}


def _only(checkpoint: WeightsFile, names: Iterable[str]) -> WeightsFile:
    chosen = set(names)
    return checkpoint._replace(arrays={name: array for name, array in checkpoint.arrays.items() if name in chosen})


def _match(checkpoint: WeightsFile, role: Role) -> Match:
    shapes = {key: tuple(value.shape) for key, value in role.model.state_dict().items()}
    file = {name: array.shape for name, array in checkpoint.arrays.items()}
    candidates = namings(shapes, published_names(role.record, role.model))
    return match_weights(file, shapes, candidates, role.record.classifier)
