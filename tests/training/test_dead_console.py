# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: A training outlives its console: broken pipes and full disks neither stop it nor change its result."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppclas_core.system import console
from ppclas_core.testing import toy
from ppclas_core.training.run_training import train

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes that break are a matter of POSIX")


class Terminal(io.StringIO):
    """A terminal that is closed after a few writes."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.left -= 1
        if self.left < 0:
            raise OSError(5, "Input/output error")
        return super().write(text)


def records(run: Path) -> list[str]:
    """The records of a run without their times, which come last."""
    return [line.partition('"seconds"')[0] for line in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("writes", [0, 7])
def test_a_training_outlives_its_terminal_and_the_progress_bar(values, make_config, monkeypatch, writes):
    quiet = train(make_config(values)).run_dir
    values["model_save_dir"] = str(Path(values["model_save_dir"]).with_name("other"))
    monkeypatch.setattr(sys, "stderr", Terminal(writes))
    monkeypatch.setattr(sys, "stdout", Terminal(0))
    loud = train(make_config(values)).run_dir
    assert records(loud) == records(quiet)
    assert (loud / "last" / "ppcls.pdparams").read_bytes() == (quiet / "last" / "ppcls.pdparams").read_bytes()
    told = (loud / "train.log").read_text(encoding="utf-8")
    assert told.count("the console can no longer be written (Input/output error); training continues") == 1
    assert "END epoch:" in told.rpartition("the console")[2]


def test_the_streams_of_a_caller_are_his_own_again_after_a_training(values, make_config):
    before = sys.stdout, sys.stderr
    train(make_config(values))
    assert (sys.stdout, sys.stderr) == before
    assert not isinstance(sys.stdout, console.GuardedStream)


@pytest.mark.parametrize("arguments", [["train"], ["run", "--nproc", "2"]])
def test_train_piped_into_head_trains_to_its_end(values, tmp_path, arguments):
    """Both streams go into a pipe whose reader leaves after one line."""
    values.update(epochs=3)
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    command, *rest = arguments
    process = subprocess.Popen([sys.executable, "-m", "ppclas_core", command, "toy.yaml", "--plugin", toy.__file__,
                                *rest], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    stream: Any = process.stdout
    assert stream.readline()
    stream.close()
    code = process.wait()
    state = tmp_path / "output" / "ToyNet" / "last" / "state.json"
    assert (code, state.is_file()) == (0, True)
    assert '"finished": true' in state.read_text(encoding="utf-8")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_behind_both_streams_leaves_the_result_of_the_training(values, tmp_path):
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "ppclas_core", "run", "toy.yaml", "--plugin", toy.__file__],
                              cwd=tmp_path, stdout=full, stderr=full, check=False,
                              env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0
    assert (tmp_path / "output" / "ToyNet" / "report.html").is_file()
