# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A model is found by its name in any case, and its weights by the name that they were published under."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins import models
from ppclas_core.plugins.models import find_model, list_models, model_name, same_network

PLUGIN = """
from ppclas_core.api import Backbone, Weights, hookimpl

@hookimpl
def ppclas_backbones():
    return [Backbone("Orca_x1_0", "{package}.net:net", "Orca", preset={"width": 1.0}),
            Backbone("Orca", "{package}.net:net", "Orca", preset={"width": 1.0}, weights=(Weights("Orca", "o.tar"),)),
            Backbone("Orca_x2_0", "{package}.net:net", "Orca", preset={"width": 2.0}),
            Backbone("Squid", "{package}.net:net", "Squid", weights=(Weights("Squid_ssld", "s.tar"),)),
            Backbone("SQUID", "{package}.net:net", "Squid")]
"""


@pytest.fixture
def orcas(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only models are those of `PLUGIN`."""
    install("acme-orca", PLUGIN)
    monkeypatch.setenv("PPCLAS_PLUGINS", "acme-orca")
    known = load()
    monkeypatch.setattr(models, "catalogue", lambda: known)


def test_a_name_in_another_case_finds_the_model(orcas: None) -> None:
    assert find_model("orca_X1_0")[0].record.name == "Orca_x1_0"
    entry, weights = find_model("squid_SSLD")
    assert entry.record.name == "Squid"
    assert weights is not None
    assert weights.name == "Squid_ssld"
    assert find_model("acme-orca:orca_x1_0")[0].record.name == "Orca_x1_0"


def test_the_exact_name_wins_and_an_ambiguous_one_is_refused(orcas: None) -> None:
    assert find_model("SQUID")[0].record.name == "SQUID"
    assert find_model("Squid")[0].record.name == "Squid"
    assert model_name("sQUID") == "sQUID"
    with pytest.raises(UserError, match="unknown backbone 'sQUID'"):
        find_model("sQUID")


def test_patterns_ignore_case_and_may_ask_for_published_weights(orcas: None) -> None:
    assert list_models("ORCA*") == ["Orca", "Orca_x1_0", "Orca_x2_0"]
    assert list_models("*", pretrained=True) == ["Orca", "Squid_ssld"]
    assert list_models("orca*", pretrained=True) == ["Orca"]


def test_weights_of_the_same_network_are_found_under_their_published_name(orcas: None) -> None:
    assert [weights.name for weights in same_network(find_model("Orca_x1_0")[0].record)] == ["Orca"]
    assert same_network(find_model("Orca_x2_0")[0].record) == []


def test_a_search_without_a_hit_is_an_error_with_similar_names(ppclas_project: Callable[..., Any]) -> None:
    outcome = ppclas_project().run("list", "ops", "crop")
    assert outcome.code == 2
    assert "none of the ops matches 'crop'" in outcome.err
    assert "similar names: CropImage, RandCropImage" in outcome.err
    assert outcome.out == ""
    assert ppclas_project().run("list", "ops", "CROP*").code == 0


def test_a_search_without_a_hit_is_an_empty_array_as_json(ppclas_project: Callable[..., Any]) -> None:
    outcome = ppclas_project().run("list", "ops", "NothingLikeThis", "--json")
    assert outcome.code == 2
    assert json.loads(outcome.out) == []
    assert "'ppclas list ops' shows all" in outcome.err
