# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Specification of one teacher in a config, checked before anything is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Union

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins import check_model_parameters
from ppclas_core.system import expand_path

Given = Union[str, Dict[str, Any]]
Weights = Union[bool, str, Sequence[str]]
"""Weights as `pretrained` of a teacher names them."""
WeightsSource = Union[bool, str, Path, Sequence[Union[bool, str, Path]]]
"""Weights as `pretrained_model` of a config names them."""
_KEYS = ("name", "params", "pretrained")


@dataclass(frozen=True)
class TeacherSpec:
    """Specification of one teacher.

    Args:
        name: name of an architecture or of published weights.
        params: parameters of the architecture.
        pretrained: weights: prefix, file, folder, published name, or True for those published as `name`; None:
            `pretrained_model` of the config has them.
    """

    name: str
    params: Dict[str, Any] = field(default_factory=dict)
    pretrained: Optional[Weights] = None


def teacher_specs(given: Union[Given, List[Given]]) -> List[TeacherSpec]:
    """Return the teachers of `DISTILLATION.teacher`, which is a name, a mapping, or a list of these.

    Raises:
        UserError: a key, architecture or parameter is unknown, a name is missing, or the list is empty.
    """
    specs = [_spec(each) for each in (given if isinstance(given, list) else [given])]
    if not specs:
        raise UserError("the list of teachers is empty", where="DISTILLATION.teacher")
    return specs


def _spec(given: Given) -> TeacherSpec:
    values: Dict[str, Any] = {"name": given} if isinstance(given, str) else dict(given)
    for key in values:
        if key not in _KEYS:
            raise UserError(f"a teacher has no key '{key}'.{did_you_mean(str(key), _KEYS)}",
                            do=f"its keys are: {', '.join(_KEYS)}")
    if isinstance(values.get("pretrained"), str):
        values["pretrained"] = expand_path(values["pretrained"])
    pretrained, params = values.get("pretrained") or None, dict(values.get("params") or {})
    name = values.get("name") or _name_in_meta(pretrained)
    check_model_parameters(name, params)
    return TeacherSpec(name, params, pretrained)


def _name_in_meta(pretrained: object) -> str:
    """Return the architecture of published weights, or of a checkpoint, which its metadata names.

    Raises:
        UserError: neither is given.
    """
    found: Optional[str] = None
    if isinstance(pretrained, str):
        from ppclas_core.models import PretrainedSource

        weights = PretrainedSource(pretrained)
        if weights.published:
            return pretrained
        meta = weights.meta()
        found = meta.architecture if meta else None
    if found is None:
        raise UserError("the teacher needs the key 'name', its architecture",
                        do="set 'name'; it may be omitted only if 'pretrained' is a run folder of ppclas or a "
                           "published name")
    return found
