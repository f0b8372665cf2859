# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Environment switches choose, exclude and trace plugins."""

from __future__ import annotations

from typing import Any

import pytest


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
