# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Install, train, export and predict from wheels on several Pythons: `python tools/wheel_matrix.py [3.9 3.12 ...]`.

Builds the wheels of all distributions, or takes those in `--dist`. For each version of Python on this machine, in an
environment and a working folder outside of the checkout: `pip install "ppclas[cpu]"`, `pip check`, three epochs on the
digits, an inference bundle, predictions for three images, `ppclas plugins --check` and `ppclas doctor`. Resolves
further extras without installing them: `[all]` resolves everywhere; `[gpu]` and `[cpu26]` fail at once on Python 3.13.
Prints one table; returns 1 if a cell is not as expected. A version takes about five minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT

VERSIONS = ("3.9", "3.11", "3.12", "3.13")
CONFIG = "quick_start/digits_MobileNetV3_small.yaml"
RUN = "output/MobileNetV3_small_x0_5"
EPOCHS = 3
LEAST = 0.5
"""Lower bound of the top-1 accuracy after `EPOCHS`, which is 0.88; one epoch leaves it at chance level, 0.1."""
SECONDS_TO_REFUSE = 60
"""Limit for pip to refuse an extra without a release; compiling numpy takes minutes."""

Row = Dict[str, str]
"""Cells of the table by column; a cell that starts with `FAILED` fails the run."""


class Sandbox:
    """A virtual environment and an empty working folder, both outside of the checkout.

    Args:
        python: interpreter of the environment.
        folder: new folder of both.
        dist: folder of the wheels.
    """

    def __init__(self, python: str, folder: Path, dist: Path) -> None:
        self._dist = dist
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
        self._bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str, timeout: Optional[float] = None) -> str:
        """Run a program of the environment in the working folder and return its standard output.

        Raises:
            RuntimeError: the exit code is not 0; the message is the command and the end of its output.
            subprocess.TimeoutExpired: it takes longer than `timeout` seconds.
        """
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PPCLAS"))}
        done = subprocess.run([str(self._bin / command[0]), *command[1:]], cwd=self.work, env=environment,
                              capture_output=True, text=True, timeout=timeout)
        if done.returncode:
            end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
            raise RuntimeError(f"{' '.join(command)} returned {done.returncode}:\n{end}")
        return done.stdout

    def pip_install(self, extras: str, *arguments: str, timeout: Optional[float] = None) -> str:
        """Run the documented installation of `ppclas` with these extras; see `run`."""
        return self.run("python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments,
                        "--find-links", str(self._dist), f"ppclas[{extras}]", timeout=timeout)


def main() -> int:
    """Return 0 if every cell of the table is as expected."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("versions", nargs="*", default=VERSIONS, metavar="VERSION",
                        help=f"default: {' '.join(VERSIONS)}")
    parser.add_argument("--dist", type=Path, help="folder of built wheels; default: build them")
    options = parser.parse_args()
    interpreters = {version: interpreter(version) for version in options.versions}
    rows: List[Row] = []
    with tempfile.TemporaryDirectory(prefix="ppclas-wheels-") as scratch:
        dist = options.dist.resolve() if options.dist else build(Path(scratch) / "dist")
        for version, python in interpreters.items():
            if python is not None:
                folder = Path(scratch) / version
                rows.append(try_version(version, Sandbox(python, folder, dist)))
                shutil.rmtree(folder)  # an environment takes gigabytes
    print(table(rows))
    absent = [version for version, python in interpreters.items() if python is None]
    if absent:
        print(f"absent on this machine, not tried: Python {', '.join(absent)}")
    return int(not rows or any(cell.startswith("FAILED") for row in rows for cell in row.values()))


def interpreter(version: str) -> Optional[str]:
    """Return the interpreter of a version from PATH, else from pyenv; None without one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))]
    for python in filter(None, found):
        check = f"import sys; sys.exit(sys.version_info[:2] != {tuple(map(int, version.split('.')))})"
        if subprocess.run([python, "-c", check], capture_output=True).returncode == 0:  # a shim of pyenv may fail
            return python
    return None


