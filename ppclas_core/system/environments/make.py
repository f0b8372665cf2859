# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Creation of an environment in the cache folder."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import List

from ppclas_core.api import Environment
from ppclas_core.errors import UserError
from ppclas_core.system.cache import writable_cache
from ppclas_core.system.environments.find import (
    KIND,
    READY,
    base_interpreter,
    folder_of,
    known_interpreter,
    name_of,
    program,
    why_not,
)
from ppclas_core.system.lock import locked

_log = logging.getLogger(__name__)


def interpreter(environment: Environment) -> Path:
    """Return the Python that has the tools; create an environment if needed, which takes minutes and the network.

    Two processes may call it at once: one creates the environment, the other waits.

    Raises:
        UserError: there is no suitable CPython, or pip fails; the error has its last lines.
    """
    known = known_interpreter(environment)
    if known is not None:
        return known
    base = base_interpreter(environment)
    if base is None:
        raise UserError(f"the tools of '{environment.name}' are not installed: {why_not(environment)}")
    folder = writable_cache(KIND) / name_of(environment)
    with locked(folder.with_suffix(".lock"), what=f"creating the environment '{environment.name}'"):
        if not (folder / READY).is_file():
            _log.warning("creating the environment for '%s' in %s (once)", environment.name, folder)
            _make(environment, base, folder)
    return program(folder)


def remove(environment: Environment) -> None:
    """Delete the environment in the cache; the next use creates it again."""
    shutil.rmtree(folder_of(environment), ignore_errors=True)


def _make(environment: Environment, base: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of a killed process
    pip = [str(program(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = [[str(base), "-m", "venv", str(folder)]]
    if environment.packages:
        commands.append([*pip, *environment.packages])
    if environment.alone:
        commands.append([*pip, "--no-deps", *environment.alone])
    _run(commands[:1], environment)
    if environment.shares:
        _share(folder)
    _run(commands[1:], environment)
    modules = ["-c", "; ".join(f"import {module}" for module in environment.modules) or "pass"]
    _run([[str(program(folder)), *modules]], environment)
    (folder / READY).touch()


def _run(commands: List[List[str]], environment: Environment) -> None:
    for command in commands:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode:
            output = "\n  ".join(done.stdout.strip().splitlines()[-4:])
            raise UserError(f"the environment for '{environment.name}' cannot be created: {' '.join(command[1:4])} ... "
                            f"failed:\n  {output}",
                            do=f"check the network, then 'ppclas doctor --fix {environment.name}'")


def _share(folder: Path) -> None:
    """Make the packages of the running environment importable in the new one, after its own packages."""
    query = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = subprocess.run([str(program(folder)), "-c", query], capture_output=True, text=True, check=True).stdout
    ours = sysconfig.get_paths()["purelib"]
    text = f"import site; site.addsitedir({ours!r})\n"
    (Path(site.strip()) / "zz_shared.pth").write_text(text, encoding="utf-8")
