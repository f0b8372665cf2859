# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The table of commands and faults: what each command does on a machine that is not well.

    python -m tests.faults.table [COMMAND ...]      print the table, of some commands or of all

A row is a command with everything that it works on; a column is a fault. Every cell is run, or says why it cannot
apply. A cell is right when the command ends with 0, or with 2 and one screen that names the cause, and when the same
command works once the fault is gone. "internal error" and a traceback are wrong everywhere.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import random
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np

from ppclas_core.weights.write import save_variables
from tests.faults.forks import Forks, Result
from tests.faults.rows import PREPARE, PUBLISHED, ROWS, Row
from tests.faults.workspace import copy_workspace, make_workspace, remove_workspace

FAULTS = {
    "full disk": "no file can grow by a byte (RLIMIT_FSIZE 0)",
    "read-only folder": "nothing can be made in the working directory",
    "read-only cache": "nothing can be made in the home and the cache",
    "no home, no account": "neither $HOME nor an entry for the user id",
    "full output": "standard output on a full disk",
    "output closed": "standard output is a pipe that nobody reads",
    "console gone": "both outputs are pipes that nobody reads",
    "full console": "both outputs on a full disk",
    "Ctrl-C": "SIGINT at a random moment",
    "kill -9": "SIGKILL at a random moment",
}
SIGNALS = {"Ctrl-C": "SIGINT", "kill -9": "SIGKILL"}
CONSOLES = ("console gone", "full console")
SILENT = 5.0
"""Seconds after which a service gets SIGTERM where its outputs show nothing."""
SCREEN = 30
"""Lines that an error message may have."""


def prepare(forks: Forks, folder: Path) -> Path:
    """Make the workspace that every cell copies: a run, bundles, lists and soft labels."""
    make_workspace(folder)
    for line in PREPARE:
        done = forks.run(line.split(), folder)
        assert done.code == 0, f"{line}: {done.out}{done.err}"
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *values: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def weights_server(folder: Path) -> Iterator[str]:
    """Serve an archive with variable files, the published form; yield the address."""
    folder.mkdir()
    published = folder / "variables"
    save_variables(published, {f"layer{number}_weights": np.ones((64, 64), np.float32) for number in range(4)})
    with tarfile.open(folder / f"{PUBLISHED}_pretrained.tar", "w") as archive:
        archive.add(published, arcname=f"{PUBLISHED}_pretrained")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Table:
    """Runs cells.

    Args:
        forks: runs commands.
        base: workspace that each cell gets a copy of.
        scratch: folder for the copies.
    """

    def __init__(self, forks: Forks, base: Path, scratch: Path) -> None:
        self._forks, self._base, self._scratch = forks, base, scratch
        self._moments = random.Random(11)
        self._straight: Dict[str, Result] = {}

    def cell(self, name: str, fault: str) -> Tuple[str, str]:
        """Run one cell; return its text, and what is wrong with it or ""."""
        row = ROWS[name]
        reason = dict(row.skips).get(fault)
        if reason:
            return f"- {reason}", ""
        folder = copy_workspace(self._base, self._scratch / f"{name}-{fault}".replace(" ", "_").replace(",", ""))
        try:
            return self._run(name, row, fault, folder)
        finally:
            remove_workspace(folder)

    def straight(self, name: str) -> Result:
        """Return what the command does on a sound machine; run once."""
        if name not in self._straight:
            folder = copy_workspace(self._base, self._scratch / f"{name}-sound".replace(" ", "_"))
            self._straight[name] = self._command(ROWS[name], folder, "")
            remove_workspace(folder)
        return self._straight[name]

    def _command(self, row: Row, folder: Path, fault: str, **when: Any) -> Result:
        if row.until and "signal" not in when:
            silent: Dict[str, Any] = {"after": SILENT} if fault in CONSOLES else {"until": row.until}
            return self._forks.run(row.argv, folder, fault, signal="SIGTERM", timeout=60, **silent)
        return self._forks.run(row.argv, folder, fault, timeout=120, **when)

    def _run(self, name: str, row: Row, fault: str, folder: Path) -> Tuple[str, str]:
        if fault in SIGNALS:
            after = self._moments.uniform(0.02, max(0.9 * self.straight(name).seconds, 0.05))
            done = self._command(row, folder, "", signal=SIGNALS[fault], after=after)
            allowed = (0, 130, *row.codes) if fault == "Ctrl-C" else (0, -9, *row.codes)
        else:
            done = self._command(row, folder, fault)
            allowed = (0, *row.codes, *((2,) if may_refuse(row, fault) else ()))
        wrong = judge(done, allowed)
        missing = [name for name in row.makes if not (folder / "work" / name).exists()]
        finished = fault in SIGNALS and bool(row.makes) and not missing  # the signal came when all was written
        if not wrong and done.code not in (0, *row.codes) and not finished:
            wrong = self._again(row, folder)
        if not wrong and done.code == 0 and missing:
            wrong = f"it ended with 0 and made no {', '.join(missing)}"
        words = {0: "works", 2: "refuses", 130: "stops", -9: "killed"}
        return f"{words.get(done.code, f'exit {done.code}')} {done.seconds:.1f} s", wrong

    def _again(self, row: Row, folder: Path) -> str:
        """Whether the command works in the same folder once the fault is gone."""
        for path in [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]:
            path.chmod(0o755)
        done = self._command(row, folder, "")
        wrong = judge(done, (0, *row.codes))
        return f"afterwards, on a sound machine: {wrong}" if wrong else ""


