# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Import test of a library in a child process, which may hang or crash without affecting the doctor."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Dict

PADDLE = """
import json, warnings
warnings.simplefilter("ignore")
import numpy, paddle
layer = paddle.nn.Conv2D(3, 4, 3)
value = layer(paddle.to_tensor(numpy.ones((1, 3, 8, 8), "float32"))).sum()
float(paddle.ones([1])); value.numpy()
cuda = paddle.device.is_compiled_with_cuda()
count = paddle.device.cuda.device_count() if cuda else 0
names = [paddle.device.cuda.get_device_name(index) for index in range(count)]
print(json.dumps({"version": paddle.__version__, "cuda": bool(cuda), "gpus": names}))
"""

OPENCV = """
import json
import cv2, numpy
cv2.imdecode(cv2.imencode(".png", numpy.zeros((4, 4, 3), "uint8"))[1], 1)
print(json.dumps({"version": cv2.__version__}))
"""


@dataclass(frozen=True)
class Probe:
    """Result of a child process: `error` is one line, "" on success; `facts` is the printed JSON object."""

    error: str = ""
    facts: Dict[str, Any] = field(default_factory=dict)


def probe(code: str, *, timeout: float = 120.0) -> Probe:
    """Run Python code in a child process; the last line that it prints must be a JSON object.

    Args:
        code: Python program.
        timeout: seconds after which the child is killed.
    """
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return Probe(f"did not finish within {timeout:g} s")
    except OSError as error:
        return Probe(f"Python could not be started: {error}")
    if done.returncode < 0:
        return Probe(f"crashed with {_signal(-done.returncode)}")
    output = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if done.returncode or not output:
        complaints = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return Probe(complaints[-1].strip()[:300] if complaints else f"exit code {done.returncode}")
    try:
        facts: Dict[str, Any] = json.loads(output[-1])
    except ValueError:
        return Probe(f"printed {output[-1][:100]!r}")
    return Probe(facts=facts)


def _signal(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return {"SIGSEGV": "a segmentation fault", "SIGKILL": "SIGKILL (out of memory?)",
            "SIGILL": "SIGILL: this processor lacks an instruction that the wheel uses (AVX?)"}.get(name, name)
