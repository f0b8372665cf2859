# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A runtime in a process of its own."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.runtimes.child_process import ChildRuntime

SCRIPT = """
import os, sys

class Predict:
    input_names = ["image"]

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, batch):
        os.write(1, b"a tool in C++ prints this\\n")
        print("and one in Python this")
        if batch.shape[0] == 13:
            raise ValueError("thirteen is\\none too many")
        if batch.shape[0] == 7:
            sys.stderr.write("first\\nError: seven is deadly\\nlast\\n")
            sys.stderr.flush()
            os.abort()
        return batch.sum(axis=(1, 2, 3))[:, None] * self.factor

def load(factor):
    if factor == "0":
        raise RuntimeError("zero")
    return Predict(float(factor))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "a ü script.py"
    file.write_text(SCRIPT, encoding="utf-8")
    return file


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def test_batches_and_outputs_pass_whatever_the_tool_prints(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["2"])
    batch = np.random.default_rng(0).standard_normal((3, 3, 64, 64)).astype(np.float32)
    for images in (batch, batch[:1], batch[:, :, ::2]):
        np.testing.assert_allclose(runtime(images), images.sum(axis=(1, 2, 3))[:, None] * 2, rtol=1e-5)
    assert getattr(runtime, "input_names") == ["image"]  # noqa: B009 - from the child, unknown to its class
    assert not hasattr(runtime, "output_names")


def test_the_logarithm_of_probabilities_is_given_where_asked_for(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["1"], log_of_output=True)
    np.testing.assert_allclose(runtime(np.full((1, 1, 1, 2), 0.25, np.float32)), [[np.log(0.5)]])


def test_an_error_of_the_tool_is_reported_and_the_child_lives_on(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["1"])
    with pytest.raises(ExportFailed, match="ValueError: one too many"):
        runtime(np.zeros((13, 1, 2, 2), np.float32))
    assert runtime(np.ones((1, 1, 2, 2), np.float32)).tolist() == [[4.0]]


def test_a_tool_that_aborts_is_reported_with_its_last_words(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["1"])
    for _ in range(2):
        with pytest.raises(ExportFailed, match=r"(?s)SIGABRT.*seven is deadly" if os.name == "posix" else "ended"):
            runtime(np.zeros((7, 1, 2, 2), np.float32))


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_child_is_an_error_and_not_a_wait(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["1"])
    os.kill(runtime.pid, signal.SIGKILL)
    with pytest.raises(ExportFailed, match="SIGKILL"):
        runtime(np.zeros((1, 1, 2, 2), np.float32))


def test_what_cannot_be_loaded_is_reported_at_once(script: Path) -> None:
    with pytest.raises(ExportFailed, match="RuntimeError: zero"):
        ChildRuntime(sys.executable, script, ["0"])


def test_the_child_ends_with_its_runtime_and_with_its_process(script: Path) -> None:
    runtime = ChildRuntime(sys.executable, script, ["1"])
    pid = runtime.pid
    assert _alive(pid)
    del runtime
    gc.collect()
    assert not _alive(pid)
    code = ("import sys; from pathlib import Path; from ppclas_core.runtimes.child_process import ChildRuntime\n"
            "runtime = ChildRuntime(sys.executable, Path(sys.argv[1]), ['1']); print(runtime.pid)")
    done = subprocess.run([sys.executable, "-c", code, str(script)], capture_output=True, text=True, check=True)
    end = time.monotonic() + 300
    while _alive(int(done.stdout)):
        assert time.monotonic() < end
        time.sleep(0.05)
