# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Child processes for paddlelite, which has no release for this Python and ends its process when it fails."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import List

from ppclas_core.system import interpreter
from ppclas_export_lite.plugin import PADDLE_LITE


def child_command(child: str, *arguments: str) -> List[str]:
    """Return the command line of a child program of this package; the environment is created at first use.

    Args:
        child: file name of the program, in the folder of this file.
        arguments: arguments of the program.

    Raises:
        UserError: see `ppclas_core.system.environments.interpreter`.
    """
    python = interpreter(PADDLE_LITE)
    return [str(python), str(Path(__file__).with_name(child)), *arguments]


def exit_status(code: int) -> str:
    """Return the exit status of a process as text: `signal SIGSEGV` or `exit code 1`."""
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def failure_lines(output: str) -> str:
    """Return the lines of a program's output that explain its failure."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line or "Check failed" in line]
    return " | ".join((errors or lines)[-2:])[:600] or "no output"
