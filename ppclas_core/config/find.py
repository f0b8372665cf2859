# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lookup of configs by name: as a file first, then in the config folders of core and of every plugin."""

from __future__ import annotations

import importlib.util
from pathlib import Path, PurePosixPath
from typing import Dict, List, Optional, Set, Union

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.paths import expand_path


def find_config(name: Union[str, Path], *, beside: Optional[Path] = None, where: Optional[str] = None) -> Path:
    """Return the file that `./configs/X/Y.yaml`, `configs/X/Y.yaml` or `X/Y.yaml` stands for.

    Args:
        name: a path, or the name of a config installed with core or a plugin.
        beside: base folder of a relative path; default: the working directory.
        where: location of the name (file and line), for errors.

    Raises:
        UserError: nothing is found, or several plugins have a config of this name.
    """
    file = Path(expand_path(str(name)))
    if beside is not None:
        file = beside / file
    if file.is_file():
        return file
    key = _key(name)
    found = [folder / key for folder in config_folders().values() if (folder / key).is_file()] if key else []
    if len(found) > 1:
        raise UserError(f"the config '{name}' exists {len(found)} times: {', '.join(map(str, found))}", where=where,
                        do="write the full path of one of them")
    if found:
        return found[0]
    what = f"'{name}' is a folder, not a config." if file.is_dir() else f"no config '{name}'."
    installed = list_configs()
    example = f" such as '{installed[0]}'" if installed else ""
    raise UserError(f"{what}{did_you_mean(key, installed)}", where=where,
                    do=f"give the path of a YAML file, or the name of an installed one{example}; 'ppclas plugins' "
                       "shows what is installed")


def config_folders() -> Dict[str, Path]:
    """Return `package:folder` -> path of the existing config folders, core first."""
    folders = {}
    for entry in catalogue().entries("config_dir"):
        root = _package_folder(entry.record.package)
        if root is not None and (root / entry.record.folder).is_dir():
            folders[entry.record.name] = root / entry.record.folder
    return folders


def list_configs() -> List[str]:
    """Return the sorted names of all installed configs, such as `ResNet/ResNet50.yaml`."""
    names: Set[str] = set()
    for folder in config_folders().values():
        for pattern in ("*.yaml", "*.yml"):
            names.update(path.relative_to(folder).as_posix() for path in folder.rglob(pattern))
    return sorted(names)


def _key(name: Union[str, Path]) -> str:
    """Return the part of a name below `configs/`; empty for a name that cannot be in a config folder."""
    pure = PurePosixPath(Path(name).as_posix())
    parts = [part for part in pure.parts if part != "."]
    if pure.is_absolute() or ".." in parts:
        return ""
    return "/".join(parts[1:] if parts[:1] == ["configs"] else parts)


def _package_folder(package: str) -> Optional[Path]:
    """Return the folder of a package without importing it; only the parents of a dotted name are imported."""
    try:
        spec = importlib.util.find_spec(package)
    except KeyboardInterrupt:
        raise
    except BaseException:  # not found, or its parent fails to import, which is reported at loading
        return None
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    parent, _, leaf = package.rpartition(".")
    if not parent:
        return None
    # In a checkout `package_dir` of setup.cfg puts the folder beside its parent package.
    above = _package_folder(parent)
    return above.parent / leaf if above and (above.parent / leaf).is_dir() else None
