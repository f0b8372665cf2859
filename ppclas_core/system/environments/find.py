# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The interpreter that has the tools of an environment, and whether one can be made."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Optional, Tuple

from ppclas_core.api import Environment
from ppclas_core.errors import UserError
from ppclas_core.system.cache import cache_folder, cached, home_folder

KIND = "environments"
"""Folder below the cache folder."""
READY = ".ppclas-ready"
"""File that marks an environment as whole."""
_ASK = ("import sys; from importlib.util import find_spec; print('%d.%d' % sys.version_info[:2]); "
        "sys.exit(not all(map(find_spec, sys.argv[1:])))")


def known_interpreter(environment: Environment) -> Optional[Path]:
    """Return the Python that has the tools now; create nothing.

    In this order: the one that `PPCLAS_<NAME>_PYTHON` names, the one that ppclas runs in, that of the script on PATH,
    the environment in the cache.

    Raises:
        UserError: the variable names a Python that lacks them.
    """
    named = os.environ.get(variable(environment))
    if named:
        found = shutil.which(os.path.expanduser(named))
        if found is None or not _ask(found, environment.modules)[1]:
            raise UserError(f"{named} is not a Python that has {', '.join(environment.modules)}",
                            where=f"the environment variable {variable(environment)}",
                            do=f"install {' '.join(environment.packages)} there, or unset it")
        return Path(found)
    if all(importlib.util.find_spec(module) is not None for module in environment.modules):
        return Path(sys.executable)
    owner = _owner(environment.script)
    if owner and _ask(owner, environment.modules)[1]:
        return Path(owner)
    ready = cached(KIND, f"{name_of(environment)}/{READY}")
    return program(ready.parent) if ready is not None else None


def why_not(environment: Environment) -> str:
    """Return why the tools cannot be had here, with what to do; "" when they are here or can be made at first use."""
    if known_interpreter(environment) is not None or base_interpreter(environment) is not None:
        return ""
    versions = " or ".join(environment.pythons)
    return (f"{', '.join(environment.packages)} needs CPython {versions}, and none is on PATH or under pyenv; install "
            f"one, or name a Python that has it by {variable(environment)}")


def base_interpreter(environment: Environment) -> Optional[Path]:
    """Return a CPython that the environment can be made with: one on PATH, else one under pyenv."""
    if not environment.pythons:
        return Path(sys.executable)
    for version in environment.pythons:
        for candidate in _candidates(version):
            if _ask(candidate, ())[0] == version:
                return Path(candidate)
    return None


def name_of(environment: Environment) -> str:
    """Return the name of its folder below `environments` of the cache: other packages give another name."""
    text = repr((environment, "" if environment.pythons else (sys.version_info[:2], sys.prefix)))
    return f"{environment.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def folder_of(environment: Environment) -> Path:
    """Return its folder where it exists, else the one that it should be made in; nothing is created."""
    return cached(KIND, name_of(environment)) or cache_folder(KIND) / name_of(environment)


def program(folder: Path) -> Path:
    """Return the Python of an environment in a folder."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variable(environment: Environment) -> str:
    """Return the name of the variable with which a user names an interpreter."""
    return f"PPCLAS_{environment.name.upper().replace('-', '_')}_PYTHON"


def _owner(script: str) -> str:
    """Return the interpreter in the first line of a program on PATH; "" where there is none."""
    found = shutil.which(script) if script else None
    if found is None:
        return ""
    with open(found, "rb") as file:
        first = file.readline(1000)
    return os.fsdecode(first[2:].strip()) if first.startswith(b"#!") else ""


def _candidates(version: str) -> List[str]:
    on_path = shutil.which(f"python{version}")
    home = home_folder()
    root = os.environ.get("PYENV_ROOT") or (str(home / ".pyenv") if home is not None else "")
    found = sorted(Path(root, "versions").glob(f"{version}.*/bin/python"), reverse=True) if root else []
    return [*([on_path] if on_path else []), *map(str, found)]


@functools.cache
def _ask(python: str, modules: Tuple[str, ...]) -> Tuple[str, bool]:
    """Return the version `3.10` of an interpreter ("" when it does not run), and whether it has the modules."""
    try:
        done = subprocess.run([python, "-c", _ASK, *modules], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "", False
    return done.stdout.strip(), done.returncode == 0
