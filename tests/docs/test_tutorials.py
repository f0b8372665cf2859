# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A tutorial is done from top to bottom: its commands run as typed and print what the page shows.

In a page of docs/tutorials, a block `console` has commands after `$ ` with their output; `...` stands for any lines,
and numbers with a decimal point may differ. `<!-- file: PATH -->` before a block says where a reader puts its text.
"""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n)?^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Machine:
    """A folder and a virtual environment that has ppclas and its libraries, as the reader of a tutorial has.

    The packages of the environment that runs the tests are visible in it, editable installations too; what pip
    installs goes into the new one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        venv.create(folder / "venv", with_pip=False)
        self.bin = folder / "venv" / "bin"
        here = sysconfig.get_path("purelib")
        site = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
        (site / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")
        for name, module in (("pip", "pip"), ("pytest", "pytest"), ("ppclas", "ppclas_core")):
            script = self.bin / name
            script.write_text(f"#!/bin/sh\nexec '{self.bin / 'python'}' -m {module} \"$@\"\n")
            script.chmod(0o755)

    def run(self, command: str) -> Tuple[int, str]:
        """Run a line of a shell; return the exit code and the output, both streams in one."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PPCLAS", "PYTEST"))}
        # pip takes setuptools from the outer environment and asks no index; pytest runs tests in the order of the files
        settings = {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "PIP_NO_BUILD_ISOLATION": "0",
                    "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "COLUMNS": "100",
                    "PYTEST_ADDOPTS": "-p no:randomly",
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Jo Doe"}
        # a shell, as the reader has one: the page's commands use `||`
        done = subprocess.run(command, shell=True, cwd=self.folder, env={**kept, **settings}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def blocks(page: Path) -> Iterator[Tuple[str, str, str]]:
    """Yield file, language and text of each fenced block; the file is "" where the page names none."""
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def sessions(text: str) -> Iterator[Tuple[str, List[str]]]:
    """Yield each command of a console block with the lines that it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        yield command, lines


def plain(line: str) -> str:
    """Return a line in which all numbers with a decimal point, but not versions, and all runs of blanks are alike."""
    return re.sub(r"\s+", " ", re.sub(r"(?<![\d.])\d+\.\d+(?![\d]|\.\d)", "0.0", line)).strip()


def shown(lines: List[str], output: str) -> str:
    """Return the first line of the page that the output lacks at its place; "" if all are there."""
    printed = [plain(line) for line in output.splitlines()]
    at, gap = 0, False
    for line in map(plain, lines):
        if line == "...":
            gap = True
            continue
        if gap:
            at = next((index for index in range(at, len(printed)) if printed[index] == line), len(printed))
        if at >= len(printed) or printed[at] != line:
            return line
        at, gap = at + 1, False
    return "" if gap or at == len(printed) else f"(nothing more), not '{printed[at]}'"


@pytest.mark.xdist_group("tutorials")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_step_of_a_tutorial_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    steps = 0
    for file, language, text in blocks(page):
        if file:
            assert (machine.folder / file).parent.is_dir(), f"{page.name}: nothing has made the folder of {file}"
            (machine.folder / file).write_text(text, encoding="utf-8")
        elif language == "console":
            for command, lines in sessions(text):
                code, output = machine.run(command)
                missing = shown(lines, output)
                assert code == 0, f"$ {command}\nexit code {code}\n{output}"
                assert not missing, f"$ {command}\nthe page shows: {missing}\nprinted:\n{output}"
                steps += 1
    assert steps > 5


CASES: Dict[str, Tuple[List[str], str, bool]] = {
    "equal": (["a", "b"], "a\nb\n", True),
    "a decimal number differs": (["took 1.2 s"], "took 33.45 s\n", True),
    "a whole number differs": (["9 passed in 1.2s"], "8 passed in 1.2s\n", False),
    "a version counts as text": (["acme-1.2.3"], "acme-1.2.4\n", False),
    "lines are left out": (["a", "...", "d"], "a\nb\nc\nd\n", True),
    "the end is left out": (["a", "..."], "a\nb\n", True),
    "a line is missing": (["a", "...", "x"], "a\nb\n", False),
    "more is printed": (["a"], "a\nb\n", False),
    "nothing is printed": (["a"], "", False),
}


@pytest.mark.parametrize("name", list(CASES))
def test_output_is_compared_line_by_line(name: str) -> None:
    lines, output, equal = CASES[name]
    assert (shown(lines, output) == "") == equal
