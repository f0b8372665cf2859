# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Configs: YAML with file and line, base configs, overrides, typed sections with all keys, and the rules between them.

Imports inside functions: only a config with `requires:` needs importlib_metadata and packaging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "Config": "ppclas_core.config.config",
    "config_from_dict": "ppclas_core.config.load",
    "find_config": "ppclas_core.config.find",
    "load_config": "ppclas_core.config.load",
    "monitor_of": "ppclas_core.config.task_rules",
    "Node": "ppclas_core.config.yaml_node",
    "plain": "ppclas_core.config.yaml_node",
    "read_yaml": "ppclas_core.config.yaml_file",
    "refuse_registered": "ppclas_core.config.registered",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.config.config import Config as Config
    from ppclas_core.config.find import find_config as find_config
    from ppclas_core.config.load import config_from_dict as config_from_dict
    from ppclas_core.config.load import load_config as load_config
    from ppclas_core.config.registered import refuse_registered as refuse_registered
    from ppclas_core.config.task_rules import monitor_of as monitor_of
    from ppclas_core.config.yaml_file import read_yaml as read_yaml
    from ppclas_core.config.yaml_node import Node as Node
    from ppclas_core.config.yaml_node import plain as plain

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
