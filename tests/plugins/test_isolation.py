# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: One broken plugin never takes anything else down; each way to be broken is one story."""

from __future__ import annotations

from typing import Any

import pytest

from ppclas_core.errors import PluginError, UserError

HEAD = "from ppclas_core.api import Loss, Op, hookimpl\n@hookimpl\n"
BROKEN = {
    "import": "import a_module_that_does_not_exist",
    "register": HEAD + "def ppclas_ops(no_such_argument):\n    return []",
    "call": HEAD + "def ppclas_ops():\n    raise ValueError('the table is gone')",
    "record": HEAD + "def ppclas_ops():\n    return [Loss('Wrong', 'x:y')]",
}


@pytest.mark.parametrize("phase", BROKEN)
def test_a_plugin_that_fails_leaves_the_others_working(install: Any, load: Any, phase: str) -> None:
    install("acme-bad", BROKEN[phase])
    install("acme-good")
    known = load()
    assert known.find("op", "Echo").dist == "acme-good"
    failure = next(failure for failure in known.failures if failure.dist == "acme-bad")
    assert failure.phase == phase
    assert "acme-bad 1.0" in str(failure)


def test_a_raising_hook_does_not_lose_the_other_hooks_of_its_plugin(install: Any, load: Any) -> None:
    install("acme", BROKEN["call"] + "\n@hookimpl\ndef ppclas_losses():\n    return [Loss('Fine', 'x:y')]")
    known = load()
    assert known.find("loss", "Fine").dist == "acme"
    assert [failure.phase for failure in known.failures if failure.dist == "acme"] == ["call"]


def test_a_misspelt_hook_is_reported(install: Any, load: Any) -> None:
    install("acme", HEAD + "def ppclas_opps():\n    return []")
    failure = next(failure for failure in load().failures if failure.dist == "acme")
    assert "unknown hook 'ppclas_opps'" in failure.error


def test_a_hook_without_its_mark_is_reported(install: Any, load: Any) -> None:
    install("acme", "def ppclas_ops():\n    return []")
    assert "@hookimpl" in next(failure for failure in load().failures if failure.dist == "acme").error


def test_a_plugin_for_another_api_version_is_not_imported(install: Any, load: Any) -> None:
    install("acme", "raise SystemExit('imported')", group="ppclas.plugins.v2")
    failure = next(failure for failure in load().failures if failure.dist == "acme")
    assert (failure.phase, "plugin API v2" in failure.error) == ("api", True)


def test_a_plugin_for_another_core_is_not_imported(install: Any, load: Any) -> None:
    install("acme", "raise SystemExit('imported')", requires=["ppclas-core>=7,<8"])
    failure = next(failure for failure in load().failures if failure.dist == "acme")
    assert failure.phase == "requires"
    assert "ppclas-core" in failure.error


def test_an_unknown_name_repeats_what_failed(install: Any, load: Any) -> None:
    install("acme-bad", BROKEN["import"])
    with pytest.raises(UserError, match="acme-bad 1.0 is installed but could not be loaded"):
        load().find("op", "FromTheBrokenOne")


def test_strict_mode_raises_the_first_failure(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme-bad", BROKEN["import"])
    monkeypatch.setenv("PPCLAS_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match="plugin acme-bad 1.0 is installed but could not be loaded") as caught:
        load()
    assert caught.value.exit_code == 1


def test_the_same_name_twice_in_one_plugin_is_reported(install: Any, load: Any) -> None:
    install("acme", HEAD + "def ppclas_ops():\n    return [Op('A', 'x:y'), Op('A', 'x:z')]")
    known = load()
    assert known.find("op", "A").record.target == "x:y"
    assert "'A' twice" in next(failure for failure in known.failures if failure.dist == "acme").error
