# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin: with several workers, say how many tests were deselected, which pytest then keeps to itself."""

from __future__ import annotations

from typing import Any, Sequence

import pytest

_COUNT = pytest.StashKey[int]()
_KEY = "ppclas_deselected"


class LeftOut:
    """Counts in each worker; the main process prints, once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_deselected(self, items: Sequence[Any]) -> None:
        """Called with those that `-m` or `-k` left out."""
        self._config.stash[_COUNT] = self._config.stash.get(_COUNT, 0) + len(items)

    def pytest_sessionfinish(self) -> None:
        """A worker tells its number; every worker collects the same tests."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self._config.stash.get(_COUNT, 0)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """The main process takes the number of the worker that ended."""
        self._config.stash[_COUNT] = getattr(node, "workeroutput", {}).get(_KEY, 0)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """One line before the closing one."""
        terminalreporter.write_line(f"left out (deselected): {self._config.stash.get(_COUNT, 0)}")


def pytest_configure(config: pytest.Config) -> None:
    """Take part."""
    config.pluginmanager.register(LeftOut(config), "ppclas-left-out")
