# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names that have moved are found at their old place, with a warning."""

from __future__ import annotations

import importlib

import pytest


@pytest.mark.parametrize(("old", "name"), [("ppclas_core.engine.callbacks", "Callback"),
                                           ("ppclas_core.engine.scalars", "ScalarLogger")])
def test_a_moved_name_is_the_new_one_with_a_warning(old: str, name: str) -> None:
    import ppclas_core.training as training

    module = importlib.import_module(old)
    with pytest.warns(DeprecationWarning, match=f"{old}.{name} is deprecated: import it from ppclas_core.training"):
        assert getattr(module, name) is getattr(training, name)
    assert not hasattr(module, "Other")
