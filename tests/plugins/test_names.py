# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: How a name finds its component, and what a user reads when it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins import catalogue as catalogue_module


def test_a_name_with_two_owners_is_an_error_that_names_both(install: Any, load: Any) -> None:
    install("acme-one")
    install("acme-two", version="2.3")
    known = load()
    with pytest.raises(UserError, match=r"provided by two plugins: acme-one 1.0 and acme-two 2.3") as info:
        known.find("op", "Echo")
    assert "write 'acme-one:Echo' or 'acme-two:Echo'" in str(info.value)
    assert known.find("op", "acme-two:Echo").dist == "acme-two"
    assert len(known.conflicts()) == 1


def test_a_conflict_harms_nobody_who_does_not_use_the_name(install: Any, load: Any) -> None:
    install("acme-one")
    install("acme-two")
    assert load().find("op", "RandFlipImage").dist == "ppclas-core"


def test_a_misspelt_name_names_the_nearest_one(load: Any) -> None:
    with pytest.raises(UserError, match="Did you mean 'RandFlipImage'"):
        load().find("op", "RandFlipImmage")


def test_a_name_of_a_first_party_distribution_says_what_to_install(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPCLAS_PLUGINS", "")
    monkeypatch.setattr(catalogue_module, "first_party", lambda: {"backbone": {"FooNet": "ppclas-models-foo"}})
    with pytest.raises(UserError, match="It comes with ppclas-models-foo") as info:
        load().find("backbone", "FooNet")
    assert "pip install ppclas-models-foo" in str(info.value)


def test_an_unknown_parameter_names_the_nearest_one(load: Any) -> None:
    with pytest.raises(UserError, match=r"op 'RandCropImage' has no parameter 'scal'. Did you mean 'scale'"):
        load().bind("op", "RandCropImage", {"scal": [0.1, 1.0]})


def test_a_value_of_the_wrong_type_says_what_it_must_be(load: Any) -> None:
    with pytest.raises(UserError, match=r"parameter 'flip_code' of op 'RandFlipImage' is 'left'; it must be a whole"):
        load().bind("op", "RandFlipImage", {"flip_code": "left"})


def test_a_class_registered_by_entry_point_alone_is_found_and_keeps_its_spec(install: Any, load: Any) -> None:
    install("acme", group="ppclas.ops", value="acme_pkg.op:Echo", files={"op.py": (
        "from ppclas_core.api import Op\n"
        "class Echo:\n    '''Echo.'''\n    ppclas_spec = Op('Echo', '', layouts=('CHW',))\n"
        "    def __call__(self, image, rng=None):\n        return image\n")})
    known = load()
    entry = known.find("op", "acme")
    assert entry.record.layouts == ("HWC", "CHW")  # listing has not imported the class
    assert known.completed(entry).record.layouts == ("CHW",)
    assert known.create("op", "acme", {})(5) == 5


def test_a_missing_library_is_named_with_the_command_that_installs_it(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "import a_library_nobody_has\n"})
    with pytest.raises(UserError, match=r"op 'Echo' \(acme 1.0\) needs the Python package 'a_library_nobody_has'"):
        load().create("op", "Echo", {})


def test_a_target_that_does_not_exist_is_reported_at_use_only(install: Any, load: Any) -> None:
    install("acme", files={"op.py": ""})
    known = load()
    with pytest.raises(UserError, match="op 'Echo' has the target 'acme_pkg.op:Echo', which does not exist"):
        known.create("op", "Echo", {})


def test_a_one_file_plugin_is_loaded_by_path(load: Any, tmp_path: Path) -> None:
    file = tmp_path / "my_aug.py"
    file.write_text("from ppclas_core.api import Op, hookimpl\n\n"
                    "@hookimpl\ndef ppclas_ops():\n    return [Op('Mine', 'my_aug:Mine')]\n\n"
                    "class Mine:\n    '''Mine.'''\n    def __call__(self, image, rng=None):\n        return image\n")
    known = load()
    known.load_file(file)
    assert known.create("op", "Mine", {})(3) == 3
    assert known.find("op", "Mine").dist == "my_aug.py"


def test_a_one_file_plugin_that_fails_names_the_file(load: Any, tmp_path: Path) -> None:
    file = tmp_path / "broken_aug.py"
    file.write_text("1 / 0\n")
    with pytest.raises(UserError, match=r"broken_aug.py:1: ZeroDivisionError"):
        load().load_file(file)
    with pytest.raises(UserError, match="no such plugin file"):
        load().load_file(tmp_path / "absent.py")
