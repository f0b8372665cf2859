# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The compiled plugin: its wheel brings the library along; without a compiler it installs and says what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "plugins" / "ppclas-decode-turbo"

pytestmark = [pytest.mark.wheels, pytest.mark.skipif(sys.platform != "linux", reason="looks at shared objects")]


def build(folder: Path, **environment: str) -> tuple[Path, str]:
    """The unpacked wheel, and what the build said."""
    shutil.copytree(PLUGIN, folder / "source", ignore=shutil.ignore_patterns("*.so*", "build", "*.egg-info"))
    result = subprocess.run([sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "--no-build-isolation",
                             "--wheel-dir", str(folder / "dist"), str(folder / "source")],
                            env={**os.environ, **environment}, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked", result.stdout + result.stderr


def run(folder: Path, code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_wheel_brings_the_library(tmp_path: Path) -> None:
    folder, said = build(tmp_path)
    if "NOT built" in said:
        pytest.skip("no compiler, or no headers of libjpeg-turbo")
    (module,) = (folder / "ppclas_decode_turbo").glob("_turbo*.so")
    linked = subprocess.run(["ldd", str(module)], capture_output=True, text=True, check=True).stdout
    places = [line.split(" => ")[1].split(" (")[0] for line in linked.splitlines() if "libjpeg" in line]
    assert all(Path(place).resolve().parent == module.resolve().parent for place in places), linked
    code = ("import cv2, numpy as np; from ppclas_decode_turbo.decode import TurboDecode; "
            "data = cv2.imencode('.jpg', np.full((9, 9, 3), 7, np.uint8))[1].tobytes(); "
            "print(TurboDecode().open(data).region((1, 2, 3, 4)).shape)")
    assert run(folder, code).strip() == "(4, 3, 3)"


def test_without_a_compiler_it_installs_and_says_what_it_lacks(tmp_path: Path) -> None:
    folder, said = build(tmp_path, CC="/bin/false")
    assert "its C part was NOT built" in said
    assert "apt-get install" in said
    assert not list((folder / "ppclas_decode_turbo").glob("*.so*"))
    code = ("from ppclas_core.errors import UserError\n"
            "try:\n    import ppclas_decode_turbo.decode\nexcept UserError as error:\n    print(error)")
    message = run(folder, code)
    assert "was installed without its C part" in message
    assert "decoder: opencv" in message
