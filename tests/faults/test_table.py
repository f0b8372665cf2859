# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every command on every machine that is not well: see `table.py`, which also prints the table by itself."""

from __future__ import annotations

import argparse
import sys
from typing import Set

import pytest

from ppclas_core.plugins.catalogue import catalogue
from tests.faults.forks import Result
from tests.faults.rows import ROWS
from tests.faults.table import FAULTS, SIGNALS, judge, may_refuse, run_table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full, capabilities and fork are Linux's")


def known_commands() -> Set[str]:
    """Return every command, with its actions where it has some."""
    found = set()
    for entry in catalogue().entries("command"):
        parser = argparse.ArgumentParser()
        catalogue().target(entry)(parser)
        actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        names = [name for action in actions for name in action.choices]
        found |= {f"{entry.record.name} {name}" for name in names} or {entry.record.name}
    return found


def test_every_command_has_a_row() -> None:
    pytest.importorskip("ppclas_search")
    pytest.importorskip("ppclas_serve")
    commands = known_commands()
    assert {"data lists", "ssld merge", "serve", "search", "run"} <= commands
    without = [name for name in commands if not any(f"{row.line} ".startswith(f"{name} ") for row in ROWS.values())]
    assert not without, "a new command needs a row in tests/faults/rows.py"


def test_a_column_that_is_left_out_exists_and_says_why() -> None:
    for name, row in ROWS.items():
        for fault, reason in row.skips:
            assert fault in FAULTS, name
            assert len(reason) > 10, name
        assert {fault for fault, _ in row.skips} < set(FAULTS), name
    assert set(SIGNALS) < set(FAULTS)


@pytest.mark.parametrize(("done", "allowed"), [
    (Result(1, 0, "", "ppclas: internal error: KeyError: 'x'"), (0, 1)),
    (Result(0, 0, "", "Traceback (most recent call last):\n"), (0,)),
    (Result(0, 0, "", "Exception ignored in: <stdout>"), (0,)),
    (Result(1, 0, "", "ppclas: no"), (0, 2)),
    (Result(2, 0, "", "no place named"), (0, 2)),
    (Result(2, 0, "", "ppclas: line\n" * 50), (0, 2)),
])
def test_a_wrong_end_is_seen(done: Result, allowed: tuple[int, ...]) -> None:
    assert judge(done, allowed)


def test_a_command_that_writes_nothing_may_not_refuse_a_read_only_folder() -> None:
    assert may_refuse(ROWS["run"], "read-only folder")
    assert not may_refuse(ROWS["eval"], "read-only folder")
    assert not may_refuse(ROWS["run"], "full console")
    assert not may_refuse(ROWS["list"], "output closed")


@pytest.mark.xdist_group("faults")
def test_every_command_holds_on_every_faulty_machine(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ppclas_search")
    pytest.importorskip("ppclas_serve")
    pytest.importorskip("ppclas_export_onnx")
    pytest.importorskip("ppclas_distill")
    wrong = run_table(list(ROWS))
    assert not wrong, "\n".join(wrong)
