# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of commands: `--help` does not import Paddle, and `add` returns the function that runs them."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from ppclas_core.api import Command
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.import_probe import HEAVY
from ppclas_core.testing.base import Conformance


class CommandConformance(Conformance):
    """Tests of a plugin's commands; subclasses set `plugin`."""

    kind = "command"

    def test_it_declares_arguments_and_returns_a_function(self, record: Command) -> None:
        """`add(parser)` returns `run(args) -> exit code`."""
        parser = argparse.ArgumentParser(prog=f"ppclas {record.name}")
        assert callable(resolve(record.target, owner=record.name)(parser))

    def test_its_help_is_one_line_and_its_page_works(self, record: Command, capsys: pytest.CaptureFixture[str]) -> None:
        """`ppclas --help` lists the command; `ppclas COMMAND --help` describes its arguments."""
        assert record.help
        assert "\n" not in record.help
        parser = argparse.ArgumentParser(prog=f"ppclas {record.name}")
        resolve(record.target, owner=record.name)(parser)
        with pytest.raises(SystemExit) as outcome:
            parser.parse_args(["--help"])
        assert outcome.value.code == 0
        assert record.name in capsys.readouterr().out

    def test_declaring_it_imports_nothing_heavy(self, record: Command) -> None:
        """Paddle, OpenCV and numpy are imported when the command runs."""
        module, _, attribute = record.target.partition(":")
        code = (f"import argparse, sys\nimport {module} as module\nmodule.{attribute}(argparse.ArgumentParser())\n"
                f"print([name for name in {HEAVY!r} if name in sys.modules])")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"
