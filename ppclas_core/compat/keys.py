# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Keys, parameters and values that only configs of July 2020 use."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

LEGACY_RULES = "2020"
"""Value of the key `compat` with which ops that have the parameter follow the rules of July 2020."""

TEACHER_PAIR = "TEACHER_distill_STUDENT"
"""Form of `ARCHITECTURE.name` for distillation: it names a teacher and its student."""
_JOINT = "_distill_"

IGNORED: Dict[str, str] = {
    "use_aa": "has never had an effect; list the op in TRAIN.transforms to use it",
    "vdl_dir": "is not a config key; list a logger under callbacks",
    "TEST": "has no effect; 'ppclas predict' takes its images on the command line",
    "VALID.shuffle_seed": "has no effect; validation images keep the order of their list",
}
"""Keys of July 2020 without an effect: path -> text of the warning after the path. The resolved config omits them."""

IGNORED_PARAMS: Dict[Tuple[str, str], Tuple[str, ...]] = {
    ("op", "DecodeImage"): ("to_np",),
    ("lr_schedule", "Linear"): ("decay_epochs", "decay_rate", "gamma", "warmup_epoch"),
    ("lr_schedule", "Cosine"): ("decay_epochs", "decay_rate", "end_lr", "gamma", "steps", "warmup_epoch"),
    ("lr_schedule", "Piecewise"): ("decay_rate", "end_lr", "steps", "warmup_epoch"),
    ("lr_schedule", "CosineWarmup"): ("decay_epochs", "decay_rate", "end_lr", "gamma", "steps"),
    ("lr_schedule", "ExponentialWarmup"): ("end_lr", "gamma", "steps"),
}
"""Parameters that components of July 2020 accepted without an effect: (kind, name) -> parameters."""


def without_ignored(kind: str, name: str, params: Mapping[str, Any]) -> Tuple[Dict[str, Any], List[str]]:
    """Return the parameters of a component that have an effect, and the names of those that need a warning.

    A parameter that is False needs none: every config of July 2020 has `to_np: False`.
    """
    ignored = [key for key in IGNORED_PARAMS.get((kind, name), ()) if key in params]
    kept = {key: value for key, value in params.items() if key not in ignored}
    return kept, [key for key in ignored if params[key] is not False]


def split_pair(name: str) -> Tuple[str, str]:
    """Return (teacher, student) of a name of the form `TEACHER_PAIR`; ("", name) of any other."""
    teacher, _, student = name.rpartition(_JOINT)
    return teacher, student
