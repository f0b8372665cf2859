# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Real wheels, and an environment that holds nothing of ppclas but them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import List

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Environment:
    """A virtual environment; third-party libraries come from the one that runs the tests, ppclas does not.

    A path in a .pth file is searched, but .pth files inside it are not read: editable installations stay out.
    """

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = Path(self.run("python", "-c", code).stdout.strip())
        (site / "third_party.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def run(self, *command: str, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A program of the environment; its failure shows its output."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PPCLAS"))}
        result = subprocess.run([str(self.bin / command[0]), *command[1:]], cwd=cwd, env=environment,
                                capture_output=True, text=True)
        assert not check or result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
        return result


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> List[Path]:
    """Wheels of core, every plugin and the metapackage."""
    out = tmp_path_factory.mktemp("dist")
    folders = [ROOT, *(path.parent for each in ("plugins", "packaging") for path in (ROOT / each).glob("*/setup.cfg"))]
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                    "--wheel-dir", str(out), *map(str, folders)], check=True, capture_output=True)
    found = sorted(out.glob("*.whl"))
    assert len(found) == len(folders)
    return found


@pytest.fixture(scope="session")
def environment(wheels: List[Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with all wheels installed."""
    made = Environment(tmp_path_factory.mktemp("env") / "venv")
    made.run("python", "-m", "pip", "install", "--quiet", "--no-deps", *map(str, wheels))
    return made
