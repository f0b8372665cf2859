# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""YAML reader that returns a tree of `Node`: safe tags only, the line of every value, no duplicate keys."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Optional

import yaml

from ppclas_core.config.yaml_node import Node
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.system.text_files import as_utf8

MAX_VALUES = 100_000
"""Limit on the number of values: aliases can expand a short file enormously."""


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader without dates and with keys as strings.

    `2026-07-20` is a folder name, not a date; a key `yes`, `null` or `0755` is a name, for example of a class.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Dict[Any, Any]:
        """Return a mapping with string keys."""
        self.flatten_mapping(node)
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep=deep)


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Node:
    """Read the mapping of a file (UTF-8; UTF-16 and UTF-32 with a byte-order mark); an empty file is an empty mapping.

    Raises:
        UserError: the file is unreadable, invalid YAML or not a mapping, or has a non-standard tag or a duplicate key.
    """
    shown = shown_path(path)
    try:
        text = as_utf8(path.read_bytes(), shown).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UserError(f"not UTF-8 text (byte {error.start}: {error.reason})", where=shown,
                        do=f"save the file as UTF-8, e.g. iconv -f GBK -t UTF-8 {shown} > NEW") from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=shown) from error
    root = parse_yaml(text, shown)
    if root.value is None:
        return Node({}, f"{shown}:1")
    if not root.is_mapping:
        raise UserError(f"a config is a mapping of keys, not a {type(root.value).__name__}", where=root.origin)
    return root


def parse_yaml(text: str, source: str) -> Node:
    """Parse a YAML text into a tree; `source` precedes the line numbers in origins and errors.

    Raises:
        UserError: see `read_yaml`.
    """
    loader: Optional[Loader] = None
    try:
        loader = Loader(text)  # raises for characters that YAML does not allow
        top = loader.get_single_node()
        if top is None:
            return Node(None, f"{source}:1")
        builder = _Builder(loader, source)
        root = builder.build(top, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}:{mark.line + 1}" if mark else source
        raise UserError(f"not valid YAML: {error.problem or error.context}", where=where,
                        do=_advice(text, mark)) from error
    except yaml.YAMLError as error:
        raise UserError(f"not valid YAML: {str(error).splitlines()[0]}", where=source) from error
    except RecursionError:
        raise UserError("not valid YAML: nested too deeply", where=source) from None
    finally:
        if loader is not None:
            loader.dispose()
    if builder.errors:
        raise UserErrors(builder.errors) if len(builder.errors) > 1 else builder.errors[0]
    return root


def shown_path(path: Path) -> str:
    """Return a path as errors print it: relative to the working directory if it is below it, else absolute."""
    absolute = os.path.abspath(path)
    try:
        relative = os.path.relpath(absolute)
    except ValueError:  # another drive on Windows
        return absolute
    return absolute if relative.startswith("..") else relative


def _advice(text: str, mark: Optional[yaml.Mark]) -> str:
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line:
        return "YAML indents with spaces, not with tabs"
    return f"the line reads: {line.strip()}" if line.strip() else "the file ends too early"


class _Builder:
    def __init__(self, loader: Loader, source: str) -> None:
        self.loader = loader
        self.source = source
        self.errors: List[UserError] = []
        self.count = 0

    def build(self, node: yaml.Node, parents: tuple[int, ...]) -> Node:
        self.count += 1
        where = self._where(node)
        if id(node) in parents:
            raise UserError("an alias that contains itself", where=where)
        if self.count > MAX_VALUES:
            raise UserError(f"more than {MAX_VALUES} values", where=where, do="a config has no use for so many aliases")
        parents = (*parents, id(node))
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, parents), where)
        if isinstance(node, yaml.SequenceNode):
            self._plain_tag(node, "seq")
            return Node([self.build(item, parents) for item in node.value], where)
        return Node(self._scalar(node), where, node.value)

    def _mapping(self, node: yaml.MappingNode, parents: tuple[int, ...]) -> Dict[str, Node]:
        self._plain_tag(node, "map")
        lines: Dict[str, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self._key(key_node)
            line = key_node.start_mark.line + 1
            if key in lines:
                self.errors.append(UserError(f"the key '{key}' occurs twice, in line {lines[key]} and in line {line}",
                                             where=f"{self.source}:{line}", do="remove one of them"))
            lines.setdefault(key, line)
        self.loader.flatten_mapping(node)  # `<<: *anchor`
        result: Dict[str, Node] = {}
        for key_node, value_node in node.value:
            child = self.build(value_node, parents)
            result[self._key(key_node)] = Node(child.value, self._where(key_node), child.text)
        return result

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise UserError("a key must be a word, not a list or mapping", where=self._where(node))
        return str(node.value)

    def _scalar(self, node: yaml.Node) -> object:
        try:
            return self.loader.construct_object(node)
        except ValueError as error:  # e.g. an invalid number
            raise UserError(f"unreadable value '{node.value}': {error}", where=self._where(node)) from error

    def _plain_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{kind}":
            raise UserError(f"the YAML tag '{node.tag}' is not allowed in a config", where=self._where(node),
                            do="write plain values")

    def _where(self, node: yaml.Node) -> str:
        return f"{self.source}:{node.start_mark.line + 1}"
