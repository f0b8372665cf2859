# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Ctrl-C at any moment of an evaluation, also while Paddle exports the network, ends it without a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from ppclas_core.testing import toy

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and signals are a matter of POSIX")

INTERRUPTER = '''
"""argv: config, weights, plugin, delays... Evaluates in forks of this process, which has everything imported, and sends
SIGINT so many seconds after the weights were loaded. Prints the exit code of each that was still at work."""
import os, signal, sys, time
from ppclas_core.cli import main
import paddle
import ppclas_core.training.builders, ppclas_core.data.from_config, ppclas_core.training.evaluate
import ppclas_core.training.inference_evaluation, ppclas_core.runtimes.paddle_inference

signal.signal(signal.SIGINT, signal.default_int_handler)
for delay in map(float, sys.argv[4:]):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os.close(reading)
        os.close(writing)
        code = 99
        try:
            code = main(["eval", sys.argv[1], "--weights", sys.argv[2], "--plugin", sys.argv[3]])
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with open(reading, encoding="utf-8") as lines:
        assert any(line.startswith("weights ") for line in lines), "it ended before the weights were loaded"
        time.sleep(delay)
        at_work = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        os.kill(child, signal.SIGINT)
        said = lines.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finished = "samples 300" in said  # the signal came in the moment of the end
    print("finished" if finished or not at_work else f"{code} {said.strip().splitlines()[-1]}")
'''


def test_ctrl_c_at_any_moment_of_an_evaluation_ends_it_with_130(tmp_path: Path) -> None:
    import cv2

    toy.toy_checkpoint(tmp_path / "weights", num_classes=3, side=8)
    rng, lines = np.random.default_rng(3), []
    for index in range(300):
        cv2.imwrite(str(tmp_path / f"{index}.png"), rng.integers(0, 256, (8, 8, 3)).astype(np.uint8))
        lines.append(f"{index}.png {rng.integers(3)}\n")
    (tmp_path / "val.txt").write_text("".join(lines), encoding="utf-8")
    transforms = [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    values = {"mode": "valid", "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 3, "image_shape": [3, 8, 8],
              "topk": 2, "device": "cpu", "VALID": {
                  "batch_size": 8, "num_workers": 2, "file_list": str(tmp_path / "val.txt"), "data_dir": str(tmp_path),
                  "transforms": transforms}}
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    delays = ["0", "0.05", "0.2", "0.5"]
    done = subprocess.run([sys.executable, "-c", INTERRUPTER, str(tmp_path / "toy.yaml"), str(tmp_path / "weights"),
                           toy.__file__, *delays], capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    outcomes = done.stdout.splitlines()
    assert len(outcomes) == len(delays)
    assert set(outcomes) <= {"130 ppclas: interrupted", "finished"}
    assert outcomes[0] != "finished"
