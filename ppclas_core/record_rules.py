# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Allowed values of the fields of `ppclas_core.api` records, and relations between fields; see `record_checks`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Callable, Sequence, Tuple, Type

from ppclas_core.errors import did_you_mean

Rule = Callable[[Any], str]
"""Function that returns what is allowed if a value is not, e.g. "a positive number"; "" for an allowed value.

The value of a tuple is checked item by item.
"""


def rule_of(record_class: Type[object], field: str) -> Rule:
    """Return the rule of a field of a record class."""
    for base in record_class.__mro__:
        if f"{base.__name__}.{field}" in RULES:
            return RULES[f"{base.__name__}.{field}"]
    return RULES.get(field, _any)


def _any(value: object) -> str:
    return ""


def _name(value: str) -> str:
    plain = value.replace("_", "").replace(".", "").replace("-", "")
    fits = value.isascii() and plain.isalnum() and value[0] not in ".-"
    return "" if fits else "a name of letters, digits, '_', '.' and '-'"


@functools.cache  # the records of a family share their targets
def _is_path(value: str) -> bool:
    return all(part.isidentifier() for part in value.split("."))


def _module(value: str) -> str:
    return "" if _is_path(value) else "an import name 'package.module'"


def _target(value: str) -> str:
    module, colon, attribute = value.partition(":")
    fits = colon and _is_path(module) and _is_path(attribute)
    return "" if fits else "an import path 'package.module:attribute'"


def _requirement(value: str) -> str:
    module, colon, name = value.partition(":")
    fits = _is_path(module) and bool(colon) == bool(name) and " " not in name
    return "" if fits else "'module' or 'module:pip-name'"


def _family(value: str) -> str:
    return "" if value.strip() else "a name that is not empty"


def _prefix(value: str) -> str:
    return "" if value.replace(".", "_").replace("_", "x").isalnum() else "a prefix of parameter names"


def _sha256(value: str) -> str:
    fits = len(value) == 64 and set(value) <= set("0123456789abcdef")
    return "" if fits else "a SHA-256 hash of 64 hexadecimal digits"


def _python(value: str) -> str:
    return "" if value.startswith("3.") and value[2:].isdigit() else "a version of Python, such as '3.10'"


def _optional(rule: Rule) -> Rule:
    return lambda value: rule(value) if value else ""


def _one_of(*allowed: str) -> Rule:
    def rule(value: str) -> str:
        return "" if value in allowed else f"one of: {', '.join(allowed)}.{did_you_mean(value, allowed)}"

    return rule


def _number(low: float, high: float, allowed: str) -> Rule:
    return lambda value: "" if low <= value <= high else allowed  # NaN is in no range


def _one_line(value: str) -> str:
    return "one line" if "\n" in value else ""


def _file(value: str) -> str:
    parts = value.replace("\\", "/").split("/")
    return "" if value and parts[0] and ".." not in parts else "a relative path without '..'"


def _suffix(value: str) -> str:
    fits = value == "*" or (len(value) > 1 and value.startswith(".") and value == value.lower())
    return "" if fits else "'*', or an ending in lower case with its dot, such as '.csv'"


def _pattern(value: str) -> str:
    return "" if value and "/" not in value else "a pattern of file names, such as '*.tar'"


def _keys(value: Mapping[object, object]) -> str:
    return "" if all(isinstance(key, str) and key.isidentifier() for key in value) else "a mapping with names as keys"


def _latencies(value: Mapping[object, object]) -> str:
    for label, number in value.items():
        if not isinstance(label, str) or not isinstance(number, (int, float)) or not number > 0:
            return "a mapping from labels to positive numbers"
    return ""


def _regular_expressions(value: Sequence[object]) -> str:
    try:
        return _patterns_problem(tuple(value))
    except TypeError:  # an unhashable item, which is no string
        return "a tuple of regular expressions"


@functools.cache  # the architectures of a family share most of their stages, which have up to dozens of patterns
def _patterns_problem(value: Tuple[object, ...]) -> str:
    for pattern in value:
        if not isinstance(pattern, str):
            return "a tuple of regular expressions"
        problem = _compile_error(pattern)
        if problem:
            return f"a tuple of regular expressions; {pattern!r} does not compile: {problem}"
    return ""


def _compile_error(pattern: str) -> str:
    if _SIMPLE(pattern):  # most patterns are; compiling all would double the time of the checks
        return ""
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        return str(error)
    return ""


