# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Commands in forked, preloaded processes: `Forks.run` takes milliseconds where a fresh program takes seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional


class Result(NamedTuple):
    """Exit code (negative: the signal that ended it), seconds, standard output and standard error."""

    code: int
    seconds: float
    out: str
    err: str


class Forks:
    """A preloaded process; use as a context manager."""

    def __enter__(self) -> Forks:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("zygote.py"))],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
                                         stderr=subprocess.DEVNULL)
        self.weights_url = ""
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, argv: List[str], folder: Path, fault: str = "", *, signal: str = "", after: Optional[float] = None,
            until: str = "", timeout: float = 300.0) -> Result:
        """Run `ppclas ARGV` in `folder/work`, whose `folder/home` is the home and the cache.

        Args:
            fault: a name of `table.FAULTS`; "" for a sound machine.
            signal: sent `after` seconds, or when `until` stands in an output.
            timeout: seconds after which the command is killed; its error output then says so.
        """
        job = {"argv": argv, "folder": str(folder), "fault": fault, "signal": signal, "after": after, "until": until,
               "timeout": timeout, "weights_url": self.weights_url}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return Result(**self._answer())

    def _answer(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the preloaded process has died"
        result: Dict[str, Any] = json.loads(line)
        return result
