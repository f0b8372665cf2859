# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Two machines, which are two launches on two loopback addresses: they train as one process, and die together.

The commands are those of docs/how-to/training.md. A launch looks up the address of its host name; here
the tests give it one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pytest
import yaml

from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of Linux alone"),
              pytest.mark.xdist_group("launches")]

ROOT = Path(__file__).resolve().parents[3]
ADDRESSES = ("127.0.0.2", "127.0.0.3")
MACHINE = '''
"""argv: address of this machine, then the arguments of the launch."""
import runpy, socket, sys
address = sys.argv.pop(1)
socket.gethostbyname = lambda name: address
runpy.run_module("paddle.distributed.launch", run_name="__main__")
'''


def install(folder: Path, name: str, module: str) -> Path:
    """A folder for PYTHONPATH in which a module is an installed plugin."""
    info = folder / "site" / f"ppclas_{name}-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ppclas-{name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[ppclas.plugins.v1]\n{name} = {module}\n", encoding="utf-8")
    return info.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESSES[0], 0))
        return int(probe.getsockname()[1])


def launch(folder: Path, values: Dict[str, Any], program: str = "train", *flags: str) -> List[Tuple[int, str]]:
    """(exit code, all that was said) of each machine; `program` is that of tools/."""
    (folder / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (folder / "machine.py").write_text(MACHINE, encoding="utf-8")
    site = install(folder, "toy", "ppclas_core.testing.toy")
    environment = {key: value for key, value in os.environ.items()
                   if key != "CUDA_VISIBLE_DEVICES" and not key.startswith("PADDLE_")}
    places = [str(site), os.environ.get("PYTHONPATH")]
    environment.update(OMP_NUM_THREADS="1", PYTHONPATH=os.pathsep.join(place for place in places if place))
    port, started = free_port(), []
    for rank, address in enumerate(ADDRESSES):
        command = [sys.executable, "machine.py", address, "--master", f"{ADDRESSES[0]}:{port}", "--nnodes", "2",
                   "--rank", str(rank), "--nproc_per_node", "1", "--log_dir", f"log{rank}",
                   str(ROOT / "tools" / f"{program}.py"), "-c", "toy.yaml", *flags]
        started.append(subprocess.Popen(command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT))
    try:
        said = [process.communicate(timeout=900)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    return [(process.returncode, text) for process, text in zip(started, said)]


def test_two_machines_train_and_evaluate_as_one_process(values, make_config, tmp_path):
    """Parameters agree to 1e-5 and metrics too; the first machine alone writes."""
    values.update(epochs=2, sync_bn=True, OPTIMIZER={"function": "SGD"})
    values["LEARNING_RATE"]["params"]["lr"] = 0.5
    alone = train(make_config(values)).run_dir
    values["model_save_dir"] = "two"
    machines = launch(tmp_path, values)
    assert [code for code, _ in machines] == [0, 0], machines
    run = tmp_path / "two" / "ToyNet"
    one, two = (read_pickle(folder / "last" / "ppcls.pdparams") for folder in (alone, run))
    for key, value in one.items():
        assert np.abs(two[key] - value).max() < 1e-5 * max(np.abs(value).max(), 1.0), key
    kept = [[json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
            for folder in (alone, run)]
    assert [record["kind"] for record in kept[0]] == [record["kind"] for record in kept[1]]
    for left, right in zip(*kept):
        for key in ("loss", "top1", "topk", "samples", "lr"):
            if key in left and left["kind"] != "step":  # a line of a step is of the first process's part
                assert right[key] == pytest.approx(left[key], rel=1e-4), (left, right)
    assert sum(text.count("epoch:0 train step:0") for _, text in machines) == 1
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["ToyNet"]
    values["pretrained_model"] = str(alone)
    counted = launch(tmp_path, {**values, "mode": "valid"}, "eval")
    assert [code for code, _ in counted] == [0, 0], counted
    expected = evaluate(make_config(values), alone)
    assert f"top1 {expected.top1:.4f}" in counted[0][1]
    assert "samples 13\n" in counted[0][1]


@pytest.mark.slow
def test_a_process_that_is_killed_on_one_machine_ends_the_other_and_both_can_go_on(values, tmp_path, killer):
    source = install(tmp_path, "killer", "killer") / "killer.py"
    source.write_text(killer, encoding="utf-8")
    values.update(epochs=4, callbacks=[{"Killer": {}}])
    (_, survivor), (_, killed) = machines = launch(tmp_path, values)
    assert all(code != 0 for code, _ in machines), machines
    assert "process 0 of 2 lost the connection to another one" in survivor
    assert "--resume" in survivor
    assert "Traceback" not in survivor
    assert "-9" in killed
    state = json.loads((tmp_path / "output/ToyNet/last/state.json").read_text(encoding="utf-8"))
    assert state["epoch"] == 2
    source.write_text(killer.replace("== 2", "== 9"), encoding="utf-8")
    again = launch(tmp_path, values, "train", "--resume")
    assert [code for code, _ in again] == [0, 0], again
    assert "4 epochs" in again[0][1]
