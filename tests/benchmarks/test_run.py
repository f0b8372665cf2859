# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One command runs the benchmarks in turn and keeps their values, beside those of the last time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import run
from results import ROWS_FILE, Row, read_rows, record

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
BENCHMARK = '''
"""Speed of nothing.

    python benchmarks/nothing.py
"""
import sys, time
sys.path.insert(0, {folder!r})
from results import Row, record
record(Row("nothing", "peer", 10.0, "images/s"))
record(Row("nothing", "ours", {speed}, "images/s", "peer", {speed} / 10, 0.9, megabytes=5.0))
{rest}
if __name__ == "__main__":
    pass
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "FOLDER", tmp_path)
    return tmp_path


def write(folder: Path, speed: float, rest: str = "") -> None:
    text = BENCHMARK.format(folder=str(FOLDER), speed=speed, rest=rest)
    (folder / "nothing.py").write_text(text, encoding="utf-8")


def call(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["run.py", "--out", str(folder), *arguments])
    return run.main()


def test_values_reach_the_file_and_the_page_and_the_next_run_shows_the_earlier_ratio(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write(folder, 9.5)
    assert call(folder, monkeypatch) == 0
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))["benchmarks"]["nothing"]
    assert found["exit_code"] == 0
    assert found["peak_megabytes"] > 1
    assert [row["value"] for row in found["rows"]] == [10.0, 9.5]
    page = (folder / "results.html").read_text(encoding="utf-8")
    assert "0.95 x peer, goal at least 0.9: met, 5 MB" in page
    assert "<tr class=missed>" not in page
    write(folder, 8.0)
    capfd.readouterr()
    call(folder, monkeypatch)
    assert "ours: 8 images/s, 0.80 x peer, goal at least 0.9: missed, 5 MB   earlier 0.95 x" in capfd.readouterr().out
    assert "<tr class=missed>" in (folder / "results.html").read_text(encoding="utf-8")


def test_a_failing_benchmark_keeps_its_values_and_is_told_by_the_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 9.5, "sys.exit(3)")
    assert call(folder, monkeypatch, "nothing") == 1
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))["benchmarks"]["nothing"]
    assert found["exit_code"] == 3
    assert len(found["rows"]) == 2


def test_ctrl_c_ends_the_run_and_keeps_what_was_measured(tmp_path: Path) -> None:
    """Ctrl-C reaches all processes of the terminal's group, the benchmark too."""
    write(tmp_path, 9.5, "open('started', 'w').close(); time.sleep(600)")
    code = f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import run, pathlib; run.FOLDER = pathlib.Path('.'); " \
           "sys.argv = ['run.py', '--out', '.']; sys.exit(run.main())"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait() == 130
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["benchmarks"]["nothing"]
    assert len(found["rows"]) == 2


def test_the_list_names_every_benchmark_and_an_unknown_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call(tmp_path, monkeypatch, "--list") == 0
    listed = capsys.readouterr().out
    assert {line.split()[0] for line in listed.splitlines()} >= {"input_pipeline", "training", "inference", "serving"}
    with pytest.raises(SystemExit) as stopped:
        call(tmp_path, monkeypatch, "trainig")
    assert stopped.value.code == 2
    assert "no such benchmark: trainig; there are create_model" in capsys.readouterr().err


def test_a_benchmark_alone_writes_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROWS_FILE, raising=False)
    record(Row("a", "b", 1.0, "s"))
    monkeypatch.setenv(ROWS_FILE, str(tmp_path / "rows"))
    record(Row("a", "b", 1.0, "s", less=True, goal=2.0))
    assert [row.met for row in read_rows(tmp_path / "rows")] == [True]


@pytest.mark.parametrize("name", list(run.benchmarks()))
def test_help_of_every_benchmark_says_how_long_it_takes(name: str) -> None:
    shown = subprocess.run([sys.executable, str(FOLDER / f"{name}.py"), "--help"], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert "Duration:" in shown.stdout
