# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Environment switches choose, exclude and trace plugins."""

from __future__ import annotations

from typing import Any

import pytest

from ppclas_core import hookspecs


def test_the_allow_list_leaves_the_others_out(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme-one")
    install("acme-two")
    monkeypatch.setenv("PPCLAS_PLUGINS", "acme-two")
    known = load()
    assert [plugin.dist for plugin in known.plugins] == ["ppclas-core", "acme-two"]
    assert "acme-one" in {found.dist for found in known.disabled}


def test_an_empty_allow_list_leaves_core_alone(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme-one")
    monkeypatch.setenv("PPCLAS_PLUGINS", "")
    assert [plugin.dist for plugin in load().plugins] == ["ppclas-core"]


def test_the_deny_list_excludes_by_name(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme-one", "raise SystemExit('imported')")
    install("acme-two")
    monkeypatch.setenv("PPCLAS_DISABLE_PLUGINS", "Acme_One, nobody")
    assert load().find("op", "Echo").dist == "acme-two"


def test_tracing_prints_each_hook_call(
    install: Any, load: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    install("acme")
    monkeypatch.setenv("PPCLAS_TRACE_PLUGINS", "1")
    load()
    assert "trace: acme ppclas_ops() -> [Echo]" in caplog.messages


def test_the_order_of_plugins_does_not_depend_on_the_disk(install: Any, load: Any) -> None:
    for name in ("zeta", "alpha", "mid"):
        install(name)
    names = [plugin.dist for plugin in load().plugins]
    assert names[0] == "ppclas-core"
    assert names[1:] == sorted(names[1:])


def test_a_name_that_no_plugin_has_is_reported(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme-one")
    monkeypatch.setenv("PPCLAS_DISABLE_PLUGINS", "acme-two")
    monkeypatch.setenv("PPCLAS_PLUGINS", "Acme_One, acme-three")
    known = load()
    assert known.find("op", "Echo").dist == "acme-one"
    assert known.unknown_choices == ["PPCLAS_PLUGINS names 'acme-three', but no such plugin is installed",
                                     "PPCLAS_DISABLE_PLUGINS names 'acme-two', but no such plugin is installed"]
    assert known.failures == []


OLD = """
from ppclas_core.api import Op, hookimpl

@hookimpl
def ppclas_old_ops():
    return [Op("Echo", "{package}.op:Echo")]
"""


def test_a_deprecated_hook_still_works_and_the_warning_names_plugin_line_and_replacement(
    install: Any, load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ppclas_old_ops() -> Any:
        """Return ops."""

    marked = hookspecs.hookspec(warn_on_impl=hookspecs.deprecated("ppclas_old_ops", "ppclas_ops"))(ppclas_old_ops)
    monkeypatch.setattr(hookspecs, "ppclas_old_ops", marked, raising=False)
    monkeypatch.setattr(hookspecs, "DEPRECATED", {"ppclas_old_ops": "op"})
    monkeypatch.setenv("PPCLAS_PLUGINS", "acme-net")
    folder = install("acme-net", OLD)
    with pytest.warns(DeprecationWarning, match="ppclas_old_ops") as caught:
        known = load()
    assert known.find("op", "Echo").dist == "acme-net"
    (warning,) = [each for each in caught if "ppclas_old_ops" in str(each.message)]
    assert str(warning.message) == ("plugin acme-net 1.0: the hook 'ppclas_old_ops' is deprecated: implement "
                                    "'ppclas_ops'")
    assert (warning.filename, warning.lineno) == (str(folder / "plugin.py"), 4)