def may_refuse(row: Row, fault: str) -> bool:
    """Whether exit code 2 is right for this fault: what cannot be written is an error, a lost console is none."""
    if fault in ("full disk", "read-only folder"):
        return row.writes or fault == "full disk"
    if fault in ("full output", "full console"):
        return not row.trains  # what a command prints is its result, but not that of a training
    return False


def judge(done: Result, allowed: Tuple[int, ...]) -> str:
    """Return what is wrong with the end of a command, or ""."""
    said = done.out + done.err
    for word in ("internal error", "Traceback (most recent call last)", "Exception ignored", "did not end in time"):
        if word in said:
            return f"exit {done.code}, '{word}': {said[-700:]}"
    if done.code not in allowed:
        return f"exit {done.code}, allowed {allowed}: {said[-700:]}"
    lines = done.err.strip().splitlines()
    if done.code == 2 and (len(lines) > SCREEN or (lines and not any("ppclas" in line for line in lines))):
        return f"exit 2 without one clear screen: {done.err[-700:]}"
    return ""


def run_table(names: List[str], say: Callable[[str], None] = print) -> List[str]:
    """Print the table of these rows and return what is wrong, a line a cell."""
    wrong: List[str] = []
    width = max(map(len, FAULTS))
    with Forks() as forks, tempfile.TemporaryDirectory(prefix="ppclas-faults-") as place:
        started = time.monotonic()
        base = prepare(forks, Path(place, "base"))
        table = Table(forks, base, Path(place))
        with weights_server(Path(place, "published")) as forks.weights_url:
            for name in names:
                say(f"{name}")
                for fault in FAULTS:
                    text, what = table.cell(name, fault)
                    say(f"  {fault:<{width}}  {'WRONG ' if what else ''}{text}")
                    if what:
                        wrong.append(f"{name} x {fault}: {what}")
        say(f"{len(names)} commands, {len(FAULTS)} faults, {len(wrong)} wrong, {time.monotonic() - started:.0f} s")
    return wrong


def main(argv: Optional[List[str]] = None) -> int:
    """Print the table; 1 when a cell is wrong."""
    wrong = run_table(list(argv or sys.argv[1:]) or list(ROWS))
    print("\n".join(f"\n{line}" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
