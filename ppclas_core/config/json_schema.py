# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON Schema (draft 2020-12) of configs, for editors that complete and check YAML; generated from `schema`."""

from __future__ import annotations

import typing
from typing import Any, Dict, List

from ppclas_core.compat.keys import IGNORED
from ppclas_core.config.rules import published_weights
from ppclas_core.config.schema import BY_PATH, REQUIRED, SECTIONS, Items, Key, Params, children
from ppclas_core.plugins.catalogue import catalogue

_NUMBER_TEXT = {"type": "string", "pattern": r"^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*(/\s*[-+]?[0-9.]+\s*)?$"}
"""Numbers that YAML 1.1 parses as strings: `1e-4`, and `1./255.` of legacy configs."""


def json_schema() -> Dict[str, Any]:
    """Return the JSON Schema; it suggests names of installed components and accepts other names."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ppclas config",
        **_section(""),
        "required": ["ARCHITECTURE"],
    }


def _section(section: str) -> Dict[str, Any]:
    properties: Dict[str, Any] = {}
    required: List[str] = []
    for name, path in children(section).items():
        if path in SECTIONS:
            properties[name] = {"description": SECTIONS[path], "anyOf": [_section(path), {"type": "null"}]}
            continue
        key = BY_PATH[path]
        properties[name] = _key(key)
        if key.default is REQUIRED and section:
            required.append(name)
    for path, text in IGNORED.items():
        above, _, name = path.rpartition(".")
        if above == section:
            properties[name] = {"description": f"{name} {text}", "deprecated": True}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _key(key: Key) -> Dict[str, Any]:
    schema: Dict[str, Any] = {"description": key.doc}
    if key.default is not REQUIRED:
        schema["default"] = key.default
    if key.type == Items:
        return {**schema, "anyOf": [{"type": "array", "items": _item(key.names)}, {"type": "null"}]}
    if key.names:
        value = _names(key.names)
    else:
        limits = {"minimum": key.minimum if key.off is None else key.off, "maximum": key.maximum}
        bounds = {word: limit for word, limit in limits.items() if limit is not None}
        value = _hint(key.type, bounds)
        if key.length is not None:
            value.update(minItems=key.length, maxItems=key.length)
    return {**schema, "anyOf": [value, {"type": "null"}]}


def _item(kind: str) -> Dict[str, Any]:
    mapping = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": _names(kind),
               "additionalProperties": {"type": ["object", "null"]}}
    return {"anyOf": [mapping, _names(kind)]}


def _names(kind: str) -> Dict[str, Any]:
    known = set(catalogue().names(kind))
    if kind == "backbone":
        known |= published_weights()
    return {"anyOf": [{"enum": sorted(known)}, {"type": "string"}]}


def _hint(hint: object, bounds: Dict[str, float]) -> Dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Params or origin is dict:
        return {"type": "object"}
    if origin is typing.Union:
        return {"anyOf": [_hint(kind, bounds) for kind in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _hint(arguments[0], bounds)}
    if hint in (int, float):
        return {"anyOf": [{"type": "integer" if hint is int else "number", **bounds}, dict(_NUMBER_TEXT)]}
    if hint is bool:
        return {"anyOf": [{"type": "boolean"}, {"enum": [0, 1, "True", "False", "true", "false"]}]}
    return {"type": "null" if hint is type(None) else "string"}
