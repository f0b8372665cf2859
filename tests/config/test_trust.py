# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`requires:` is checked first; a file of `plugins:` runs only when the user says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.config.load import load_config
from ppclas_core.plugins.catalogue import catalogue

PLUGIN = '''
from pathlib import Path
from ppclas_core.api import Op, hookimpl
Path(__file__).with_name("ran").touch()

class Tint:
    def __init__(self, strength: float = 1.0) -> None: ...

@hookimpl
def ppclas_ops():
    return [Op("Tint", "my_tint:Tint")]
'''


@pytest.fixture
def config(write, minimal):
    minimal["plugins"] = ["./my_tint.py"]
    minimal["TRAIN"]["transforms"].insert(1, {"Tint": {"strength": 2}})
    write("sub/my_tint.py", PLUGIN)
    return write("sub/a.yaml", minimal)


def ran(config: Path) -> bool:
    return config.with_name("ran").exists()


def test_a_strangers_file_does_not_run(config, error_of):
    text = error_of(load_config, config)
    assert "the plugin file sub/my_tint.py of this config is not trusted" in text
    assert "--plugin sub/my_tint.py, or with --trust-config" in text
    assert not ran(config)


def test_looking_at_it_runs_nothing_and_forgives_its_names(config, error_of):
    loaded = load_config(config, inspect_only=True)
    assert loaded.unloaded_plugins == ["sub/my_tint.py"]
    assert not ran(config)


@pytest.mark.parametrize("named", ["sub/my_tint.py", "my_tint.py", "./sub/my_tint.py"])
def test_naming_the_file_runs_it(config, named):
    loaded = load_config(config, plugin_files=[named])
    assert ran(config)
    assert loaded.unloaded_plugins == []
    assert "Tint" in catalogue().names("op")


def test_another_file_of_that_name_is_not_the_one_that_was_named(config, write, error_of):
    write("my_tint.py", "raise RuntimeError('this one was named')")
    text = error_of(load_config, config, plugin_files=["my_tint.py"])
    assert "the plugin file sub/my_tint.py of this config is not trusted" in text
    assert not ran(config)


def test_trusting_the_config_runs_it(config):
    load_config(config, trust_config=True)
    assert ran(config)


def test_a_plugin_file_on_the_command_line_needs_no_mention(config, write, minimal):
    minimal["plugins"] = []
    write("b.yaml", minimal)
    load_config("b.yaml", plugin_files=["sub/my_tint.py"])
    assert ran(config)


def test_a_plugin_that_is_not_there_is_named_with_its_line(write, minimal, error_of):
    write("a.yaml", {"plugins": ["gone.py"], **minimal})
    assert "no such plugin file" in error_of(load_config, "a.yaml", trust_config=True)


@pytest.mark.parametrize(("need", "part"), [
    ("ppclas-models-nowhere>=1.0", "requires ppclas-models-nowhere>=1.0, which is not installed"),
    ("pyyaml>=99", "installed is pyyaml"),
    ("pyyaml=>6", "unreadable requirement"),
])
def test_what_is_required_is_reported_before_its_consequences(write, error_of, need, part):
    write("a.yaml", {"mode": "train", "requires": [need], "ARCHITECTURE": {"name": "Unknown"}})
    text = error_of(load_config, "a.yaml")
    assert part in text
    assert "a.yaml:3" in text
    assert "Unknown" not in text


def test_the_pip_command_is_given(write, error_of):
    write("a.yaml", {"requires": ["ppclas-models-nowhere>=1.0"]})
    assert 'pip install "ppclas-models-nowhere>=1.0"' in error_of(load_config, "a.yaml")


def test_what_is_installed_satisfies(write, minimal):
    write("a.yaml", {**minimal, "requires": ["PyYAML>=5", "nothing; python_version < '3'"]})
    assert load_config("a.yaml")["requires"] == ["PyYAML>=5", "nothing; python_version < '3'"]
