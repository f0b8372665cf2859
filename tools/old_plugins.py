# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run the plugins of an earlier commit with the core of this checkout: `python tools/old_plugins.py [NAME ...]`.

tests/golden/plugin_interface.txt names the commit whose plugins every later core of the same minor version must run.
They are built into wheels and installed with a wheel of this core into a fresh environment, outside the checkout. There
every target is imported, the conformance tests of that commit run, and a config is trained.

NAME is the folder of a plugin; without one, all plugins that need no further tools run. The plugin of the trained model
is installed in any case. Third-party libraries are those of the environment that runs the script.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import venv
from pathlib import Path
from typing import List, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, is_light
from usage import help_asked
from versions import current_version

RECORD = ROOT / "tests" / "golden" / "plugin_interface.txt"
CONFIG = "quick_start/digits_MobileNetV3_small.yaml"
RUN = "output/MobileNetV3_small_x0_5"
NOT_OF_CORE = ("plugins", "tests", "docs", "benchmarks", "dataset")
"""Folders that the wheel of core does not need."""

NEEDED = ("ppclas-models-mobile",)
"""Plugins that the config needs."""


def recorded_commit(record: Path) -> str:
    """Return the commit in the record: its only line that is no comment."""
    lines = record.read_text(encoding="utf-8").splitlines()
    return next(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def extract(repository: Path, commit: str, out: Path) -> None:
    """Write the plugins and setup.cfg of a commit into a folder.

    Raises:
        SystemExit: the folder is no clone, or the clone does not have the commit.
    """
    known = subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=repository, capture_output=True)
    if known.returncode:
        raise SystemExit(f"{repository} has no commit {commit}, whose plugins are run with this core\n"
                         "  a shallow clone gets it by: git fetch --unshallow")
    archive = subprocess.run(["git", "archive", "--format=tar", commit, "plugins", "setup.cfg"], cwd=repository,
                             check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(out)


def copy_core(out: Path) -> Path:
    """Copy what the wheel of core is built from, without earlier builds, whose removed modules would return."""
    tracked = subprocess.run(["git", "ls-files", "-z", "--", ".", *(f":!{name}" for name in NOT_OF_CORE)], cwd=ROOT,
                             check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():  # a removed file is tracked until the commit
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, out / name)
    return out


def check_minor(old: str, new: str) -> None:
    """Refuse a record of another minor version, whose plugins this core need not run.

    Raises:
        SystemExit: the versions differ before the patch number.
    """
    if old.split(".")[:2] != new.split(".")[:2]:
        raise SystemExit(f"{RECORD.name} names a commit of version {old}, but this core is {new}, which may break its "
                         f"plugins\n  write the commit of the first release of {new} into {RECORD.relative_to(ROOT)}")


def folders(old: Path, names: Sequence[str]) -> List[Path]:
    """Return the folders of the plugins to build.

    Raises:
        SystemExit: the commit has no plugin of a name.
    """
    there = {path.parent.name: path.parent for path in sorted(old.glob("plugins/*/setup.cfg"))}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise SystemExit(f"that commit has no plugin '{unknown[0]}'; it has: {', '.join(there)}")
    return [folder for name, folder in there.items() if (name in (*names, *NEEDED) if names else is_light(folder))]


class FreshEnvironment:
    """Virtual environment with wheels of ppclas; third-party libraries come from the running one, through a .pth file.

    Args:
        folder: folder of the environment.
        plugins: names of the plugins in use; others of the running environment are visible, but not importable.
    """

    def __init__(self, folder: Path, plugins: Sequence[str]) -> None:
        self._plugins = plugins
        venv.create(folder, with_pip=True)
        self._bin = folder / ("Scripts" if os.name == "nt" else "bin")
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = subprocess.run([self._bin / "python", "-c", code], check=True, capture_output=True, text=True).stdout
        Path(site.strip(), "third_party.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    def run(self, step: str, *arguments: str, cwd: Path) -> None:
        """Run `python ARGUMENTS` in a folder and print the time.

        Raises:
            SystemExit: it fails.
        """
        started = time.monotonic()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PPCLAS"))}
        kept.update(PPCLAS_STRICT_PLUGINS="1", PPCLAS_PLUGINS=",".join(self._plugins))
        done = subprocess.run([self._bin / "python", *arguments], cwd=cwd, env=kept)
        print(f"{step}: {'OK' if done.returncode == 0 else 'failed'} ({time.monotonic() - started:.0f} s)", flush=True)
        if done.returncode:
            raise SystemExit(f"plugins of the recorded commit fail with this core: {step}\n"
                             "  restore what they use, or deprecate it; see docs/reference/compatibility.md")


def build(sources: Sequence[Path], out: Path) -> List[str]:
    """Build one wheel per folder; return their paths."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                    "--disable-pip-version-check", "--wheel-dir", str(out), *map(str, sources)], check=True)
    return [str(path) for path in sorted(out.glob("*.whl"))]


def run_all(work: Path, names: Sequence[str]) -> None:
    """Build, install and run the plugins in an empty folder.

    Raises:
        SystemExit: a step fails.
    """
    old, new, place = work / "old", work / "new", work / "project"
    for folder in (new, place):
        folder.mkdir()
    commit = recorded_commit(RECORD)
    extract(ROOT, commit, old)
    check_minor(current_version(old), current_version(ROOT))
    plugins = folders(old, names)
    print(f"{len(plugins)} plugins of {commit[:12]} with the core of this checkout", flush=True)
    wheels = build([copy_core(new), *plugins], work / "wheels")
    fresh = FreshEnvironment(work / "env", [folder.name for folder in plugins])
    fresh.run("install", "-m", "pip", "install", "--quiet", "--no-deps", *wheels, cwd=place)
    fresh.run("import every target", "-m", "ppclas_core", "plugins", "--check", cwd=place)
    tests = [str(path) for folder in plugins if not names or folder.name in names
             for path in sorted(folder.glob("tests/test_*conformance.py"))]
    fresh.run("conformance tests", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib",
              "-m", "not slow", "-k", "not TestPublished", f"--rootdir={old}", *tests, cwd=place)
    fresh.run("data", "-m", "ppclas_core", "data", "digits", cwd=place)
    fresh.run("training", "-m", "ppclas_core", "run", CONFIG, "-o", "epochs=1", cwd=place)
    fresh.run("export", "-m", "ppclas_core", "export", RUN, "inference", "bundle", cwd=place)


def main() -> int:
    """Run the plugins in a temporary folder; return 0 if all steps succeed."""
    with tempfile.TemporaryDirectory(prefix="ppclas-old-plugins-") as work:
        run_all(Path(work), sys.argv[1:])
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
