# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reading YAML: lines, syntax, doubles, encodings, and where configs are looked for."""

from __future__ import annotations

import sys

import pytest

from ppclas_core.config.find import find_config
from ppclas_core.config.yaml_file import parse_yaml, read_yaml
from ppclas_core.config.yaml_node import plain


def test_each_value_knows_its_line():
    root = parse_yaml("a: 1\nb:\n  - x: 2\n  - y:\n      z: 3\n", "f.yaml")
    assert root.value["a"].origin == "f.yaml:1"
    assert root.value["b"].value[1].origin == "f.yaml:4"
    assert root.value["b"].value[1].value["y"].value["z"].origin == "f.yaml:5"


def test_a_key_that_stands_twice_is_refused_with_both_lines(error_of):
    text = error_of(parse_yaml, "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n", "f.yaml")
    assert "f.yaml:4: the key 'c' occurs twice, in line 3 and in line 4" in text
    assert "f.yaml:5: the key 'a' occurs twice, in line 1 and in line 5" in text


def test_an_anchor_may_be_merged_and_overruled():
    root = parse_yaml("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", "f.yaml")
    assert plain(root)["y"] == {"a": 1, "b": 3}


@pytest.mark.parametrize(("text", "part"), [
    ("a: [1, 2\nb: 3\n", "f.yaml:2: not valid YAML"),
    ("a:\n\tb: 1\n", "spaces, not with tabs"),
    ("a: !!python/object/apply:os.system ['true']\n", "f.yaml:1: the YAML tag"),
    ("a: !!python/name:os.system\n", "f.yaml:1: not valid YAML"),
    ("? [1, 2]\n: 3\n", "a key must be a word"),
    ("a: &a [*a]\n", "an alias that contains itself"),
    ("a: \x07\n", "not valid YAML"),
])
def test_what_is_not_plain_yaml_is_one_clear_error(error_of, text, part):
    assert part in error_of(parse_yaml, text, "f.yaml")


def test_aliases_cannot_expand_without_end(error_of):
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 8))
    assert "more than 100000 values" in error_of(parse_yaml, f"a0: &a0 [1]\n{levels}\n", "f.yaml")


def test_words_stay_words():
    root = plain(parse_yaml("day: 2020-07-20\nlabel: '1e3'\nlr: 1e-4\n", "f.yaml"))
    assert root == {"day": "2020-07-20", "label": "1e3", "lr": "1e-4"}


def test_a_byte_order_mark_and_chinese_are_fine_and_gbk_is_named(folder, error_of):
    (folder / "a.yaml").write_bytes("\ufeffmodel_save_dir: 输出\n".encode())
    assert plain(read_yaml(folder / "a.yaml")) == {"model_save_dir": "输出"}
    (folder / "b.yaml").write_bytes("model_save_dir: 输出\n".encode("gbk"))
    assert "b.yaml: not UTF-8" in error_of(read_yaml, folder / "b.yaml")


def test_a_list_is_no_config(folder, error_of):
    (folder / "a.yaml").write_text("- a\n", encoding="utf-8")
    assert "a.yaml:1: a config is a mapping" in error_of(read_yaml, folder / "a.yaml")


@pytest.fixture
def packaged(folder, write, monkeypatch):
    """A plugin package with configs/Toy/a.yaml."""
    from ppclas_core.plugins.catalogue import catalogue

    write("site/toypackage/__init__.py", "raise RuntimeError('a config folder is found without an import')")
    write("site/toypackage/configs/Toy/a.yaml", "mode: train\n")
    plugin = write("toyfolder.py", "from ppclas_core.api import ConfigDir, hookimpl\n@hookimpl\n"
                   "def ppclas_config_dirs():\n    return [ConfigDir('toypackage')]\n")
    monkeypatch.setattr(sys, "path", [str(folder / "site"), *sys.path])
    catalogue().load_file(plugin)
    return folder


@pytest.mark.parametrize("name", ["./configs/Toy/a.yaml", "configs/Toy/a.yaml", "Toy/a.yaml"])
def test_the_three_spellings_of_an_installed_config(packaged, name):
    assert find_config(name) == packaged / "site/toypackage/configs/Toy/a.yaml"


def test_a_file_wins_over_an_installed_config(packaged, write):
    write("configs/Toy/a.yaml", "mode: valid\n")
    assert find_config("configs/Toy/a.yaml").read_text(encoding="utf-8") == "mode: valid\n"


def test_a_wrong_name_suggests_the_nearest_config(packaged, error_of):
    assert "Did you mean 'Toy/a.yaml'?" in error_of(find_config, "Toy/b.yaml")
    assert "is a folder" in error_of(find_config, packaged)


def test_a_name_cannot_leave_the_config_folders(packaged, error_of):
    assert "no config" in error_of(find_config, "Toy/../../__init__.py")


@pytest.mark.parametrize("key", ["yes", "no", "on", "off", "null", "true", "1e3", "0755", "12:30", "2.0", "1_000"])
def test_a_key_is_the_text_that_was_written(key):
    root = parse_yaml(f"class_weights: {{{key}: 3, plain: 1}}\n", "f.yaml")
    assert plain(root) == {"class_weights": {key: 3, "plain": 1}}


def test_keys_that_yaml_takes_for_the_same_value_are_two_names(error_of):
    assert plain(parse_yaml("{yes: 1, on: 2, true: 3}", "f.yaml")) == {"yes": 1, "on": 2, "true": 3}
    assert "the key 'yes' occurs twice" in error_of(parse_yaml, "{yes: 1, yes: 2}", "f.yaml")
