# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime in a child process, for tools that need another Python, or that end their process on errors."""

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

_EXIT_TIMEOUT = 5.0
"""Seconds to wait for the child to exit before it is killed."""
_SHOWN_LINES = 4
"""Lines of the child's standard error in an error message."""


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
        self._log_of_output = log_of_output
        self._script = script
        self._lock = threading.Lock()
        self._lines = collections.deque[str](maxlen=50)
        command = [str(python), child_loop.__file__, str(script), *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, env=_environment(str(python)),
                                         start_new_session=True)  # some tools kill their process group on an error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._requests = self._process.stdin
        self._responses = self._process.stdout
        self._reader = threading.Thread(target=_keep_last_lines, args=(self._process.stderr, self._lines), daemon=True)
        self._reader.start()
        self._close = weakref.finalize(self, _stop, self._process)
        facts, _ = self._receive()
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
                raise self._ended_error() from None
            _, output = self._receive()
        assert output is not None
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log_of_output else output

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def close(self) -> None:
        """End the child process."""
        self._close()

    def _receive(self) -> Tuple[Dict[str, Any], Optional[np.ndarray]]:
        message = child_loop.receive(self._responses)
        if message is None:
            raise self._ended_error()
        facts, array = message
        if "error" in facts:
            raise ExportFailed(facts["error"], where=f"the child process of {self._script.name}")
        return facts, array

    def _ended_error(self) -> ExportFailed:
        try:
            code = self._process.wait(_EXIT_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(1)
        output = "\n  ".join(_error_lines(self._lines))
        return ExportFailed(f"the child process of {self._script.name} has ended ({_exit_text(code)})"
                            + (f"; its last output:\n  {output}" if output else ""))


def _environment(python: str) -> Dict[str, str]:
    """Return the environment variables of the child; another Python must not find the packages of this one."""
    hidden = () if python == sys.executable else ("PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _keep_last_lines(stream: IO[bytes], lines: Deque[str]) -> None:
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
        process.wait(_EXIT_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _error_lines(lines: Deque[str]) -> List[str]:
    """Return the last lines with an error, or the last lines if there is none."""
    known = list(lines)
    errors = [line for line in known if "error" in line.lower() or "check failed" in line.lower()]
    return (errors or known)[-_SHOWN_LINES:]


def _exit_text(code: int) -> str:
    """Return the exit code, or the name of the signal, as text."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
