# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Distributions made by hand in a temporary folder: what pip would have left behind, without pip."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

import pytest

from ppclas_core.plugins.catalogue import Catalogue
from ppclas_core.plugins.manager import Loader

GOOD = """
from ppclas_core.api import Op, hookimpl

@hookimpl
def ppclas_ops():
    return [Op("Echo", "{package}.op:Echo")]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`install("acme", GOOD)` leaves an installed distribution on sys.path; its package is `<name>_pkg`."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)

    def make(name: str, plugin: str = GOOD, *, version: str = "1.0", group: str = "ppclas.plugins.v1",
             value: str = "", requires: Sequence[str] = ("ppclas-core>=0.1,<1",),
             files: Mapping[str, str] | None = None) -> Path:
        package = f"{name.replace('-', '_')}_pkg"
        folder = site / package
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "plugin.py").write_text(plugin.replace("{package}", package))
        (folder / "op.py").write_text("class Echo:\n    '''Gives back what it gets.'''\n"
                                      "    def __call__(self, image, rng=None):\n        return image\n")
        for file, text in (files or {}).items():
            (folder / file).write_text(text)
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {value or package + '.plugin'}\n")
        return folder

    yield make
    for module in set(sys.modules) - before:
        if module.split(".")[0].endswith("_pkg"):
            del sys.modules[module]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Catalogue]:
    """A fresh catalogue of what is installed now; the first-party plugins are left out for speed."""
    monkeypatch.delenv("PPCLAS_STRICT_PLUGINS", raising=False)

    def make() -> Catalogue:
        loader = Loader()
        loader.load_installed()
        return Catalogue(loader)

    return make
