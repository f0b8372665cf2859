# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated names: found under the old name, with a warning that gives the new one."""

from __future__ import annotations

import importlib

import pytest

from ppclas_core.api import ImageState
from ppclas_core.config import Config


@pytest.mark.parametrize(("old", "name"), [("ppclas_core.engine.callbacks", "Callback"),
                                           ("ppclas_core.engine.scalars", "ScalarLogger")])
def test_a_moved_name_is_the_new_one_with_a_warning(old: str, name: str) -> None:
    import ppclas_core.training as training

    module = importlib.import_module(old)
    with pytest.warns(DeprecationWarning, match=f"{old}.{name} is deprecated: import it from ppclas_core.training"):
        assert getattr(module, name) is getattr(training, name)
    assert not hasattr(module, "Other")


def test_a_renamed_name_is_the_new_one_with_a_warning() -> None:
    export = importlib.import_module("ppclas_core.export")  # the attribute of `ppclas_core` is the function
    with pytest.warns(DeprecationWarning, match="Artefact is deprecated: it is called ExportResult"):
        assert export.Artefact is export.ExportResult
    assert "Artefact" not in dir(export)


def test_renamed_methods_and_properties_warn_and_work() -> None:
    state = ImageState(mean=(0.5,), std=(0.5,))
    with pytest.warns(DeprecationWarning, match="normalized"):
        assert state.normalised is state.normalized is True
    config = Config.of({"epochs": 3})
    with pytest.warns(DeprecationWarning, match="location"):
        assert config.place("epochs") == config.location("epochs")
