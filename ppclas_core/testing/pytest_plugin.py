# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pytest fixtures for plugin authors, loaded by entry point; heavy modules are imported at use only."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Callable, Iterator, Mapping, NamedTuple

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of the conformance kit; pytest-xdist, which reads the first one, need not be installed."""
    config.addinivalue_line("markers", "xdist_group(name): tests that share a network run in one process")
    config.addinivalue_line("markers", "slow: takes minutes")


class Outcome(NamedTuple):
    """Result of a command: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    def succeeded(self) -> Outcome:
        """Return the result if the exit code is 0; else fail the test with the output."""
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self


class Project:
    """A folder with files in which `ppclas` commands run, within this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Mapping[str, object]) -> Project:
        """Write files: strings unchanged, other content as YAML."""
        import yaml

        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
            path.write_text(text, encoding="utf-8")
        return self

    def run(self, *arguments: str) -> Outcome:
        """Run `ppclas ARGUMENTS` in the folder."""
        from ppclas_core.cli import main

        out, err = io.StringIO(), io.StringIO()
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = main(arguments)
                except SystemExit as stop:  # argparse exits this way
                    code = stop.code if isinstance(stop.code, int) else 1
        finally:
            os.chdir(before)
        return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def ppclas_project(tmp_path: Path) -> Callable[..., Project]:
    """Return a factory of projects: `ppclas_project({"config.yaml": {...}}).run("check", "config.yaml")`."""

    def make(files: Mapping[str, object] | None = None) -> Project:
        return Project(tmp_path).write(files or {})

    return make


@pytest.fixture(scope="session")
def _publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from ppclas_core.testing.publisher import publisher

    with publisher(tmp_path_factory.mktemp("published")) as address:
        yield address


@pytest.fixture
def published_toy(_publisher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return an architecture whose published weights a local server offers; the cache of downloads is empty."""
    from ppclas_core.testing.publisher import NAME, public_catalogue

    public_catalogue()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home of ppclas"))
    monkeypatch.setenv("PPCLAS_WEIGHTS_URL", _publisher)
    return NAME
