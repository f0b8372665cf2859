# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The table of commands and faults: what each command does on a machine that is not well.

    python tests/faults/table.py [COMMAND ...]      print the table, of some commands or of all

A row is a command with everything that it works on; a column is a fault. Every cell is run, or says why it cannot
apply. A cell is right when the command ends with 0, or with 2 and one screen that names the cause, and when the same
command works once the fault is gone. "internal error" and a traceback are wrong everywhere.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forks import Forks, Result
from workspace import copy_workspace, make_workspace, remove_workspace

from ppclas_core.testing import toy

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
SCREEN = 30
"""Lines that an error message may have."""


@dataclass(frozen=True)
class Row:
    """One command.

    Attributes:
        argv: its arguments after `ppclas`.
        writes: whether it makes files in the working directory; it may then refuse to work on a full disk.
        trains: whether a lost console must not end it.
        codes: exit codes besides 0 and 2 that its own subject gives.
        skips: columns that do not apply, each with the reason.
        until: text of a service that runs until it is told to end; then it gets SIGTERM.
    """

    argv: Tuple[str, ...]
    writes: bool = True
    trains: bool = False
    codes: Tuple[int, ...] = ()
    skips: Tuple[Tuple[str, str], ...] = ()
    until: str = ""


READS = (("kill -9", "it writes nothing"),)
SLOW = "starts programs of its own, which are not preloaded"


def reads(*argv: str, codes: Tuple[int, ...] = (), skips: Tuple[Tuple[str, str], ...] = ()) -> Row:
    """A row of a command that writes nothing."""
    return Row(argv, writes=False, codes=codes, skips=(*READS, *skips))


TOY = toy.__file__
IMAGE = "data/val/red/0.png"
ROWS: Dict[str, Row] = {
    "run": Row(("run", "toy.yaml"), trains=True),
    "train": Row(("train", "toy.yaml"), trains=True),
    "finetune": Row(("finetune", "--data", "data", "--model", "ToyNet", "--pretrained", "none", "--epochs", "1",
                     "--image-size", "16", "--batch-size", "8", "--out", "tuned", "-o", "TRAIN.num_workers=0",
                     "-o", "VALID.num_workers=0", "-o", "accelerator=none"), trains=True),
    "eval": reads("eval", "toy.yaml", "--weights", "trained/ToyNet"),
    "report": Row(("report", "trained/ToyNet")),
    "lr": Row(("lr", "toy.yaml", "--out", "lr.svg")),
    "check": reads("check", "toy.yaml"),
    "show": reads("show", "toy.yaml"),
    "schema": reads("schema"),
    "list": reads("list", "models"),
    "info": reads("info", "ToyNet"),
    "plugins": reads("plugins"),
    "export inference": Row(("export", "trained/ToyNet", "inference", "bundle")),
    "export onnx": Row(("export", "trained/ToyNet", "onnx", "bundle")),
    "verify": reads("verify", "onnx"),
    "benchmark": reads("benchmark", "onnx", "--engine", "onnx", "--batch", "1", "--threads", "1", "--seconds", "0.1"),
    "predict run": reads("predict", "trained/ToyNet", IMAGE),
    "predict bundle": reads("predict", "inference", IMAGE),
    "convert": Row(("convert", "trained/ToyNet/last/ppcls", "weights", "--to", "safetensors")),
    "convert 2020": Row(("convert", "trained/ToyNet/last/ppcls", "weights", "--to", "pdparams")),
    "download": Row(("download", "--list"), writes=False, skips=READS),
    "doctor": reads("doctor", codes=(1,), skips=tuple((fault, SLOW) for fault in (
        "read-only folder", "output closed", "console gone", "full console"))),
    "new-plugin": Row(("new-plugin", "acme-blur", "--kind", "op")),
    "augment": Row(("augment", "toy.yaml", IMAGE, "-o", "aug.png")),
    "data digits": Row(("data", "digits", "digits")),
    "data lists": Row(("data", "lists", "data/train", "--out", "lists")),
    "data flowers102": Row(("data", "flowers102", "flowers"), codes=(2,)),
    "data stats": Row(("data", "stats", "data/train", "--html", "stats.html")),
    "repack": Row(("repack", "lists_made/train_list.txt", "packed", "--data-dir", "data/train", "--workers", "1")),
    "search": Row(("search", "space.yaml", "--trials", "1", "--plugin", TOY), trains=True, skips=tuple(
        (fault, SLOW) for fault in ("output closed", "full output", "read-only cache", "kill -9"))),
    "serve": Row(("serve", "onnx", "--port", "0"), writes=False, until="listening", skips=READS),
    "ssld dedup": Row(("ssld", "dedup", "data/train", "--out", "dedup", "--threads", "1")),
    "ssld label": Row(("ssld", "label", "onnx", "data/train", "--out", "labels", "--topk", "2")),
    "ssld select": Row(("ssld", "select", "labels_made", "--per-class", "2", "--out", "selected.txt")),
    "ssld merge": Row(("ssld", "merge", "lists_made/train_list.txt", "--root", "data/train", "--out", "merged.txt")),
}
"""Every command and action; `test_table` compares the names with those that the program knows."""

PREPARE: Tuple[Tuple[str, ...], ...] = (
    ("train", "toy.yaml", "-o", "model_save_dir=trained"),
    ("export", "trained/ToyNet", "inference", "inference"),
    ("export", "trained/ToyNet", "onnx", "onnx"),
    ("data", "lists", "data/train", "--out", "lists_made"),
    ("ssld", "label", "onnx", "data/train", "--out", "labels_made", "--topk", "2"),
)


def prepare(forks: Forks, folder: Path) -> Path:
    """Make the workspace that every cell copies: a run, bundles, lists and soft labels."""
    make_workspace(folder)
    for argv in PREPARE:
        done = forks.run(list(argv), folder)
        assert done.code == 0, f"{argv}: {done.out}{done.err}"
    return folder


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

    def _command(self, row: Row, folder: Path, fault: str, **when: object) -> Result:
        if row.until and "signal" not in when:
            return self._forks.run(list(row.argv), folder, fault, signal="SIGTERM", until=row.until, timeout=60)
        return self._forks.run(list(row.argv), folder, fault, timeout=120, **when)  # type: ignore[arg-type]

    def _run(self, name: str, row: Row, fault: str, folder: Path) -> Tuple[str, str]:
        if fault in SIGNALS:
            after = self._moments.uniform(0.02, max(0.9 * self.straight(name).seconds, 0.05))
            done = self._command(row, folder, "", signal=SIGNALS[fault], after=after)
            allowed = (0, 130, *row.codes) if fault == "Ctrl-C" else (0, -9, *row.codes)
        else:
            done = self._command(row, folder, fault)
            allowed = (0, *row.codes, *((2,) if may_refuse(row, fault) else ()))
        wrong = judge(done, allowed)
        if not wrong and done.code not in (0, *row.codes):
            wrong = self._again(row, folder)
        if not wrong and row.trains and fault in ("console gone", "full console") and not done.code:
            found = [*folder.rglob("best_model/ppcls.pdparams")]
            wrong = "" if len(found) > 1 else "it ended with 0 and left no checkpoint"
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
        table = Table(forks, prepare(forks, Path(place, "base")), Path(place))
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
