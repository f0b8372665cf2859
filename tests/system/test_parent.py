# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A process that follows its parent gets SIGTERM when that ends, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="parents are a matter of POSIX")

CHILD = """
import os, signal, sys
if sys.argv[2] == "poll":
    if hasattr(os, "pidfd_open"):
        del os.pidfd_open
from ppclas_core.system import parent
parent._POLL = 0.01
signal.signal(signal.SIGTERM, lambda *given: (print("asked to end", flush=True), os._exit(0)))
parent.end_with_launcher()
print("following", flush=True)
signal.pause()
"""
LAUNCHER = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, sys.argv[1], str(os.getpid()), sys.argv[2]])
time.sleep(1000)
"""


@pytest.mark.parametrize("how", ["descriptor", "poll"])
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_a_trainer_ends_with_its_launcher(tmp_path: Path, how: str, signum: int) -> None:
    (tmp_path / "child.py").write_text(CHILD, encoding="utf-8")
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(tmp_path / "child.py"), how],
                                stdout=subprocess.PIPE, text=True, env={**os.environ, "PADDLE_LOCAL_RANK": "0"})
    assert launcher.stdout is not None
    with launcher.stdout as said:
        assert said.readline() == "following\n"
        launcher.send_signal(signum)
        launcher.wait()
        assert said.read() == "asked to end\n"  # and the pipe is closed: the child is gone


def test_a_process_without_a_launcher_follows_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_core.system import parent

    monkeypatch.delenv("PADDLE_LOCAL_RANK", raising=False)
    monkeypatch.setattr("ppclas_core.system.parent.threading.Thread", None)
    parent.end_with_launcher()
