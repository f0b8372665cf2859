# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child's side of `ChildRuntime`: `python child_loop.py SCRIPT ARGUMENTS...`, run by whatever Python has the tool.

SCRIPT is a file with a function `load(*arguments: str) -> predict`, and `predict(batch) -> array`; where it has
`input_names` and `output_names`, these are told. Nothing of ppclas is imported here, and the syntax is that of
Python 3.7. A message is one line of JSON and the bytes of an array: `{"dtype": .., "shape": ..}`, or `{"error": ..}`.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import IO, Any, Dict, Optional, Tuple

import numpy as np


def send(stream: IO[bytes], array: Optional[np.ndarray] = None, **facts: Any) -> None:
    """Write one message; flushes."""
    if array is not None:
        array = np.ascontiguousarray(array)
        facts.update(dtype=array.dtype.str, shape=array.shape)
    stream.write(json.dumps(facts).encode() + b"\n")
    if array is not None:
        stream.write(array.tobytes())
    stream.flush()


def receive(stream: IO[bytes]) -> Optional[Tuple[Dict[str, Any], Optional[np.ndarray]]]:
    """One message: its facts, and its array or None. None in place of the two at the end of the stream."""
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
    """Load, say so, and answer batches until standard input ends."""
    del sys.path[0]  # the folder of this file, whose modules have names that others may have too
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a tool prints, in C++ or Python, must not come between the messages
    try:
        predict = runpy.run_path(script)["load"](*arguments)
    except Exception as error:
        send(answers, error=_told(error))
        raise
    names = {key: list(getattr(predict, key)) for key in ("input_names", "output_names") if hasattr(predict, key)}
    send(answers, None, **names)
    while True:
        message = receive(requests)
        if message is None:
            return
        try:
            found = np.asarray(predict(message[1]))
        except Exception as error:  # one batch that fails; the next one may do
            send(answers, error=_told(error))
        else:
            send(answers, found)


def _told(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "{}: {}".format(type(error).__name__, lines[-1] if lines else "")[:500]


if __name__ == "__main__":
    main(*sys.argv[1:])