def build(dist: Path) -> Path:
    """Build the wheels of all distributions; return their folder."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "build.py"), str(dist)], check=True)
    return dist


def try_version(version: str, sandbox: Sandbox) -> Row:
    """Return the row of one version; after a failed installation it ends."""
    row: Row = {"python": version}
    steps: Tuple[Tuple[str, Callable[[Sandbox], str]], ...] = (
        ("[all]", resolve_all), ("[gpu]", lambda box: resolve_or_refuse(box, "gpu", version)),
        ("[cpu26]", lambda box: resolve_or_refuse(box, "cpu26", version)), ("install", install),
        ("paddle", lambda box: release(box, "paddlepaddle")), ("numpy", lambda box: release(box, "numpy")),
        ("opencv", lambda box: release(box, "opencv-python")), ("pip check", pip_check), ("top-1", train),
        ("exported", export), ("predicted", predict), ("plugins", check_plugins), ("doctor", doctor),
    )
    for column, step in steps:
        print(f"Python {version}: {column}", flush=True)
        try:
            row[column] = step(sandbox)
        except Exception as error:  # also a file that a command did not write; the other steps follow
            print(f"Python {version}: {column} FAILED: {error}", flush=True)
            row[column] = "FAILED"
            if column == "install":
                break
    return row


def resolve_all(sandbox: Sandbox) -> str:
    """Resolve `ppclas[cpu,all]` without installing it."""
    sandbox.pip_install("cpu,all", "--dry-run")
    return "resolves"


def resolve_or_refuse(sandbox: Sandbox, extra: str, version: str) -> str:
    """Resolve the extra; on Python 3.13, for which Paddle 2.6 has no release, require that pip names Paddle at once."""
    started = time.monotonic()
    try:
        sandbox.pip_install(extra, "--dry-run", timeout=None if version != "3.13" else SECONDS_TO_REFUSE)
    except RuntimeError as error:
        if version == "3.13" and "No matching distribution found for paddlepaddle" in str(error):
            return f"refused in {time.monotonic() - started:.0f} s"
        raise
    if version == "3.13":
        raise RuntimeError(f"[{extra}] resolves on Python 3.13, for which Paddle 2.6 has no release")
    return "resolves"


def install(sandbox: Sandbox) -> str:
    """Install `ppclas[cpu]`; return the seconds."""
    started = time.monotonic()
    sandbox.pip_install("cpu")
    return f"{time.monotonic() - started:.0f} s"


def release(sandbox: Sandbox, distribution: str) -> str:
    """Return the installed version of a distribution."""
    code = f"from importlib.metadata import version; print(version('{distribution}'))"
    return sandbox.run("python", "-c", code).strip()


def pip_check(sandbox: Sandbox) -> str:
    """Check that the requirements of all installed distributions are met."""
    sandbox.run("python", "-m", "pip", "check")
    return "clean"


def train(sandbox: Sandbox) -> str:
    """Train on the digits; return the accuracy on the held-out ones."""
    sandbox.run("ppclas", "data", "digits")
    sandbox.run("ppclas", "run", CONFIG, "-o", f"epochs={EPOCHS}")
    top1 = float(json.loads((sandbox.work / RUN / "report.json").read_text(encoding="utf-8"))["top1"])
    if top1 < LEAST:
        raise RuntimeError(f"top-1 accuracy {top1} after {EPOCHS} epochs; expected at least {LEAST}")
    return f"{top1:.4f}"


def export(sandbox: Sandbox) -> str:
    """Export the run for inference; the export verifies its outputs."""
    sandbox.run("ppclas", "export", RUN, "inference", "bundle")
    return "inference"


def predict(sandbox: Sandbox) -> str:
    """Predict three held-out images with the bundle; return their number."""
    lines = (sandbox.work / "dataset/digits/val_list.txt").read_text(encoding="utf-8").splitlines()[:3]
    images = [f"dataset/digits/{line.rsplit(' ', 1)[0]}" for line in lines]
    rows = json.loads(sandbox.run("ppclas", "predict", "bundle", *images, "--json"))
    if len(rows) != len(images):
        raise RuntimeError(f"{len(rows)} predictions for {len(images)} images")
    return f"{len(rows)} images"


def check_plugins(sandbox: Sandbox) -> str:
    """Import the targets of all records; return the number of plugins."""
    sandbox.run("ppclas", "plugins", "--check")
    return f"{len(json.loads(sandbox.run('ppclas', 'plugins', '--json'))) - 1} OK"


def doctor(sandbox: Sandbox) -> str:
    """Examine the installation."""
    sandbox.run("ppclas", "doctor")
    return "OK"


def table(rows: List[Row]) -> str:
    """Return the rows as text with one column per key."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [columns, *([row.get(column, "-") for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths)).rstrip() for line in cells)


if __name__ == "__main__":
    raise SystemExit(main())
