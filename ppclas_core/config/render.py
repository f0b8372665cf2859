# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""YAML text of a resolved config, with the origin of each value as a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping, Tuple

import yaml

from ppclas_core.config.config import Config

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

WIDEST = 60
"""Longest line, in columns, that is considered for the alignment of the comments."""


def render(config: Config) -> str:
    """Return the config as YAML in the order of the schema; loading it gives the same config.

    Each value has a comment with its origin: `file:line`, `-o KEY` or `default`.
    """
    lines: List[Tuple[str, str]] = []
    after_section = False
    for key, value in config.items():
        if lines and (after_section or isinstance(value, dict)):
            lines.append(("", ""))
        lines += _entry(config, key, key, value, 0)
        after_section = isinstance(value, dict)
    column = max(len(text) for text, origin in lines if origin and len(text) <= WIDEST) + 2
    shown = [f"{text:<{column - 1}} # {origin}" if origin else text for text, origin in lines]
    notes = [f"# not loaded: {file}; its components are unknown here" for file in config.unloaded_plugins]
    return "\n".join([*notes, *shown])


def _entry(config: Config, path: str, key: object, value: object, depth: int) -> Iterator[Tuple[str, str]]:
    indent = "    " * depth
    name = _scalar(key)
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:", ""
        for child, below in value.items():
            yield from _entry(config, f"{path}.{child}", child, below, depth + 1)
    elif _is_items(value):
        yield f"{indent}{name}:", ""
        for index, item in enumerate(value):
            yield from _item(config, f"{path}.{index}", item, depth + 1)
    else:
        yield f"{indent}{name}: {_scalar(value)}", config.where(path)


def _item(config: Config, path: str, item: Mapping[str, Mapping[str, object]], depth: int) -> Iterator[Tuple[str, str]]:
    (name, params), = item.items()
    first = "    " * depth + f"- {_scalar(name)}:"
    if not params:
        yield f"{first} {{}}", config.where(f"{path}.{name}")
        return
    yield first, ""
    for key, value in params.items():
        yield from _entry(config, f"{path}.{name}.{key}", key, value, depth + 1)


def _is_items(value: object) -> TypeGuard[List[Dict[str, Dict[str, object]]]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and len(item) == 1 for item in value)


def _scalar(value: object) -> str:
    """Return one line of YAML, with lists and nested mappings in flow style."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9)
    text = text.rstrip("\n")
    return text[: -len("\n...")] if text.endswith("\n...") else text
