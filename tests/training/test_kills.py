# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: kill -9 at any moment loses nothing: the run that is resumed is the straight one, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import paddle
import pytest
import yaml

from ppclas_core.plugins.catalogue import catalogue

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills and forks are a matter of POSIX")

KILLER = '''
"""argv: config, number of kills. Trains once straight and once killed at random moments; each in a fork of this
process, which has everything imported, so that a life is short."""
import os, random, signal, sys, time
from pathlib import Path
from ppclas_core.config.load import load_config
import paddle
from ppclas_core.training.run_training import train
from ppclas_core.testing.toy import toy_catalogue
import ppclas_core.training.trainer, ppclas_core.data.workers.processes

toy_catalogue()

def life(folder, seconds):
    """Exit code of a training, or None when it was killed."""
    child = os.fork()
    if child == 0:
        sys.stderr = open(os.devnull, "w")
        try:
            train(load_config(sys.argv[1], [f"model_save_dir={folder}"]), resume=True)
        except BaseException:
            import traceback
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
            os._exit(1)
        os._exit(0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None

started = time.monotonic()
assert life("straight", 500) == 0
whole = time.monotonic() - started
moments, kills, runs = random.Random(7), 0, 1
while kills < int(sys.argv[2]):
    code = life(f"killed{runs}", moments.uniform(0.02, max(whole / 4, 0.6)))
    assert code in (None, 0), code
    kills += code is None
    runs += code == 0  # it got through: the next one is a new run
assert life(f"killed{runs}", 500) == 0
print(kills, runs)
'''


def survives(folder: Path, values, kills: int, same_checkpoint) -> None:
    """Train under so many kills, in one run or several, and compare every checkpoint with that of the straight run."""
    del values["model_save_dir"]
    (folder / "killer.py").write_text(KILLER, encoding="utf-8")
    (folder / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    done = subprocess.run([sys.executable, "killer.py", "toy.yaml", str(kills)], cwd=folder, capture_output=True,
                          text=True, timeout=1500, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    came, runs = map(int, done.stdout.split()[-2:])
    assert came == kills
    straight = folder / "straight" / "ToyNet"
    names = sorted(path.name for path in straight.iterdir() if path.is_dir())
    for run in (folder / f"killed{number}" / "ToyNet" for number in range(1, runs + 1)):
        assert names == sorted(path.name for path in run.iterdir() if path.is_dir())
        others = [path for path in run.parent.iterdir() if path.name != "ToyNet"]  # killed before a first checkpoint
        assert not [path for path in others if (path / "last").exists()]
        for name in names:
            same_checkpoint(straight / name, run / name)
        assert curve(straight) == curve(run)


def curve(run: Path):
    """The records of a run without their times, which come last."""
    return [line.partition('"seconds"')[0] for line in (run / "metrics.jsonl").read_text().splitlines()]


def with_all_on(values):
    """EMA, mixing, warm-up, two workers."""
    pytest.importorskip("ppclas_augment_mix")
    values.update(use_ema=True, ema_decay=0.99, use_mix=True, save_interval=5)
    values["TRAIN"].update(num_workers=2, mix=[{"CutmixOperator": {"alpha": 0.4}}])
    values["LEARNING_RATE"] = {"function": "CosineWarmup", "params": {"lr": 0.01, "warmup_epoch": 2}}
    return values


@pytest.mark.parametrize("name", ["Momentum", *(pytest.param(name, marks=pytest.mark.slow)
                                                for name in catalogue().names("optimizer") if name != "Momentum")])
def test_ten_epochs_are_five_a_kill_and_the_rest(values, tmp_path, same_checkpoint, name):
    if name != "LarsMomentum" and not hasattr(paddle.optimizer, name):
        pytest.skip(f"this Paddle has no {name}")
    with_all_on(values).update(epochs=10, OPTIMIZER={"function": name})
    survives(tmp_path, values, 3, same_checkpoint)


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_need_no_hand(values, tmp_path, same_checkpoint):
    with_all_on(values).update(epochs=60, save_interval=20)
    survives(tmp_path, values, 50, same_checkpoint)


