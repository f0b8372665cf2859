# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--plugin`, `--trust-config` and `--debug` work in every command and action, wherever they stand on the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest

from ppclas_core.cli.command_line import PathParser, SharedOptions, take_shared_options
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue

PLUGIN = """
from ppclas_core.api import Command, Op, hookimpl

@hookimpl
def ppclas_ops():
    return [Op("OfAFile", "shared_option_parts:OfAFile", doc="gives back what it gets")]

@hookimpl
def ppclas_commands():
    return [Command("greet", "shared_option_parts:add", "greet somebody")]

class OfAFile:
    '''Gives back what it gets.'''
    def __init__(self, size: int = 3) -> None: ...
    def __call__(self, image, rng=None):
        return image

def add(parser):
    parser.add_argument("name")
    return lambda args: print(f"hello {args.name}")
"""


@pytest.fixture
def project(ppclas_project: Callable[..., Any]) -> Any:
    """A folder with a plugin file and one class folder of one image."""
    import cv2
    import numpy as np

    project = ppclas_project({"shared_option_parts.py": PLUGIN})
    for name in ("a", "b"):
        (project.folder / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(project.folder / "images" / name / "x.png"), np.zeros((8, 8, 3), np.uint8))
    return project


@pytest.fixture(autouse=True)
def forget() -> Any:
    """Take the plugin file out of the catalogue of the process after each test."""
    import sys

    yield
    known = catalogue()
    loader = known._loader
    for path in [path for path in loader._files if path.name == "shared_option_parts.py"]:
        del loader._files[path]
    loader.loaded = [plugin for plugin in loader.loaded if plugin.dist != "shared_option_parts.py"]
    module = sys.modules.pop("shared_option_parts", None)
    if module is not None and loader._manager.is_registered(module):
        loader._manager.unregister(module)
    for key in [key for key in known._index if key[1] in ("OfAFile", "greet")]:
        del known._index[key]


@pytest.mark.parametrize("arguments", [
    ["list", "ops", "--plugin", "shared_option_parts.py"],
    ["list", "--plugin=shared_option_parts.py", "ops"],
    ["--plugin", "shared_option_parts.py", "list", "ops"],
    ["plugins", "--plugin", "shared_option_parts.py"],
    ["info", "OfAFile", "--plugin", "shared_option_parts.py"],
])
def test_listings_know_the_plugin_file(project: Any, arguments: list[str]) -> None:
    out = project.run(*arguments).succeeded().out
    assert "shared_option_parts.py" in out
    assert "OfAFile" in out or arguments[0] == "plugins"


def test_its_parameters_and_targets_are_looked_at(project: Any) -> None:
    facts = json.loads(project.run("info", "OfAFile", "--json", "--plugin", "shared_option_parts.py").succeeded().out)
    assert facts["parameters"] == {"size": "int = 3"}


@pytest.mark.parametrize("arguments", [
    ["list", "ops"], ["plugins"], ["plugins", "--check"], ["info", "CropImage"], ["data", "stats", "images"],
    ["schema"], ["doctor", "--fix", "x"], ["new-plugin", "acme-x", "--kind", "op"], ["download", "x"],
    ["convert", "x", "y", "--to", "pdparams"],
    ["check", "quick_start/digits_MobileNetV3_small.yaml"], ["show", "quick_start/digits_MobileNetV3_small.yaml"],
])
def test_a_plugin_file_that_is_not_there_is_an_error_in_every_command(project: Any, arguments: list[str]) -> None:
    outcome = project.run(*arguments, "--plugin", "nofile.py")
    assert outcome.code == 2
    assert "no such plugin file" in outcome.err
    assert not (project.folder / "acme-x").exists()


def test_a_plugin_file_that_fails_is_an_error_in_a_listing(project: Any) -> None:
    (project.folder / "broken_file_parts.py").write_text("def (:\n")
    for command in (["plugins", "--check"], ["list", "ops"]):
        outcome = project.run(*command, "--plugin", "broken_file_parts.py")
        assert outcome.code == 2
        assert "broken_file_parts.py:1: SyntaxError" in outcome.err


def test_actions_of_a_command_take_the_options(project: Any) -> None:
    outcome = project.run("data", "stats", "images", "--plugin", "shared_option_parts.py", "--trust-config", "--debug")
    assert "images" in outcome.succeeded().out
    assert "OfAFile" in catalogue().names("op")


def test_a_plugin_file_may_bring_a_command(project: Any) -> None:
    assert project.run("greet", "you", "--plugin", "shared_option_parts.py").succeeded().out == "hello you\n"
    assert "greet" in project.run("--help", "--plugin", "shared_option_parts.py").succeeded().out


def test_debug_after_an_action_shows_the_traceback(project: Any) -> None:
    with pytest.raises(UserError):
        project.run("data", "stats", "nowhere", "--debug")


def test_options_are_taken_from_anywhere_but_behind_a_double_dash() -> None:
    shared, rest = take_shared_options(["a", "--plugin", "x.py", "b", "--plugin=y.py", "--trust-config", "-o", "k=v"])
    assert (shared, rest) == (SharedOptions(["x.py", "y.py"], True), ["a", "b", "-o", "k=v"])
    shared, rest = take_shared_options(["a", "--", "--plugin", "x.py"])
    assert (shared, rest) == (SharedOptions([], False), ["a", "--", "--plugin", "x.py"])
    for wrong in (["--plugin"], ["--plugin", "--json"], ["--plugin="]):
        with pytest.raises(UserError, match="--plugin needs a file"):
            take_shared_options(wrong)


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert take_shared_options(["--plugin", "~/x.py"])[0].plugin_files == [str(tmp_path / "x.py")]


@pytest.mark.parametrize(("line", "images"), [
    ("config --seed 3 a b", ["a", "b"]), ("config a b --seed 3", ["a", "b"]), ("--seed 3 config a", ["a"]),
    ("config --seed 3", []), ("config", []), ("config --seed 3 -- a", ["a"]),
])
def test_an_optional_list_may_stand_behind_options(line: str, images: list[str]) -> None:
    parser = PathParser()
    parser.add_argument("config")
    parser.add_argument("images", nargs="*")
    parser.add_argument("--seed", type=int)
    args = parser.parse_args(line.split())
    assert (args.config, args.images) == ("config", images)
    assert args.seed in (None, 3)


def test_export_takes_its_options_with_o_as_other_commands_take_values(project: Any) -> None:
    outcome = project.run("export", "run", "inference", "out", "-o", "legacy")
    assert outcome.code == 2
    assert "legacy: is not KEY=VALUE" in outcome.err
