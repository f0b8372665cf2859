# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Config of a run, read from its checkpoint, with the paths that it had at training.

Relative paths start at the working directory of the training, which `meta.yaml` records. A run of an earlier version
has no record; its working directory follows from the location of its folder, which ends in `model_save_dir`.
"""

from __future__ import annotations

import copy
import logging
import os
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence, Union

from ppclas_core.config.config import Config
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.load import load_config as load_config_of_file
from ppclas_core.config.override import Overrides
from ppclas_core.errors import UserError
from ppclas_core.runs.folder import CheckpointFolder
from ppclas_core.runs.locate import find_run, meta_of_run
from ppclas_core.runs.meta import Meta
from ppclas_core.system.paths import expand_path

_log = logging.getLogger(__name__)

_SECTIONS = ("TRAIN", "VALID")
_DATA_PATHS = ("file_list", "data_dir", "cache_dir")
_WEIGHTS = ("pretrained_model", "checkpoints")
"""Keys that also take the name of published weights: only existing paths are changed."""


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
        path: a YAML file; a run folder, which means the config of its training, see `find_run`; the name of an
            installed config such as `ResNet/ResNet50.yaml`; or a dict with the keys of one.
        overrides: `KEY=VALUE` texts, or a dict of dotted keys and values such as `{"TRAIN.batch_size": 8}`, applied in
            order. In a dict, a nested dict changes the keys that it names.
        plugin_files: one-file plugins to load.
        trust_config: also load the plugin files listed under the config's key `plugins`.
        inspect_only: skip untrusted files of `plugins:` instead of refusing the config; without effect on a run.

    Raises:
        UserError: all mistakes together, each with its file and line, or with `dict` and its key; see also
            `config_of_run`.
    """
    folder = None if isinstance(path, Mapping) else find_run(path)
    if folder is None:
        return load_config_of_file(path, overrides, plugin_files, trust_config, inspect_only=inspect_only)
    return config_of_run(folder, overrides, plugin_files, trust_config=trust_config)


def config_of_run(folder: Path, overrides: Overrides = (), plugin_files: Sequence[Union[str, Path]] = (), *,
                  trust_config: bool = False) -> Config:
    """Return the config with which a run was trained, changed by overrides.

    Args:
        folder: the run folder, or one of its checkpoints.
        overrides: changed values, e.g. the present location of the validation data; see `load_config`.
        plugin_files: one-file plugins to load.
        trust_config: also load the one-file plugins that the config names.

    Raises:
        UserError: the folder is not a run folder, or the config is invalid.
    """
    return config_from_dict(values_of_run(folder), str(folder), plugin_files=plugin_files, trust_config=trust_config,
                            overrides=overrides)


def values_of_run(folder: Path) -> Dict[str, Any]:
    """Return the values of a run's config; relative paths start at the working directory of this process.

    Raises:
        UserError: the folder is not a run folder.
    """
    return config_at_training(meta_of_run(folder), folder)


def config_at_training(meta: Meta, folder: Path) -> Dict[str, Any]:
    """Return the values of the config of a checkpoint; paths are absolute if the working directory is another one.

    Args:
        meta: metadata of the checkpoint.
        folder: the run folder, or one of its checkpoints.
    """
    base = training_folder(meta, folder)
    if base is None or base == _working_directory():
        return meta.config
    _log.debug("config of the run %s: relative paths start at %s", folder, base)
    return with_absolute_paths(meta.config, base)


def training_folder(meta: Meta, folder: Path) -> Optional[Path]:
    """Return the working directory of the training of a run; None if it is unknown or does not exist.

    Args:
        meta: metadata of a checkpoint of the run.
        folder: the run folder, or one of its checkpoints.
    """
    recorded = Path(meta.working_directory)
    if meta.working_directory and recorded.is_dir():
        return recorded
    saved = Path(str(meta.config.get("model_save_dir") or ""))
    run = folder.absolute().parent if CheckpointFolder(folder).exists() else folder.absolute()
    parts = saved.parts
    if saved.is_absolute() or not parts or ".." in parts or run.parent.parts[-len(parts):] != parts:
        return None
    return Path(*run.parent.parts[:-len(parts)])


def with_absolute_paths(values: Mapping[str, Any], base: Path) -> Dict[str, Any]:
    """Return a copy of the values of a config in which paths of data, labels, weights and runs are absolute.

    Args:
        values: values of a resolved config.
        base: folder to which relative paths are relative.
    """
    result: Dict[str, Any] = copy.deepcopy(dict(values))
    for section in (result.get(name) for name in _SECTIONS):
        for key in _DATA_PATHS:
            if section and section.get(key):
                section[key] = str(base / section[key])
    for key in ("label_list", "model_save_dir"):
        if result.get(key):
            result[key] = str(base / result[key])
    for key in _WEIGHTS:
        value = result.get(key)
        result[key] = [_existing(part, base) for part in value] if isinstance(value, list) else _existing(value, base)
    return result


def with_validation_data(config: Config, data: Union[str, Path]) -> Config:
    """Return a copy of a config whose VALID reads other data.

    Args:
        config: config with VALID; its transforms and batch size are kept.
        data: a folder as of `data_dir`, or a list as of `file_list` whose paths are relative to the folder of the list.

    Raises:
        UserError: the config has no VALID, or the path does not exist.
    """
    config.require("VALID")
    paths = validation_paths(data)
    values = config.to_dict()
    section = values["VALID"]
    section.update(reader=None, labels="auto", delimiter=None, max_samples=None, data_dir=None, file_list=None)
    section.update(paths)
    origins = {**config.origins, **{f"VALID.{key}": "--data" for key in paths}}
    return Config(values, origins, path=config.path, warnings=config.warnings,
                  unloaded_plugins=config.unloaded_plugins)


def validation_paths(data: Union[str, Path]) -> Dict[str, str]:
    """Return the keys of a data section for a path: `data_dir` for a folder of class folders, `file_list` for a list.

    Raises:
        UserError: the path does not exist.
    """
    path = Path(expand_path(str(data)))
    if not path.exists():
        raise UserError("no such file or folder", where=str(data), do="give a folder of class folders, or a list file")
    return {"data_dir" if path.is_dir() else "file_list": str(path)}


def _existing(value: object, base: Path) -> object:
    """Return the absolute path of a value that names an existing file, folder or prefix below `base`."""
    if not isinstance(value, str) or not value:
        return value
    path = str(base / value)
    return path if any(os.path.exists(path + suffix) for suffix in ("", ".pdparams", ".safetensors")) else value


def _working_directory() -> Optional[Path]:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return None
