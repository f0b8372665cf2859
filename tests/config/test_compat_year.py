# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: `compat: 2020` reaches the ops that have it; a batch is mixed once."""

from __future__ import annotations

import sys

import pytest

from ppclas_core.config.load import config_from_dict


class Old:
    def __init__(self, *, compat: str = "") -> None: ...

    def __call__(self, image, rng=None):
        return image


@pytest.fixture
def old(monkeypatch):
    """The toy AutoAugment has the parameter."""
    monkeypatch.setattr(sys.modules["toys"], "Policy", Old)


@pytest.mark.parametrize("value", [2020, "2020"])
def test_the_key_reaches_the_ops_that_have_the_parameter(minimal, old, value):
    minimal["compat"] = value
    minimal["TRAIN"]["transforms"] = [{"DecodeImage": {}}, {"AutoAugment": {}}, {"AutoAugment": {"compat": ""}}]
    config = config_from_dict(minimal)
    assert config["compat"] == "2020"
    assert config["TRAIN"]["transforms"] == [
        {"DecodeImage": {}}, {"AutoAugment": {"compat": "2020"}}, {"AutoAugment": {"compat": ""}}]
    assert config_from_dict(config.to_dict())["TRAIN"] == config["TRAIN"]


def test_without_the_key_the_ops_are_left_alone(minimal, old):
    minimal["TRAIN"]["transforms"] = [{"DecodeImage": {}}, {"AutoAugment": {}}]
    assert config_from_dict(minimal)["TRAIN"]["transforms"][1] == {"AutoAugment": {}}


def test_where_no_op_has_the_parameter_the_key_is_an_error(minimal, error_of):
    minimal["compat"] = 2020
    assert "'compat' has no effect: no op of this config" in error_of(config_from_dict, minimal)


def test_another_year_is_an_error(minimal, old, error_of):
    minimal["compat"] = 2019
    assert "compat is 2019; it must be 2020" in error_of(config_from_dict, minimal)


def test_two_mixing_ops_are_refused(minimal, error_of):
    minimal["use_mix"] = True
    minimal["TRAIN"]["mix"] = [{"MixupOperator": {}}, {"Mixup": {}}]
    text = error_of(config_from_dict, minimal)
    assert "TRAIN.mix has 2 ops (MixupOperator, Mixup), but a batch is mixed once" in text
