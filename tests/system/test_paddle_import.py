# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM ends a program in the program's own way, also after Paddle has been imported."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to send")

PROGRAM = """
import contextlib, importlib.util, os, signal, sys, threading
from ppclas_core.system.paddle_import import sigterm_kept

sys.path.insert(0, {folder!r})
received = []
signal.signal(signal.SIGTERM, lambda *_: received.append("ours"))
with {context}:
    importlib.util.find_spec("paddle")  # as the search for usable runtimes does
    thread = threading.Thread(target=__import__, args=("paddle",))
    thread.start()
    thread.join()
os.kill(os.getpid(), signal.SIGTERM)
print(received, "paddle" in sys.modules, sum("Paddle" in type(finder).__name__ for finder in sys.meta_path))
"""
RIVAL = """
import ctypes
libc = ctypes.CDLL(None)
libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.signal(15, ctypes.cast(libc._exit, ctypes.c_void_p))
"""
"""A module that ends the process at SIGTERM below Python, with 15 as its exit code."""


def run(folder: str, context: str) -> subprocess.CompletedProcess[str]:
    """Run the program; modules in `folder` precede the installed ones."""
    code = PROGRAM.format(folder=folder, context=context)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)


@pytest.fixture
def rival(tmp_path: Path) -> str:
    """A folder with a package `paddle` that installs a handler."""
    (tmp_path / "paddle").mkdir()
    (tmp_path / "paddle" / "__init__.py").write_text(RIVAL, encoding="utf-8")
    return str(tmp_path)


def test_the_handler_of_the_program_survives_the_import_in_a_thread(rival: str) -> None:
    done = run(rival, "sigterm_kept()")
    assert done.stdout.split("\n")[0] == "['ours'] True 0", done.stderr


def test_contexts_may_be_nested(rival: str) -> None:
    done = run(rival, "sigterm_kept(), sigterm_kept()")
    assert done.stdout.split("\n")[0] == "['ours'] True 0", done.stderr


def test_without_the_context_the_imported_handler_stays(rival: str) -> None:
    assert run(rival, "contextlib.nullcontext()").returncode == signal.SIGTERM


def test_the_real_paddle_leaves_the_handler(tmp_path: Path) -> None:
    pytest.importorskip("paddle")
    done = run(str(tmp_path), "sigterm_kept()")
    assert done.stdout.strip().endswith("['ours'] True 0"), done.stderr[-2000:]
