# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program of the child process of `ChildRuntime`: `python child_loop.py SCRIPT ARGUMENTS...`.

It runs in the interpreter that has the tool of the format, such as Paddle-Lite.

SCRIPT is a file with a function `load(*arguments: str) -> predict`, and `predict(batch) -> array`. The attributes
`input_names` and `output_names` of `predict` are sent if it has them. This module imports nothing of ppclas and uses
the syntax of Python 3.7. A message is a line of JSON and the bytes of an array: `{"dtype": .., "shape": ..}`, or
`{"error": ..}`.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import IO, Any, Dict, Optional, Tuple

import numpy as np


def send(stream: IO[bytes], array: Optional[np.ndarray] = None, **facts: object) -> None:
    """Write one message and flush the stream."""
    if array is not None:
        array = np.ascontiguousarray(array)
        facts.update(dtype=array.dtype.str, shape=array.shape)
    stream.write(json.dumps(facts).encode() + b"\n")
    if array is not None:
        stream.write(array.tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> Optional[Tuple[Dict[str, Any], Optional[np.ndarray]]]:
    """Read one message: its facts, and its array or None. Return None at the end of the stream."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    facts = json.loads(line.decode())
    if "dtype" not in facts:
        return facts, None
    dtype, shape = np.dtype(facts["dtype"]), facts["shape"]
    size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    data = stream.read(size)
    return (facts, np.frombuffer(data, dtype).reshape(shape)) if len(data) == size else None


def main(script: str, *arguments: str) -> None:
    """Load the script, report success, and process batches until standard input ends."""
    del sys.path[0]  # the folder of this file: its module names may hide others
    requests = os.fdopen(os.dup(0), "rb")
    responses = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a tool prints, in C++ or Python, must not mix with the messages
    try:
        predict = runpy.run_path(script)["load"](*arguments)
    except Exception as error:  # whatever the tool raises is reported to the parent
        send(responses, error=_error_text(error))
        raise
    names = {key: list(getattr(predict, key)) for key in ("input_names", "output_names") if hasattr(predict, key)}
    send(responses, None, **names)
    while True:
        message = receive(requests)
        if message is None:
            return
        try:
            found = np.asarray(predict(message[1]))
        except Exception as error:  # the next batch may succeed
            send(responses, error=_error_text(error))
        else:
            send(responses, found)


def _error_text(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "{}: {}".format(type(error).__name__, lines[-1] if lines else "")[:500]


if __name__ == "__main__":
    main(*sys.argv[1:])
