# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Schema of `bundle.json`: its keys and their types, and the check of its content."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict, cast

from ppclas_core.system.typed_json import mismatch


class _Side(TypedDict, total=False):
    """Input or output of the artifact."""

    names: List[str]
    dtype: str
    layout: str
    kind: str
    shape: List[Optional[int]]


class _Parity(TypedDict, total=False):
    """Parity that the export measured."""

    limit: float
    argmax_equal: bool
    difference: Dict[str, float]


class _File(TypedDict):
    """One file of the bundle."""

    size: int
    sha256: str


class _Required(TypedDict):
    """Keys that every `bundle.json` has."""

    format: str
    architecture: str
    num_classes: int
    input: _Side
    output: _Side


class Facts(_Required, total=False):
    """The keys of `bundle.json`; exporters add their own below `details`."""

    bundle: int
    name: str
    task: str
    threshold: Optional[float]
    options: Dict[str, Any]
    source: str
    metrics: Dict[str, Any]
    versions: Dict[str, Any]
    details: Dict[str, Any]
    preprocess: Dict[str, Any]
    golden: Dict[str, Any]
    parity: _Parity
    files: Dict[str, _File]


def facts_problem(content: object) -> str:
    """Return why the content of a `bundle.json` is invalid, or "" if it is valid."""
    problem = mismatch(content, Facts, "")
    if problem:
        return problem
    facts = cast(Facts, content)
    if facts["num_classes"] < 1:
        return f"num_classes is {facts['num_classes']}; it must be at least 1"
    for name, side, keys in (("input", facts["input"], ("dtype", "shape")), ("output", facts["output"], ("kind",))):
        missing = [key for key in keys if key not in side]
        if missing:
            return f"{name} lacks {', '.join(missing)}"
    shape = facts["input"]["shape"]
    return "" if len(shape) == 4 else f"input.shape is {shape}; it must have 4 values"
