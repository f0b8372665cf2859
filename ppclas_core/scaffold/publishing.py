# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Texts by which a plugin is tested, type-checked and published, and the name of its author."""

from __future__ import annotations

import subprocess
from typing import Dict

from ppclas_core.errors import UserError

GITIGNORE = """\
__pycache__/
*.egg-info/
.mypy_cache/
.pytest_cache/
.venv/
build/
dist/
dataset/
output/
"""

PYPROJECT = """\
[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[tool.mypy]
files = ["src"]
strict = true
disallow_subclassing_any = false  # the layers of Paddle are read without types

[[tool.mypy.overrides]]
module = ["paddle.*", "cv2.*"]
ignore_missing_imports = true
follow_imports = "skip"
"""

WORKFLOW = """\
# Tests every push. A tag such as v0.1.0 also publishes to PyPI: name this file and the environment `pypi` as a trusted
# publisher of the project first, at https://pypi.org/manage/account/publishing/.
name: ci
on:
  push:
    branches: [main]
    tags: ["v*"]
  pull_request:

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        python: ["3.9", "3.13"]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python }}
      - run: pip install ".[test]" "ppclas[cpu]"
      - run: ppclas plugins --check
      - run: pytest
      - run: mypy
        if: matrix.python == '3.13'
@steps@
  build:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install build twine
      - run: python -m build
      - run: twine check --strict dist/*
      - uses: actions/upload-artifact@v4
        with:
          name: dist
          path: dist/

  publish:
    if: startsWith(github.ref, 'refs/tags/v')
    needs: build
    runs-on: ubuntu-latest
    environment: pypi
    permissions:
      id-token: write
    steps:
      - uses: actions/download-artifact@v4
        with:
          name: dist
          path: dist/
      - uses: pypa/gh-action-pypi-publish@release/v1
"""


def publishing_files() -> Dict[str, str]:
    """Return path -> text of the files; `@steps@` stands for the commands that try the component."""
    return {".gitignore": GITIGNORE, "pyproject.toml": PYPROJECT, ".github/workflows/ci.yml": WORKFLOW}


def git_author() -> str:
    """Return `user.name` of git in the working directory; "" if git or the name is missing."""
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, encoding="utf-8",
                              errors="replace", stdin=subprocess.DEVNULL, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    name = done.stdout.strip()
    return name if done.returncode == 0 and name.isprintable() else ""


def check_metadata(author: str, url: str) -> None:
    """Refuse values that setup.cfg cannot hold or an index refuses.

    Raises:
        UserError: the author has a line break or another control character, or the URL is no web address.
    """
    if not author.isprintable():
        raise UserError(f"--author {author!r} has characters that are not printable", do="give a name on one line")
    if url and not (url.startswith(("https://", "http://")) and url.isprintable() and " " not in url):
        raise UserError(f"--url {url!r} is no web address", do="give the address of the repository, https://...")
