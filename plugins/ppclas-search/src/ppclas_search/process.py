# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The search's side of a trial: start its process, follow its figures, stop it."""

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
    """A training that goes on; tests put another in place of `TrialProcess`."""

    def poll(self) -> Optional[int]:
        """Exit code, None while it runs."""

    def values(self) -> Dict[int, float]:
        """epoch -> figure, so far."""

    def stop(self) -> None:
        """Ask it to write a checkpoint and end."""

    def kill(self) -> None:
        """End it at once."""

    def reason(self) -> str:
        """One line: why it failed."""


class TrialProcess:
    """A process of its own: its memory is gone when it ends, and a crash in it is a failed trial.

    It is in a session of its own, so that Ctrl-C in the terminal reaches the search alone.

    Args:
        folder: of the trial, with `config.yaml` and `trial.json`.
        environment: variables in addition to those of the search.
    """

    def __init__(self, folder: Path, objective: str, environment: Mapping[str, str]) -> None:
        self.folder, self.objective = folder, objective
        with open(folder / LOG, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ppclas_search.trial", str(folder)], stdin=subprocess.PIPE, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **environment})

    def poll(self) -> Optional[int]:
        """Exit code, None while it runs."""
        code = self._process.poll()
        if code is not None and self._process.stdin is not None:
            self._process.stdin.close()
        return code

    def values(self) -> Dict[int, float]:
        """epoch -> figure, so far."""
        return read_report(self.folder / REPORT, self.objective)

    def stop(self) -> None:
        """It finishes its step and writes a checkpoint (on Windows it ends at once, with that of the last epoch)."""
        self._process.terminate()

    def kill(self) -> None:
        """It and its data workers end at once."""
        try:
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait()

    def reason(self) -> str:
        """The last error line of its log, or the signal that ended it."""
        code = self._process.poll() or 0
        if code < 0:
            name = signal.Signals(-code).name
            return f"ended by {name}" + (", as when memory runs out" if name == "SIGKILL" else "")
        lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if line.startswith("ppclas: ") and "warning" not in line]
        return (told or [line for line in lines if line.strip()] or ["it said nothing"])[-1].replace("ppclas: ", "")
