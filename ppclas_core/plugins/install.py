# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Install commands for missing packages: first-party distributions from the checkout if there is one."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Optional

from ppclas_core.errors import UserError
from ppclas_core.plugins.ownership import CORE

_LIBRARIES = {"cv2": "pip install opencv-python", "PIL": "pip install pillow", "yaml": "pip install pyyaml"}
_MODULE = "ppclas_core"


def how_to_install(dist: str, *, extra: str = "", version: str = "", upgrade: bool = False) -> str:
    """Return the command that installs a distribution.

    A first-party distribution is installed from the checkout of the running core; without a checkout, and for all other
    distributions, pip installs from its index.

    Args:
        dist: name of the distribution.
        extra: extra of the distribution, e.g. `cpu`.
        version: specifier, e.g. `>=0.1`; unused for a checkout, which has one version.
        upgrade: install a newer version than the installed one.
    """
    import shlex

    command = "pip install -U" if upgrade else "pip install"
    extra = f"[{extra}]" if extra else ""
    folder = _folder_of(dist)
    if folder is None:
        requirement = f"{dist}{extra}{version}"
        return f'{command} "{requirement}"' if extra or version else f"{command} {requirement}"
    path = _shown(folder) + extra
    return f"{command} {shlex.quote(path)}" if not extra else f'{command} "{path}"'


def import_fault(error: ImportError) -> Optional[UserError]:
    """Return the user's error for a failed import in core: a missing library, or a Paddle that does not load.

    The result is None if the missing module belongs to core, which is a defect.
    """
    name = (error.name or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError):
        return missing_library(error, owner="this command") if name and name != _MODULE else None
    if name == "paddle":
        return UserError(f"Paddle is installed but cannot be imported: {' '.join(str(error).split())}",
                         do="'ppclas doctor' shows the cause and the fix")
    return None


def missing_library(error: ImportError, *, owner: str) -> UserError:
    """Return an error for a missing import: the library, the component that needs it, and the install command."""
    name = (error.name or "").split(".")[0]
    if name == "paddle":
        return UserError(f"{owner} needs Paddle, which is not installed", do=paddle_command())
    if name == _MODULE:
        return UserError(f"{owner} needs '{error.name}', which this {CORE} does not have",
                         do="install a version of the plugin that fits this ppclas-core; 'ppclas doctor' shows both")
    if name in getattr(sys, "stdlib_module_names", ()):
        return UserError(f"{owner} needs the module '{name}' of Python itself, which this Python was built without",
                         do="install a complete Python")
    dist = name.replace("_", "-")
    command = how_to_install(dist) if _folder_of(dist) else _LIBRARIES.get(name, f"pip install {name}")
    return UserError(f"{owner} needs the Python package '{name}', which is not installed", do=command)


def paddle_command() -> str:
    """Return the command that installs Paddle."""
    return f"{how_to_install(CORE, extra='cpu')}   (a GPU: see https://www.paddlepaddle.org.cn/en/install)"


def _folder_of(dist: str) -> Optional[Path]:
    """Return the folder of a first-party distribution in the checkout; None without one or for other names."""
    root = _checkout()
    if root is None:
        return None
    folder = root if dist == CORE else root / "plugins" / dist
    return folder if (folder / "setup.cfg").is_file() else None


@functools.cache
def _checkout() -> Optional[Path]:
    """Return the root of the checkout that core is imported from; None if it is installed."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "setup.cfg").is_file() and (root / "plugins").is_dir() else None


def _shown(folder: Path) -> str:
    """Return a path that pip does not mistake for a name, e.g. `./plugins/X` inside the working directory."""
    relative = os.path.relpath(folder)
    if relative == ".":
        return relative
    return str(folder) if relative.startswith("..") else f".{os.sep}{relative}"
