# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Control of the process of a trial from the search: start it, read metric values, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Dict, Mapping, Optional, Protocol

from ppclas_search.callback import read_report

REPORT, LOG = "report.jsonl", "log.txt"


class Training(Protocol):
    """Interface of the process of a trial, which tests fake."""

    def poll(self) -> Optional[int]:
        """Return the exit code; None while the process runs."""

    def values(self) -> Dict[int, float]:
        """Return the values of the objective by epoch so far."""

    def stop(self) -> None:
        """Request that the process writes a checkpoint and exits."""

    def kill(self) -> None:
        """Kill the process at once."""

    def reason(self) -> str:
        """Return the reason of the failure in one line."""


class TrialProcess:
    """Subprocess of a trial. When it ends, its memory is freed; if it crashes, only the trial fails.

    It runs in its own session, so that Ctrl-C in the terminal reaches only the search.

    Args:
        folder: folder of the trial, with `config.yaml` and `trial.json`.
        objective: name of the metric.
        environment: environment variables in addition to those of the search.
    """

    def __init__(self, folder: Path, objective: str, environment: Mapping[str, str]) -> None:
        self.folder, self.objective = folder, objective
        with open(folder / LOG, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ppclas_search.trial", str(folder)], stdin=subprocess.PIPE, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **environment})

    def poll(self) -> Optional[int]:
        """Return the exit code; None while the process runs."""
        code = self._process.poll()
        if code is not None and self._process.stdin is not None:
            self._process.stdin.close()
        return code

    def values(self) -> Dict[int, float]:
        """Return the values of the objective by epoch so far."""
        return read_report(self.folder / REPORT, self.objective)

    def stop(self) -> None:
        """Request a checkpoint and an exit after the current step.

        On Windows the process ends at once, and the checkpoint of the last epoch remains.
        """
        self._process.terminate()

    def kill(self) -> None:
        """Kill the process and its data workers at once."""
        try:
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait()

    def reason(self) -> str:
        """Return the last error in the log, or the signal that ended the process."""
        code = self._process.poll() or 0
        if code < 0:
            name = signal.Signals(-code).name
            return f"ended by {name}" + (", perhaps because the memory is full" if name == "SIGKILL" else "")
        lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("ppclas: ") and "warning" not in line]
        messages = errors or [line for line in lines if line.strip()] or ["its log is empty"]
        return messages[-1].replace("ppclas: ", "")
