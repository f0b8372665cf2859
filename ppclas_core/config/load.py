# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader of configs: file or dict -> bases -> overrides -> `requires` -> plugins -> schema -> rules.

Imports no component.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Union

from ppclas_core.compat.paddleclas_config import refuse_paddleclas
from ppclas_core.config.base import read_with_bases
from ppclas_core.config.config import Config
from ppclas_core.config.find import find_config
from ppclas_core.config.override import Overrides, apply_overrides
from ppclas_core.config.resolve import resolve
from ppclas_core.config.rules import apply_rules
from ppclas_core.config.trust import check_requires, load_plugins
from ppclas_core.config.yaml_file import shown_path
from ppclas_core.config.yaml_node import Node, from_plain, from_python
from ppclas_core.errors import UserError, UserErrors

_log = logging.getLogger(__name__)


def load_config(
    path: Union[str, Path, Mapping[str, Any]],
    overrides: Overrides = (),
    plugin_files: Sequence[Union[str, Path]] = (),
    trust_config: bool = False,
    *,
    inspect_only: bool = False,
) -> Config:
    """Load a config: read it, check it and fill in the defaults.

    Args:
        path: a YAML file, the name of an installed one such as `ResNet/ResNet50.yaml`, or a dict with the keys of one.
        overrides: `KEY=VALUE` texts, or a dict of dotted keys and values such as `{"TRAIN.batch_size": 8}`, applied in
            order. In a dict, a nested dict changes the keys that it names.
        plugin_files: one-file plugins to load.
        trust_config: also load the plugin files listed under the config's key `plugins`.
        inspect_only: skip untrusted files of `plugins:` instead of refusing the config; unknown component names, which
            may come from them, are then accepted.

    Raises:
        UserError: all mistakes together, each with its file and line, or with `dict` and its key.
    """
    file = None if isinstance(path, Mapping) else find_config(path)
    root = read_with_bases(file) if file is not None else _without_base(from_python(path, "dict"))
    apply_overrides(root, overrides)
    return _complete(root, plugin_files, trust=trust_config, refuse=not inspect_only, path=file)


def load_with_values(file: Path, values: Mapping[str, object], source: str) -> Config:
    """Load a YAML file with other values, whose errors name `source`; see `load_config`."""
    root = read_with_bases(file)
    apply_overrides(root, values, source)
    return _complete(root, (), trust=False, refuse=True, path=file)


def config_from_dict(
    data: Mapping[str, Any],
    origin: str = "dict",
    *,
    plugin_files: Sequence[Union[str, Path]] = (),
    trust_config: bool = False,
    unloaded_plugins: Sequence[str] = (),
    overrides: Overrides = (),
) -> Config:
    """Check and complete a config given as a dict, such as one from a notebook or from a checkpoint's `meta.yaml`.

    Args:
        data: nested mappings and lists, e.g. from `Config.to_dict`.
        origin: text that errors print in place of file and line.
        plugin_files: one-file plugins to load.
        trust_config: also load the plugin files listed under the config's key `plugins`.
        unloaded_plugins: plugins that may be missing; unknown component names, which may come from them, are accepted.
        overrides: values that replace those of `data`, see `load_config`.

    Raises:
        UserError: all mistakes together.
    """
    root = from_plain(dict(data), origin)
    apply_overrides(root, overrides)
    root = _without_base(root)
    return _complete(root, plugin_files, trust=trust_config, refuse=True, path=None, missing=unloaded_plugins)


def _without_base(root: Node) -> Node:
    """Return the tree of a dict without an empty `base`; raise `UserError` if it names one or is of PaddleClas 2.x."""
    refuse_paddleclas(root)
    if root.value.pop("base", Node([], "")).value:
        raise UserError("a config from a dict has no base", where=root.origin,
                        do="load_config(BASE, overrides={...}) takes the other values, or write a file")
    return root


def _complete(
    root: Node, plugin_files: Sequence[Union[str, Path]], *, trust: bool, refuse: bool, path: Optional[Path],
    missing: Sequence[str] = (),
) -> Config:
    check_requires(root)
    unloaded = [*load_plugins(root, plugin_files, trust=trust, refuse=refuse), *missing]
    result = resolve(root)
    apply_rules(result, unsure=bool(unloaded))
    _raise(result.errors)
    for warning in result.warnings:
        _log.warning("ppclas: warning: %s", warning)
    origins = {**result.origins, "": shown_path(path) if path else root.origin}
    return Config(result.values, origins, path=path, warnings=result.warnings, unloaded_plugins=unloaded)


def _raise(errors: List[UserError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise UserErrors(errors)
