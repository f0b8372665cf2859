# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every command and action of the program takes `--plugin FILE`; the list of commands is that of the catalogue."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Iterator, List, Sequence, Tuple

import pytest

from ppclas_core.cli import program
from ppclas_core.cli.command_line import SharedOptions
from ppclas_core.config.load import load_config
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.plugins.manager import Loader
from ppclas_core.runs.meta import Meta, write_meta

CONFIG = "quick_start/digits_MobileNetV3_small.yaml"
VALUES = {"config": CONFIG, "run": "a_run", "space": "search/ResNet50_vd_transfer_wide.yaml"}
"""Arguments that must exist, because a command reads them to learn of plugin files: `--plugin NAME` may name one."""

PLUGIN = """
from ppclas_core.api import Op, hookimpl

@hookimpl
def ppclas_ops():
    return [Op("OfAFile", "every_command_parts:OfAFile")]
"""


def value_of(action: argparse.Action) -> str:
    """Return a value that an argument accepts."""
    if action.choices:
        return str(next(iter(action.choices)))
    if action.dest in VALUES:
        return VALUES[action.dest]
    return "1" if action.type in (int, float) else "x"


def lines_of(parser: argparse.ArgumentParser) -> Iterator[List[str]]:
    """Yield a valid line of arguments for a command, or for each of its actions."""
    arguments: List[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from ([*arguments, name, *line] for line in lines_of(inner))
            return
        if action.option_strings:
            arguments += [action.option_strings[0], value_of(action)] if action.required else []
        elif action.nargs != "*" and (action.nargs != "?" or action.dest == "config"):
            arguments += [value_of(action)] * (action.nargs if isinstance(action.nargs, int) else 1)
    yield arguments


def all_lines() -> Iterator[Tuple[str, ...]]:
    """Yield a valid command line for every command and action."""
    known = catalogue()
    for entry in known.entries("command"):
        parser, _ = program._build_parser(known, entry, SharedOptions([], False))
        for line in lines_of(parser):
            yield (entry.record.name, *line)


LINES = list(all_lines())
each_line = pytest.mark.parametrize("line", LINES, ids=["-".join(line[:2]).replace("/", "-") for line in LINES])


@pytest.fixture
def project(ppclas_project: Any) -> Any:
    """A folder with a plugin file and the checkpoint of a run."""
    project = ppclas_project({"every_command_parts.py": PLUGIN, "a_run/last/ppcls.pdparams": ""})
    write_meta(project.folder / "a_run" / "last", Meta(
        architecture="MobileNetV3_small_x0_5", num_classes=10, image_shape=[3, 32, 32], labels=[], preprocessing=[],
        config=load_config(CONFIG).to_dict()))
    return project


def test_the_lines_are_those_of_the_help(project: Any) -> None:
    out = project.run("--help").succeeded().out
    shown = {line.split()[0] for line in out.splitlines() if line.startswith("  ") and not line.startswith("  --")}
    assert {line[0] for line in LINES} == shown
    assert {line[:2] for line in LINES if line[0] == "data"} >= {("data", "digits"), ("data", "stats")}


@each_line
def test_a_plugin_file_that_is_not_there_is_named(project: Any, line: Sequence[str]) -> None:
    outcome = project.run(*line, "--plugin", "missing_parts.py")
    assert outcome.code == 2
    assert "no such plugin file" in outcome.err
    assert "missing_parts.py" in outcome.err
    assert outcome.out == ""
    assert {path.name for path in project.folder.iterdir()} == {"every_command_parts.py", "a_run"}


@each_line
def test_the_components_of_a_plugin_file_are_there_when_the_command_runs(
    project: Any, line: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build, seen = program._build_parser, []
    fresh = Catalogue(Loader())
    monkeypatch.setattr("ppclas_core.cli.command_line.catalogue", lambda: fresh)
    monkeypatch.delitem(__import__("sys").modules, "every_command_parts", raising=False)

    def probe(args: argparse.Namespace) -> int:
        seen.append(([Path(file).name for file in args.plugin_files], fresh.find("op", "OfAFile").dist))
        return 0

    monkeypatch.setattr(program, "_build_parser", lambda *given: (build(*given)[0], probe))
    project.run(*line, "--plugin", "every_command_parts.py").succeeded()
    assert seen == [(["every_command_parts.py"], "every_command_parts.py")]
