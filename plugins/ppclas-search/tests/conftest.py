# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A folder with a base config, and a search in it whose trainings are stubs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Callable, List

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import search_stubs

from ppclas_core.errors import UserError
from ppclas_search.command import show
from ppclas_search.read_space import read_space
from ppclas_search.results import Row, rows_of
from ppclas_search.session import Options, search
from ppclas_search.study import find_study, open_storage
from ppclas_search.trial_config import Source, with_objective


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `base.yaml` and the plugin `stub_net.py`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ppclas_search.loop.TRIAL_POLL_SECONDS", 0.001)
    monkeypatch.setattr("ppclas_search.loop.STORAGE_POLL_SECONDS", 0.05)
    (tmp_path / "base.yaml").write_text(search_stubs.BASE, encoding="utf-8")
    (tmp_path / "stub_net.py").write_text(search_stubs.PLUGIN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Callable[..., Source]:
    """The text of a search file (without `base`) -> what the command makes of it."""

    def make(text: str, *overrides: str) -> Source:
        (folder / "space.yaml").write_text(f"base: base.yaml\n{text}", encoding="utf-8")
        return Source(read_space(folder / "space.yaml"), overrides, ("stub_net.py",))

    return make


@pytest.fixture
def searched(folder: Path) -> Callable[..., List[Row]]:
    """(source, curve, options...) -> rows of the finished search."""

    def run(source: Source, curve: Any, code: int = 0, start: Any = None, **options: Any) -> List[Row]:
        begin = start or (lambda place, number: search_stubs.Stub(place, curve))
        outcome = search(source, Options(**options), start=begin)
        show(outcome)
        assert (128 + outcome.signum if outcome.signum else 0) == code
        url = options.get("storage") or f"sqlite:///{folder}/output/search/space/study.db"
        study = find_study(open_storage(url), source.space.name)
        assert study is not None
        return rows_of(study, with_objective(source).space)

    return run


@pytest.fixture
def error_of() -> Callable[[Callable[[], Any]], str]:
    """The text of the UserError that a call raises."""

    def text(action: Callable[[], Any]) -> str:
        with pytest.raises(UserError) as caught:
            action()
        return str(caught.value)

    return text