_SIMPLE = re.compile(r"(?:\w|\\[.d]|\.\*?|\[\w+\]|\((?:\?!)?(?:\w|\\[.d]|\.\*?|\|)*\))*").fullmatch
"""Match of a pattern that certainly compiles: words, `\\.`, `\\d`, `.`, `.*`, flat sets and flat groups."""
_layout = _one_of("bytes", "HWC", "CHW")
_dtype = _one_of("uint8", "float32")
_pixels = _number(1, 2**31, "a positive number of pixels")
_positive = _number(1, 2**63, "a positive number")
_amount = _number(0, 2**63, "a number of at least 0")
_ratio = _number(0, 1, "a ratio in 0..1")

RULES: Mapping[str, Rule] = {
    "name": _name, "aliases": _name, "target": _optional(_target), "load": _target, "weight_names": _optional(_target),
    "detect": _optional(_target), "doc": _one_line, "help": _one_line, "note": _one_line, "why": _one_line,
    "Weights.file": _file, "input_size": _pixels, "resize_short": _pixels, "top1": _ratio, "top5": _ratio,
    "flops_g": _amount, "params_m": _amount, "storage_mb": _amount, "latency_ms": _latencies, "size": _amount,
    "sha256": _optional(_sha256),
    "classes": _optional(_one_of("imagenet-1k")),
    "family": _family, "Backbone.preset": _keys,
    "interpolation": _one_of("bilinear", "bicubic"), "mean": _number(-1e6, 1e6, "a finite number"),
    "std": _number(1e-9, 1e6, "a positive number"), "classifier": _prefix,
    "outputs": _positive, "aux_weights": _number(0, 1e6, "a number of at least 0"), "lr_stages": _regular_expressions,
    "Backbone.params": _positive, "flops": _positive,
    "layout": _layout, "dtype": _dtype, "layouts": _layout, "dtypes": _dtype,
    "level": _one_of("sample", "batch", "decode"),
    "min_images": _amount, "below_images": _positive, "Recommendation.params": _keys,
    "modules": _module, "pythons": _python,
    "requires": _requirement, "reads": _name,
    "reports": _file, "accelerates": _one_of("cpu", "gpu"), "enabled_by": _optional(_module),
    "section": _optional(_module), "default_loss": _optional(_name),
    "suffixes": _suffix, "contains": _pattern,
    "mode": _one_of("max", "min"), "tasks": _one_of("multiclass", "multilabel"),
    "package": _module, "folder": _optional(_file),
}
"""Field, or `Class.field` -> rule of its values. The loader refuses an empty target of a record that a hook returns."""
REQUIRED = frozenset(("layouts", "dtypes", "tasks", "classifier", "modules"))
"""Tuples that must have an item."""


def _backbone(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    if len(record.mean) != len(record.std) or not record.mean:
        return (f"mean has {len(record.mean)} values and std has {len(record.std)}; "
                "both must have one value per channel")
    if len(record.aux_weights) != record.outputs - 1:
        return (f"aux_weights has {len(record.aux_weights)} values, but outputs is {record.outputs}; "
                "each output after the first has a weight")
    if record.resize_short < record.input_size:
        return f"resize_short is {record.resize_short}, less than input_size {record.input_size} of the center crop"
    return ""


def _image_state(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    if len(record.mean) != len(record.std):
        return f"mean has {len(record.mean)} values and std has {len(record.std)}"
    return ""


def _weights(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    if record.top1 is not None and record.top5 is not None and record.top1 > record.top5:
        return f"top1 is {record.top1}, more than top5 {record.top5}"
    return ""


def _recommendation(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    if record.below_images is not None and record.below_images <= record.min_images:
        return f"below_images is {record.below_images}, not more than min_images {record.min_images}"
    return ""


def _environment(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    return "shares is True, so pythons must be empty" if record.shares and record.pythons else ""


def _callback(record: Any) -> str:  # noqa: ANN401  # Any: a record of api.py, which imports this module
    if record.section and not record.enabled_by:
        return f"section is {record.section!r}, but enabled_by is empty; a section needs the key that enables it"
    return ""


RELATIONS: Mapping[str, Rule] = {
    "Backbone": _backbone, "ImageState": _image_state, "Weights": _weights, "Recommendation": _recommendation,
    "Environment": _environment, "Callback": _callback,
}
"""Record class -> check of fields that belong together."""
