# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`TEACHER_distill_STUDENT`: the name of July 2020 for a network that learns from the outputs of another."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

_JOINT = "_distill_"


def split_pair(name: str) -> Tuple[str, str]:
    """(teacher, student) of the name of a pair; ("", name) of any other."""
    teacher, _, student = name.rpartition(_JOINT)
    return teacher, student


def model_name(config: Mapping[str, Any]) -> str:
    """The network that is trained, evaluated and saved: `ARCHITECTURE.name`, of a pair its student."""
    name: str = config["ARCHITECTURE"]["name"]
    return split_pair(name)[1] if config.get("use_distillation") else name
