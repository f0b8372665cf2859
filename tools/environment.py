# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The virtual environment of the tools: `.venv`, with this checkout and its plugins."""

from __future__ import annotations

import configparser
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, List, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("PPCLAS_VENV", ROOT / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
METAPACKAGE = ROOT / "packaging" / "ppclas"
"""Distribution `ppclas`: core and the light plugins under one name."""


def distributions() -> List[Path]:
    """Return the folders of the plugin distributions of this checkout."""
    return sorted(path.parent for path in (ROOT / "plugins").glob("*/setup.cfg"))


def remove_build_folders() -> None:
    """Remove `build/lib` of core, plugins and metapackage: setuptools adds removed modules left there to wheels."""
    for folder in [ROOT, *distributions(), METAPACKAGE]:
        shutil.rmtree(folder / "build" / "lib", ignore_errors=True)


def light_distributions() -> List[Path]:
    """Return the distributions that install no third-party tool and compile nothing."""
    return [folder for folder in distributions() if is_light(folder)]


def is_light(folder: Path) -> bool:
    """Return whether a distribution requires core only and compiles nothing."""
    parser = configparser.ConfigParser()
    parser.read(folder / "setup.cfg", encoding="utf-8")
    required = parser["options"]["install_requires"].split("\n")
    return not (folder / "setup.py").exists() and all(line.startswith("ppclas-core") for line in required if line)


def ensure(extras: Sequence[str] = ("cpu",), *, everything: bool = False) -> None:
    """Create the environment if it is missing, and install core (with extras), plugins and metapackage, editable.

    A second call with unchanged setup files does nothing. Exits with a message when pip or venv fails.

    Args:
        extras: extras of core.
        everything: install also the plugins with third-party tools or a compiled part.
    """
    if tuple(sys.version_info) < (3, 9):  # a tuple, so that old versions can run the check
        raise SystemExit(f"ppclas needs Python 3.9 or newer; this is {sys.version.split()[0]}")
    if not PYTHON.exists():
        print(f"creating {_relative(VENV)} with Python {sys.version.split()[0]}", flush=True)
        result = subprocess.run([sys.executable, "-m", "venv", str(VENV)])
        if result.returncode:
            raise SystemExit("the venv module failed; on Debian and Ubuntu: apt-get install python3-venv")
    folders = distributions() if everything else light_distributions()
    _once(_fingerprint(extras, folders), lambda: _install(extras, folders))
    # apart, since its requirements are installed by the step before, whatever the extras
    _once(_fingerprint((), [METAPACKAGE]),
          lambda: _pip("install", "--no-build-isolation", "--no-deps", "-e", str(METAPACKAGE)))


def _once(fingerprint: str, install: Callable[[], None]) -> None:
    """Install unless the environment has a stamp of this fingerprint, and write the stamp."""
    stamp = VENV / ".ppclas-installed"
    installed = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if fingerprint not in installed:
        install()
        stamp.write_text("\n".join([*installed, fingerprint]) + "\n", encoding="utf-8")


def _install(extras: Sequence[str], folders: Sequence[Path]) -> None:
    """Install core and plugins."""
    core = f"{ROOT}[{','.join(extras)}]"
    print(f"installing ppclas-core[{','.join(extras)}] and {len(folders)} plugins (minutes the first time)", flush=True)
    _pip("install", "--upgrade", "pip", "setuptools>=64", "wheel")
    # build isolation would create one environment per plugin; setuptools is installed already
    arguments = ["install", "--no-build-isolation", "-e", core]
    for folder in folders:
        arguments += ["-e", str(folder)]
    _pip(*arguments)
    _repair_opencv()


def run(*command: str, check: bool = True) -> int:
    """Run a program of the environment in the checkout with visible output; exit with its code if it fails."""
    program = BIN / command[0]
    code = subprocess.run([str(program), *command[1:]], cwd=ROOT).returncode
    if check and code:
        raise SystemExit(code)
    return code


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise SystemExit(f"pip failed; the command was: {' '.join(command)}")


def _repair_opencv() -> None:
    """Replace opencv-python by the headless wheel if system libraries of its window code are missing."""
    if subprocess.run([str(PYTHON), "-c", "import cv2"], capture_output=True).returncode == 0:
        return
    print("import cv2 fails: system libraries are missing; installing opencv-python-headless instead", flush=True)
    _pip("uninstall", "-y", "opencv-python")
    _pip("install", "--force-reinstall", "--no-deps", "opencv-python-headless")
    if subprocess.run([str(PYTHON), "-c", "import cv2"]).returncode:
        raise SystemExit("import cv2 still fails; on Debian and Ubuntu: apt-get install libgl1 libglib2.0-0")


def _fingerprint(extras: Sequence[str], folders: Sequence[Path]) -> str:
    digest = hashlib.sha256("\n".join(sorted(extras)).encode())
    for path in [ROOT / "setup.cfg", *(folder / "setup.cfg" for folder in folders)]:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
