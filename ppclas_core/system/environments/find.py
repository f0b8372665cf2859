# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Search for the interpreter that has the tools of an environment, and for one that can create the environment."""

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
"""File that marks an environment as complete."""
_PROBE = ("import sys; from importlib.util import find_spec; print('%d.%d' % sys.version_info[:2]); "
        "sys.exit(not all(map(find_spec, sys.argv[1:])))")


def known_interpreter(environment: Environment) -> Optional[Path]:
    """Return the first Python that has the tools, or None; nothing is created.

    The order is: the Python in the variable `PPCLAS_<NAME>_PYTHON`, that of this process, that of the script on PATH,
    and the environment in the cache.

    Raises:
        UserError: the Python in the variable lacks the tools.
    """
    named = os.environ.get(variable(environment))
    if named:
        found = shutil.which(os.path.expanduser(named))
        if found is None or not _probe(found, environment.modules)[1]:
            raise UserError(f"{named} is not a Python that has {', '.join(environment.modules)}",
                            where=f"the environment variable {variable(environment)}",
                            do=f"install {' '.join(environment.packages)} there, or unset it")
        return Path(found)
    if all(importlib.util.find_spec(module) is not None for module in environment.modules):
        return Path(sys.executable)
    script_python = _interpreter_of(environment.script)
    if script_python and _probe(script_python, environment.modules)[1]:
        return Path(script_python)
    ready = cached(KIND, f"{name_of(environment)}/{READY}")
    return program(ready.parent) if ready is not None else None


def why_not(environment: Environment) -> str:
    """Return why the tools are unavailable, with the fix; "" if they are installed or can be installed at first use."""
    if known_interpreter(environment) is not None or base_interpreter(environment) is not None:
        return ""
    versions = " or ".join(environment.pythons)
    return (f"{', '.join(environment.packages)} needs CPython {versions}, and none is on PATH or under pyenv; install "
            f"one, or set {variable(environment)} to a Python that has it")


def base_interpreter(environment: Environment) -> Optional[Path]:
    """Return a CPython that can create the environment: on PATH, else under pyenv; None without one."""
    if not environment.pythons:
        return Path(sys.executable)
    for version in environment.pythons:
        for candidate in _candidates(version):
            if _probe(candidate, ())[0] == version:
                return Path(candidate)
    return None


def name_of(environment: Environment) -> str:
    """Return the name of the folder of an environment in the cache; it depends on the packages."""
    text = repr((environment, "" if environment.pythons else (sys.version_info[:2], sys.prefix)))
    return f"{environment.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def folder_of(environment: Environment) -> Path:
    """Return the folder of an environment, whether or not it exists; nothing is created."""
    return cached(KIND, name_of(environment)) or cache_folder(KIND) / name_of(environment)


def program(folder: Path) -> Path:
    """Return the path of the Python of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variable(environment: Environment) -> str:
    """Return the environment variable that sets the interpreter of an environment."""
    return f"PPCLAS_{environment.name.upper().replace('-', '_')}_PYTHON"


def _interpreter_of(script: str) -> str:
    """Return the interpreter in the first line of a script on PATH; "" without one."""
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
def _probe(python: str, modules: Tuple[str, ...]) -> Tuple[str, bool]:
    """Return the version of an interpreter such as `3.10` ("" if it fails to run), and whether it has the modules."""
    try:
        done = subprocess.run([python, "-c", _PROBE, *modules], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "", False
    return done.stdout.strip(), done.returncode == 0
