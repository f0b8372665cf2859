# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Construction of the teachers of a run, and loading of the weights of teachers and student."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import List, Optional, Sequence, Union

import paddle
from paddle import nn

from ppclas_core.api import Backbone
from ppclas_core.errors import UserError
from ppclas_core.models import PretrainedSource, create_model
from ppclas_core.plugins import find_model
from ppclas_core.weights import WeightsFile, load_weights
from ppclas_distill.roles import Role, assign_weights
from ppclas_distill.spec import TeacherSpec, WeightsSource


def build_teachers(specs: Sequence[TeacherSpec], student: nn.Layer) -> List[nn.Layer]:
    """Build the networks of the teachers, with the classes and input channels of the student."""
    common = {"num_classes": student.num_classes, "in_channels": student.in_channels}
    teachers = [create_model(spec.name, **{**spec.params, **common}) for spec in specs]
    for teacher in teachers:
        teacher.class_names = getattr(student, "class_names", None)  # weights are loaded in this order of classes
    return teachers


def load_teachers(specs: Sequence[TeacherSpec], teachers: Sequence[nn.Layer], student: Role,
                  source: Optional[WeightsSource], *, resumed: bool) -> bool:
    """Load the weights of the teachers, and those of the student if `source` has them.

    Args:
        specs: specifications of the teachers.
        teachers: their networks.
        student: network and record of the student.
        source: `pretrained_model` of the config. A teacher without weights of its own takes them from here.
        resumed: whether the student has the weights of a checkpoint, which must be kept.

    Returns:
        Whether `source` was used.

    Raises:
        UserError: a teacher has no weights, or they are ambiguous or do not fit.
    """
    without_weights = []
    for spec, teacher in zip(specs, teachers):
        if spec.pretrained is None:
            without_weights.append((spec, teacher))
        else:
            _load_teacher(teacher, find_model(spec.name)[0].record, PretrainedSource(spec.pretrained, spec.name))
    if not without_weights:
        return False
    if len(without_weights) > 1 or not source:
        names = ", ".join(spec.name for spec, _ in without_weights)
        raise UserError(f"no weights for the teacher {names}" if not source else
                        f"it is ambiguous which weights of 'pretrained_model' belong to the teachers {names}",
                        do="DISTILLATION: {teacher: {name: NAME, pretrained: PATH}}")
    spec, teacher = without_weights[0]
    _load_pair(spec, teacher, student, source, resumed)
    return True


def _load_pair(spec: TeacherSpec, teacher: nn.Layer, student: Role, source: WeightsSource, resumed: bool) -> None:
    """Load the parts of `pretrained_model` that belong to teacher and student."""
    sources: Sequence[Union[bool, str, Path]] = [source] if isinstance(source, (bool, str, Path)) else source
    if source is True:
        sources = [PretrainedSource(True, name).resolve()[0] for name in (spec.name, student.record.name)]
    record = find_model(spec.name)[0].record
    for_teacher, for_student = assign_weights(sources, Role(teacher, record), student)
    _load_teacher(teacher, record, for_teacher)
    if for_student and not resumed:
        load_weights(student.model, student.record, for_student)


def _load_teacher(teacher: nn.Layer, record: Backbone, source: Union[PretrainedSource, List[WeightsFile]]) -> None:
    try:
        files = source.read() if isinstance(source, PretrainedSource) else source
        load_weights(teacher, record, files, allow_new_head=False)
    except UserError as error:
        error.what = f"the teacher: {error.what}"
        raise


def check_precision(precision: Optional[str]) -> None:
    """Check that Paddle computes in this precision; without support, it would silently compute in float32.

    Raises:
        UserError: Paddle does not support the precision on the current device.
    """
    if precision in (None, "float32"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with paddle.amp.auto_cast(enable=True, dtype=precision, level="O1"):
            one = paddle.ones([2, 2])
            works = str(paddle.matmul(one, one).dtype).endswith(str(precision))
    if not works:
        raise UserError(f"this Paddle does not support {precision} on {paddle.device.get_device()}",
                        where="DISTILLATION.precision", do="remove it")
