# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures for plugin authors; pytest finds this file through its entry point. It imports nothing at start."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, NamedTuple

import pytest


class Outcome(NamedTuple):
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    def succeeded(self) -> Outcome:
        """Itself; fails the test with the output otherwise."""
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self


class Project:
    """A folder with files, in which commands of `ppclas` run within this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Mapping[str, Any]) -> Project:
        """Add files: text as it is, anything else as YAML."""
        import yaml

        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
            path.write_text(text, encoding="utf-8")
        return self

    def run(self, *arguments: str) -> Outcome:
        """`ppclas ARGUMENTS` in the folder."""
        from ppclas_core.cli import main

        out, err = io.StringIO(), io.StringIO()
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = main(arguments)
                except SystemExit as stop:  # argparse ends so
                    code = stop.code if isinstance(stop.code, int) else 1
        finally:
            os.chdir(before)
        return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def ppclas_project(tmp_path: Path) -> Callable[..., Project]:
    """`ppclas_project({"config.yaml": {...}}).run("check", "config.yaml")`."""

    def make(files: Mapping[str, Any] | None = None) -> Project:
        return Project(tmp_path).write(files or {})

    return make


@pytest.fixture(scope="session")
def _publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from ppclas_core.testing.publisher import publisher

    with publisher(tmp_path_factory.mktemp("published")) as address:
        yield address


@pytest.fixture
def published_toy(_publisher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an architecture with published weights, which a server on this machine offers; the cache is empty."""
    from ppclas_core.testing.publisher import NAME, public_catalogue

    public_catalogue()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home of ppclas"))
    monkeypatch.setenv("PPCLAS_WEIGHTS_URL", _publisher)
    return NAME
