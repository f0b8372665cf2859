# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of `requires:` (needed distributions) and `plugins:` (code that a config asks to run)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Sequence, Union

from ppclas_core.config.yaml_node import Node
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.install import how_to_install


def check_requires(root: Node) -> None:
    """Compare `requires:` with the installed distributions.

    Raises:
        UserErrors: all requirements that are missing, too old or invalid, with the pip command.
    """
    import importlib_metadata
    from packaging.requirements import InvalidRequirement, Requirement

    errors: List[UserError] = []
    for item in _texts(root, "requires"):
        try:
            need = Requirement(item.value)
        except InvalidRequirement as error:
            problem = str(error).splitlines()[0]
            errors.append(UserError(f"unreadable requirement '{item.value}': {problem}", where=item.origin,
                                    do="write it as pip does: NAME>=1.0"))
            continue
        if need.marker is not None and not need.marker.evaluate():
            continue
        command = how_to_install(need.name, extra=",".join(sorted(need.extras)), version=str(need.specifier))
        try:
            version = importlib_metadata.version(need.name)
        except importlib_metadata.PackageNotFoundError:
            errors.append(UserError(f"this config requires {item.value}, which is not installed", where=item.origin,
                                    do=command))
            continue
        if not need.specifier.contains(version, prereleases=True):
            errors.append(UserError(f"this config requires {item.value}; installed is {need.name} {version}",
                                    where=item.origin, do=command))
    if errors:
        raise UserErrors(errors)


def load_plugins(
    root: Node, plugin_files: Sequence[Union[str, Path]], *, trust: bool, refuse: bool
) -> List[str]:
    """Load the one-file plugins that the caller names, and those of the config if the caller trusts it.

    Args:
        root: the config.
        plugin_files: paths to load; a bare file name also selects the plugin of that name in the config.
        trust: load every file of the config.
        refuse: raise an error for a file of the config that is not trusted; otherwise skip it.

    Returns:
        Paths of the config's plugins that were not loaded.

    Raises:
        UserError: a plugin fails to load, or is not trusted.
    """
    listed = _texts(root, "plugins")
    allowed = {os.path.abspath(path) for path in plugin_files}
    names = {os.fspath(path) for path in plugin_files if not os.path.exists(path)}
    skipped: List[str] = []
    errors: List[UserError] = []
    loaded = set()
    for item in listed:
        path = os.path.abspath(item.value)
        if trust or path in allowed or os.path.basename(path) in names:
            try:
                catalogue().load_file(Path(path))
            except UserError as error:
                raise error.at(item.origin) from error
            loaded.update([path, os.path.basename(path)])
            continue
        skipped.append(item.value)
        errors.append(UserError(f"the plugin file {item.value} of this config is not trusted", where=item.origin,
                                do=f"read it; then load it with --plugin {item.value}, or with --trust-config"))
    if refuse and errors:
        raise UserErrors(errors)
    for name in plugin_files:
        if os.path.abspath(name) not in loaded and os.fspath(name) not in loaded:
            catalogue().load_file(Path(os.path.abspath(name)))
    return skipped


def _texts(root: Node, key: str) -> List[Node]:
    """Return the string items of a list; the schema reports wrong types."""
    node = root.value.get(key)
    items = node.value if node is not None and isinstance(node.value, list) else []
    return [item for item in items if isinstance(item.value, str)]
