# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin that prints the number of deselected tests, which pytest omits with several workers."""

from __future__ import annotations

from typing import Sequence

import pytest

_COUNT = pytest.StashKey[int]()
_KEY = "ppclas_deselected"


class DeselectedCounter:
    """Counter of deselected tests in each worker; the main process prints the number once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the tests that `-m` or `-k` has deselected."""
        self._config.stash[_COUNT] = self._config.stash.get(_COUNT, 0) + len(items)

    def pytest_sessionfinish(self) -> None:
        """Send the number of this worker to the main process; every worker collects the same tests."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self._config.stash.get(_COUNT, 0)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Read the number of a worker that has ended, in the main process."""
        self._config.stash[_COUNT] = getattr(node, "workeroutput", {}).get(_KEY, 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print one line before the closing line."""
        terminalreporter.write_line(f"left out (deselected): {self._config.stash.get(_COUNT, 0)}")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin."""
    config.pluginmanager.register(DeselectedCounter(config), "ppclas-left-out")
