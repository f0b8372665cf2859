# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Control of a trial's process from the search: start, read metric values, stop."""

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
    """Interface of a running trial; tests replace `TrialProcess` by a fake."""

    def poll(self) -> Optional[int]:
        """Return the exit code; None while it runs."""

    def values(self) -> Dict[int, float]:
        """Return the values of the objective by epoch so far."""

    def stop(self) -> None:
        """Request that it writes a checkpoint and exits."""

    def kill(self) -> None:
        """Kill it at once."""

    def reason(self) -> str:
        """Return the reason of its failure in one line."""


class TrialProcess:
    """Subprocess of a trial: its memory is freed at its end, and a crash is a failed trial.

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
        """Return the exit code; None while it runs."""
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
        """Return the last error line of its log, or the signal that ended it."""
        code = self._process.poll() or 0
        if code < 0:
            name = signal.Signals(-code).name
            return f"ended by {name}" + (", as when memory runs out" if name == "SIGKILL" else "")
        lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if line.startswith("ppclas: ") and "warning" not in line]
        return (told or [line for line in lines if line.strip()] or ["it said nothing"])[-1].replace("ppclas: ", "")
