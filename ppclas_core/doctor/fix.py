# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Setup of the environment with the tools of a format: `ppclas doctor --fix NAME`."""

from __future__ import annotations

import subprocess
from typing import Dict

from ppclas_core.api import Environment
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.environments import interpreter, known_interpreter, remove


def fix(name: str) -> str:
    """Create the named environment, or recreate it if its tools do not import; return one line to print.

    Raises:
        UserError: no installed format has an environment of this name, or it cannot be created.
    """
    known = environments()
    if name not in known:
        there = f"installed formats have: {', '.join(sorted(known)) or 'none'}"
        raise UserError(f"there is no environment '{name}' to set up", do=there)
    environment = known[name]
    python = known_interpreter(environment)
    if python is not None:
        imports = "; ".join(f"import {module}" for module in environment.modules)
        if subprocess.run([str(python), "-c", imports], capture_output=True).returncode == 0:
            return f"{name}: OK, {python}"
        remove(environment)
    python = interpreter(environment)
    return f"{name}: set up, {python}"


def environments() -> Dict[str, Environment]:
    """Return name -> environment of the installed formats."""
    records = [entry.record for entry in catalogue().entries("exporter")]
    return {record.environment.name: record.environment for record in records if record.environment is not None}
