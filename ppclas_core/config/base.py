# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Inheritance of configs: `base: [file, ...]`."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

from ppclas_core.compat.paddleclas_config import refuse_paddleclas
from ppclas_core.config.find import find_config
from ppclas_core.config.yaml_file import read_yaml, shown_path
from ppclas_core.config.yaml_node import Node, merge
from ppclas_core.errors import UserError
from ppclas_core.system.paths import expand_path


def read_with_bases(path: Path, above: Tuple[Path, ...] = ()) -> Node:
    """Read a config and merge it over its bases, a later base over an earlier one.

    A base is looked up beside the file that names it, then in the config folders. Paths of `plugins:` become
    relative to the working directory.

    Raises:
        UserError: see `read_yaml`; also for a config of PaddleClas 2.x, and for a base that does not exist or that
            includes the file itself.
    """
    root = read_yaml(path)
    refuse_paddleclas(root)
    _resolve_plugin_paths(root, path.parent)
    node = root.value.pop("base", None)
    merged = Node({}, root.origin)
    for base in _names(node):
        target = find_config(base.value, beside=path.parent, where=base.origin)
        chain = (*above, path.resolve())
        if target.resolve() in chain:
            names = " -> ".join(shown_path(link) for link in (*chain, target.resolve()))
            raise UserError(f"the base configs form a cycle: {names}", where=base.origin, do="remove one of the bases")
        merged = merge(merged, read_with_bases(target, chain))
    return merge(merged, root)


def _names(node: Node | None) -> List[Node]:
    if node is None or node.value is None:
        return []
    names = node.value if isinstance(node.value, list) else [node]
    for name in names:
        if not isinstance(name.value, str):
            raise UserError(f"base is {name.value!r}; it must be a file name or a list of them", where=name.origin)
    return names


def _resolve_plugin_paths(root: Node, folder: Path) -> None:
    """Make the paths of `plugins:`, which are relative to `folder`, relative to the working directory."""
    node = root.value.get("plugins")
    if node is None:
        return
    for item in node.value if isinstance(node.value, list) else [node]:
        if isinstance(item.value, str):
            item.value = Path(shown_path(folder / expand_path(item.value))).as_posix()
