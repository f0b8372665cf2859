# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime for `.nb` files with x86 kernels: Paddle-Lite's light predictor in a child process."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, List, Optional

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import usable_cores
from ppclas_export_lite.naive_buffer import opt_version
from ppclas_export_lite.tool import child_command, exit_status, failure_lines


class LiteRuntime:
    """A predictor with one input and one output; thread-safe, with one call at a time.

    Args:
        file: `.nb` with x86 kernels.
        threads: CPU threads for matrix products; None: all cores that this process may use.
        log_of_output: return the logarithm of the output, for models that output probabilities.

    Raises:
        UserError: the file is missing, damaged or for another target, or paddlelite has another version.
    """

    def __init__(self, file: Path, *, threads: Optional[int] = None, log_of_output: bool = False) -> None:
        count = str(threads or usable_cores())
        command = child_command("predict_child.py", file.name, opt_version(file), count)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process runs
        # idle OpenMP threads spin for 200 ms by default, which is slower if cores are shared
        environment = {"KMP_BLOCKTIME": "0", **os.environ, "OMP_NUM_THREADS": count}
        self._process = subprocess.Popen(command, cwd=file.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._stderr, env=environment)
        self._stop = weakref.finalize(self, _stop_child, self._process)
        self._file = file
        self._log = log_of_output
        self._lock = threading.Lock()
        names = json.loads(self._stream("stdout").readline() or "null")
        if names is None:
            raise self._failure("Paddle-Lite cannot load this model")
        self.input_names: List[str] = names["inputs"]
        self.output_names: List[str] = names["outputs"]

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return the output (N, num_classes) float32 of a batch (N, C, H, W) float32.

        Raises:
            UserError: the child process has ended.
        """
        images = np.ascontiguousarray(batch, "<f4")
        with self._lock:
            try:
                stream = self._stream("stdin")
                stream.write(struct.pack(f"<I{images.ndim}q", images.ndim, *images.shape))
                stream.write(images.data)
                stream.flush()
                rank = struct.unpack("<I", self._exactly(4))[0]
                shape = struct.unpack(f"<{rank}q", self._exactly(8 * rank))
                values = self._exactly(4 * int(np.prod(shape)))
            except (OSError, EOFError, ValueError):  # the pipe is broken, at its end, or closed
                raise self._failure("the Paddle-Lite process ended during inference") from None
        output = np.frombuffer(values, "<f4").reshape(shape)
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log else output

    def _stream(self, name: str) -> IO[bytes]:
        stream: IO[bytes] = getattr(self._process, name)
        return stream

    def _exactly(self, count: int) -> bytes:
        data = self._stream("stdout").read(count)
        if len(data) < count:
            raise EOFError
        return data

    def _failure(self, what: str) -> UserError:
        """Stop the child process, and return an error with its exit status and its last error lines."""
        self._stop()
        self._stderr.seek(0)
        text = self._stderr.read().decode("utf-8", "replace")
        status = exit_status(self._process.returncode)
        return UserError(f"{what} ({status}): {failure_lines(text)}", where=str(self._file),
                         do="check the bundle with 'ppclas verify', and the installation of Paddle-Lite with "
                         "'ppclas doctor --fix lite'")


def _stop_child(process: subprocess.Popen[bytes]) -> None:
    """Close the child's input, and kill the child if it does not exit within 5 s."""
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    except (OSError, ValueError):  # the child no longer reads what was to be written
        process.kill()
        process.wait()
