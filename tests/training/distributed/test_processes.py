# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Real processes: killed, interrupted, and two that train together."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from ppclas_core.config.load import load_config
from ppclas_core.testing import toy
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are a matter of POSIX")


def start(folder: Path, values, *arguments: str) -> subprocess.Popen:
    """`ppclas run` in a process of its own."""
    (folder / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    command = [sys.executable, "-m", "ppclas_core", "run", "toy.yaml", "--plugin", toy.__file__, *arguments]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "OMP_NUM_THREADS": "1"})


def wait_for(path: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_kill_9_and_resume_is_the_straight_run(values, make_config, tmp_path, same_checkpoint):
    values.update(epochs=20, save_interval=5, use_ema=True, ema_decay=0.99)
    values["TRAIN"]["num_workers"] = 2
    straight = train(make_config(values)).run_dir
    straight = straight.rename(straight.with_name("straight"))
    process = start(tmp_path, values)
    run = tmp_path / "output" / "ToyNet"
    wait_for(run / "5", process)
    process.kill()
    process.communicate()
    assert json.loads((run / "last" / "state.json").read_text(encoding="utf-8"))["finished"] is False
    train(make_config(values), resume=True)
    for name in ("last", "best_model", "15", "19"):
        same_checkpoint(straight / name, run / name)


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_checkpoint_and_says_how_to_go_on(values, make_config, tmp_path, signum, code):
    values.update(epochs=5000, save_interval=5000)
    process = start(tmp_path, values)
    run = tmp_path / "output" / "ToyNet"
    wait_for(run / "last", process)
    process.send_signal(signum)
    _, said = process.communicate(timeout=300)
    assert process.returncode == code
    assert "--resume" in said
    assert "Traceback" not in said
    found = re.search(r"interrupted at epoch (\d+) step (\d+)", said)
    assert found is not None
    state = json.loads((run / "last" / "state.json").read_text(encoding="utf-8"))
    assert (state["epoch"], state["step"]) == (int(found[1]), int(found[2]))


def test_two_processes_evaluate_every_image_once_and_agree_with_one(values, tmp_path, run_by_two_processes):
    """Running statistics are averaged before the evaluation, so what is saved is what was evaluated."""
    run = run_by_two_processes(values)
    records = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    evaluations = [record for record in records if record["kind"] == "eval"]
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    assert [record["samples"] for record in evaluations] == [13, 13, 13]
    assert report["loss"] in [pytest.approx(record["loss"], rel=1e-6) for record in evaluations]
    alone = evaluate(load_config(tmp_path / "toy.yaml"), run)
    assert (alone.samples, alone.top1) == (13, report["top1"])
    assert alone.loss == pytest.approx(report["loss"], rel=1e-5)
