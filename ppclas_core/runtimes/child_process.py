# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime in a child process, for tools that need another Python or that exit on errors."""

from __future__ import annotations

import collections
import os
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import IO, Any, Deque, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.runtimes import child_loop

_PATIENCE = 5.0
"""Seconds to wait for the child to exit before it is killed."""
_LINES = 4


class ChildRuntime:
    """Runtime that runs in a child process; it is thread-safe and processes one call at a time.

    The child starts in the constructor and ends with this object or this process.

    Args:
        python: interpreter that has the tool.
        script: Python file with a function `load(*arguments) -> predict`, run in the child (see `child_loop`); it must
            not import ppclas.
        arguments: arguments of `load`.
        log_of_output: return the logarithm of the output, for outputs that are probabilities.

    Raises:
        ExportFailed: `load` fails or ends the process; the message has its last output.
    """

    def __init__(self, python: Union[str, Path], script: Path, arguments: Sequence[Union[str, Path]] = (), *,
                 log_of_output: bool = False) -> None:
        self._log, self._script = log_of_output, script
        self._lock, self._lines = threading.Lock(), collections.deque[str](maxlen=50)
        command = [str(python), child_loop.__file__, str(script), *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, env=_variables(str(python)),
                                         start_new_session=True)  # some tools kill their process group on an error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._listener = threading.Thread(target=_listen, args=(self._process.stderr, self._lines), daemon=True)
        self._listener.start()
        self._close = weakref.finalize(self, _stop, self._process)
        facts, _ = self._answer()
        for side in ("input_names", "output_names"):
            if side in facts:
                setattr(self, side, list(facts[side]))

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map a batch (N, ...) in the dtype of the model's input to (N, num_classes) float32.

        Raises:
            ExportFailed: the tool fails on the batch, or its process has ended.
        """
        with self._lock:
            try:
                child_loop.send(self._requests, batch)
            except (OSError, ValueError):  # the child has ended, or `close` was called
                raise self._death() from None
            _, output = self._answer()
        assert output is not None
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log else output

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def close(self) -> None:
        """End the child process."""
        self._close()

    def _answer(self) -> Tuple[Dict[str, Any], Optional[np.ndarray]]:
        message = child_loop.receive(self._answers)
        if message is None:
            raise self._death()
        facts, array = message
        if "error" in facts:
            raise ExportFailed(facts["error"], where=f"the child process of {self._script.name}")
        return facts, array

    def _death(self) -> ExportFailed:
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._listener.join(1)
        said = "\n  ".join(_telling(self._lines))
        return ExportFailed(f"the child process of {self._script.name} has ended ({_how(code)})"
                            + (f"; it said last:\n  {said}" if said else ""))


def _variables(python: str) -> Dict[str, str]:
    """Return the environment of the child; another Python must not find the packages of this one."""
    hidden = () if python == sys.executable else ("PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _listen(stream: IO[bytes], lines: Deque[str]) -> None:
    """Keep the last lines of a stream until it ends; a full pipe would block the child."""
    with stream:
        for line in stream:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                lines.append(text)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        try:
            stream.close()
        except OSError:  # unsent bytes for a child that has ended
            continue
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _telling(lines: Deque[str]) -> List[str]:
    """Return the last lines with an error, or the last lines if there is none."""
    known = list(lines)
    errors = [line for line in known if "error" in line.lower() or "check failed" in line.lower()]
    return (errors or known)[-_LINES:]


def _how(code: int) -> str:
    """Return the exit code, or the name of the signal, as text."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
