# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The shell scripts run in every shell that may be called `sh`: dash on Debian and Ubuntu, bash elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no sh on Windows")


@pytest.fixture(params=["sh", "dash", "bash"])
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"this system has no {request.param}")
    return str(request.param)


@pytest.fixture
def tried(tmp_path: Path, shell: str):
    """Runs a script with programs that print their arguments in place of Python and `nvidia-smi`."""

    def program(name: str, body: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def run(script: str, *arguments: str, gpus: bool, **variables: str) -> list[str]:
        program("nvidia-smi", f"exit {0 if gpus else 1}")
        python = program("python", "for word; do printf '%s\\n' \"$word\"; done")
        done = subprocess.run([shell, str(TOOLS / script), *arguments], capture_output=True, text=True, check=False,
                              env={**os.environ, **variables, "PYTHON": python,
                                   "PATH": f"{tmp_path}:{os.environ['PATH']}"})
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_training_takes_the_launcher_where_there_are_gpus_and_keeps_each_argument_whole(tried) -> None:
    train = [str(TOOLS / "train.py"), "-c", "./configs/ResNet/ResNet50.yaml", "-o", "print_interval=10"]
    given = ["-o", "model_save_dir=a b", "-o", "x=*"]
    assert tried("run.sh", *given, gpus=False) == [*train, *given]
    launch = ["-m", "paddle.distributed.launch", "--devices"]
    assert tried("run.sh", gpus=True) == [*launch, "0,1,2,3", *train]
    assert tried("run.sh", *given, gpus=True, DEVICES="4,5") == [*launch, "4,5", *train, *given]


def test_evaluation_passes_its_arguments_on(tried) -> None:
    assert tried("eval.sh", "-o", "a=b c", gpus=False) == [str(TOOLS / "eval.py"), "-c", "./configs/eval.yaml", "-o",
                                                            "a=b c"]


@pytest.mark.parametrize("script", sorted(path.relative_to(TOOLS).as_posix() for path in TOOLS.rglob("*.sh")))
def test_every_script_is_understood_by_the_shell(script: str, shell: str) -> None:
    done = subprocess.run([shell, "-n", str(TOOLS / script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
