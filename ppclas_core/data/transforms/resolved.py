# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Transforms with all parameter values written out, so that checkpoints and bundles do not depend on later defaults."""

from __future__ import annotations

import inspect
from typing import Any, Dict, List, Mapping, Sequence

from ppclas_core.data.pipeline import build_pipeline


def resolved(transforms: Sequence[Mapping[str, Any]]) -> List[Dict[str, Dict[str, Any]]]:
    """Return the transforms, each op with all parameters of its constructor.

    A value is that of the config, else the default. An op may override values with a method
    `resolved() -> Dict[str, Any]`, e.g. NormalizeImage with the layout of the image.

    Raises:
        UserError: see `build_pipeline`.
    """
    steps = build_pipeline(transforms).steps
    return [{_name(item): {**_defaults(step.op), **_given(item), **_own(step.op)}}
            for item, step in zip(transforms, steps)]


def _name(item: Mapping[str, Any]) -> str:
    return str(next(iter(item)))


def _given(item: Mapping[str, Any]) -> Dict[str, Any]:
    return {key: _plain(value) for key, value in (next(iter(item.values())) or {}).items()}


def _defaults(op: object) -> Dict[str, Any]:
    parameters = inspect.signature(type(op)).parameters.values()
    return {parameter.name: _plain(parameter.default) for parameter in parameters
            if parameter.default is not inspect.Parameter.empty}


def _own(op: object) -> Dict[str, Any]:
    return {key: _plain(value) for key, value in op.resolved().items()} if hasattr(op, "resolved") else {}


def _plain(value: object) -> object:
    """Convert tuples to lists, which YAML writes without a tag."""
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
