# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A plugin that is one file: which names it may have, and what a failing one leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.errors import UserError

GOOD = """from ppclas_core.api import Op, hookimpl

@hookimpl
def ppclas_ops():
    return [Op('Mine', '{name}:Mine')]
"""


@pytest.fixture(autouse=True)
def forget_modules() -> Any:
    """Take the modules of the plugin files away again."""
    yield
    for name in [name for name in sys.modules if name.startswith("mine_")]:
        del sys.modules[name]


def write(folder: Path, name: str, text: str = GOOD) -> Path:
    """Write a plugin file."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text.replace("{name}", file.stem))
    return file


@pytest.mark.parametrize("name", ["plugin", "plugin.txt", "my.aug"])
def test_a_file_that_does_not_end_in_py_is_refused_with_a_name_that_would_do(
    load: Any, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UserError, match=r"must end in .py: .*\n  rename it, for example to \w+.py"):
        load().load_file(write(tmp_path, name))


@pytest.mark.parametrize("name", ["json.py", "random.py", "this.py", "sys.py", "pytest.py", "ppclas_core.py"])
def test_the_name_of_a_module_is_refused_before_it_replaces_the_module(load: Any, tmp_path: Path, name: str) -> None:
    before = sys.modules.get(name[:-3])
    with pytest.raises(UserError, match=rf"has the name of the module '{name[:-3]}'") as caught:
        load().load_file(write(tmp_path, name))
    assert f"rename the file, for example to my_{name}" in str(caught.value)
    assert sys.modules.get(name[:-3]) is before


def test_another_file_of_the_same_name_is_refused_and_a_copy_loads_once(load: Any, tmp_path: Path) -> None:
    known = load()
    known.load_file(write(tmp_path / "one", "mine_twice.py"))
    known.load_file(tmp_path / "one" / ".." / "one" / "mine_twice.py")
    assert [plugin.dist for plugin in known.plugins].count("mine_twice.py") == 1
    known.load_file(write(tmp_path / "copy", "mine_twice.py"))
    assert [plugin.dist for plugin in known.plugins].count("mine_twice.py") == 1
    with pytest.raises(UserError, match="has the name of the module 'mine_twice'"):
        known.load_file(write(tmp_path / "two", "mine_twice.py", GOOD + "\nOTHER = 1\n"))


@pytest.mark.parametrize(("text", "told"), [
    ("raise SystemExit(0)\n", "SystemExit: 0"),
    ("raise BaseException('odd')\n", "BaseException: odd"),
    ("def (:\n", "SyntaxError"),
    (GOOD.replace("[Op('Mine', '{name}:Mine')]", "[5]"), "record: ppclas_ops.. returned 5; it must return Op records"),
    (GOOD.replace("[Op('Mine', '{name}:Mine')]", "exit()"), "call: ppclas_ops.. raised SystemExit"),
])
def test_a_file_that_fails_is_an_error_and_leaves_nothing(load: Any, tmp_path: Path, text: str, told: str) -> None:
    known = load()
    file = write(tmp_path, "mine_failing.py", text)
    with pytest.raises(UserError, match=rf"{file}:\d+: {told}"):
        known.load_file(file)
    assert "mine_failing" not in sys.modules
    assert "mine_failing.py" not in [plugin.dist for plugin in known.plugins]
    file.write_text(GOOD.replace("{name}", "mine_failing"))  # corrected, it loads
    known.load_file(file)
    assert known.find("op", "Mine").dist == "mine_failing.py"


def test_a_target_in_another_module_than_the_file_is_no_package_to_install(load: Any, tmp_path: Path) -> None:
    known = load()
    known.load_file(write(tmp_path, "mine_m2.py", GOOD.replace("{name}:", "my_aug_of_yours:")))
    with pytest.raises(UserError, match=r"mine_m2.py: op 'Mine' has the target 'my_aug_of_yours:Mine'") as caught:
        known.create("op", "Mine", {})
    assert "pip install" not in str(caught.value)
