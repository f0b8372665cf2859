# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run pytest in the environment of the tools, with the settings that all test commands share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Iterator, List, Optional, Sequence

from environment import run

MEMORY = Path("/dev/shm")
"""File system in memory for test files: tests write 60 GB of checkpoints, each of them synced."""

NEEDED = 14 << 30
"""Available memory in bytes that is required for test files in memory; files and tests use 10 GB."""


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with one process per core and one thread per process; return its exit code."""
    given: List[str] = list(arguments)
    if not any(argument.startswith("-n") for argument in given):
        given = ["-n", str(max(1, min(os.cpu_count() or 1, 8))), "--dist", "loadgroup", *given]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the test processes use all cores
    # a shell starts jobs in the background with Ctrl-C ignored, and children would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _folder_in_memory() as folder:
        basetemp = [] if folder is None or any(argument.startswith("--basetemp") for argument in given) else [
            f"--basetemp={folder}/pytest"]
        return run("python", "-m", "pytest", *basetemp, *given, check=False)


@contextlib.contextmanager
def _folder_in_memory() -> Iterator[Optional[Path]]:
    """Yield a new folder in memory, which is removed afterwards; None without such a file system or enough memory."""
    if _available() < NEEDED or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="ppclas-tests-", dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _available() -> int:
    """Return the available memory in bytes; 0 if it is unknown."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "0")
    return int(kilobytes) << 10
