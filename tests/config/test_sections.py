# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Typed sections of a config: the same values as the mapping, read-only, complete."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, Dict

import pytest

from ppclas_core.config import Config
from ppclas_core.config.fields import Section, members
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.sections import DataSection, OptimizerSection, TrainSection
from ppclas_core.errors import UserError


def same(section: Any, values: Any) -> bool:
    """Compare a section with the mapping of its values, key by key."""
    if not isinstance(section, Section):
        return bool(section == values)
    found = {member.name: getattr(section, member.field) for member in members(type(section))}
    return list(found) == list(values) and all(same(value, values[name]) for name, value in found.items())


@pytest.fixture
def config(minimal: Dict[str, Any]) -> Config:
    """A config with values in sections of sections."""
    minimal["OPTIMIZER"] = {"function": "SGD", "regularizer": {"function": "L2", "factor": "1e-4"}}
    return config_from_dict(minimal)


def test_attributes_and_mapping_have_the_same_values(config: Config) -> None:
    top = {member.name: getattr(config, member.field) for member in members(Config)}
    assert list(top) == list(config)
    assert all(same(value, config[name]) for name, value in top.items())
    assert config.train is not None
    assert config.train.batch_size == config["TRAIN"]["batch_size"]
    assert config.optimizer.regularizer is not None
    assert config.optimizer.regularizer.factor == 1e-4


def test_an_omitted_section_is_none_or_has_its_defaults(config: Config) -> None:
    assert config.early_stop is None
    assert config["early_stop"] is None
    assert config.loss.name == config["LOSS"]["name"] == "CELoss"
    assert Config.of({"epochs": 3}).valid is None


@pytest.mark.parametrize("make", [copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config)),
                                  lambda config: config.with_value("seed", 0)])
def test_copies_are_equal(config: Config, make: Any) -> None:
    other = make(config)
    assert other == config
    assert other.train == config.train
    assert other.origins == config.origins


def test_another_value_reaches_the_attribute_too(config: Config) -> None:
    assert config.with_value("seed", 7).seed == 7
    assert config.seed == 0


def test_sections_cannot_be_changed(config: Config) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 1  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.train.batch_size = 1  # type: ignore[misc, union-attr]


def test_plain_values_become_a_config_and_defaults_are_not_shared() -> None:
    values = {"TRAIN": {"batch_size": 8}, "OPTIMIZER": None}
    config = Config.of(values)
    assert Config.of(config) is config
    assert config.require_train() == TrainSection(batch_size=8)
    assert config.optimizer == OptimizerSection()
    assert config.optimizer.params is not OptimizerSection().params


def test_what_a_command_needs_is_there_or_an_error() -> None:
    config = Config.of({"mode": "valid"})
    for needed in (config.require_train, config.require_valid, config.require_learning_rate, config.require_epochs):
        with pytest.raises(UserError, match="this needs '(TRAIN|VALID|LEARNING_RATE|epochs)', which the config"):
            needed()


def test_a_section_of_data_by_name(config: Config) -> None:
    assert config.data_section("TRAIN") is config.train
    assert config.data_section("VALID") is config.valid
    assert isinstance(config.valid, DataSection)
