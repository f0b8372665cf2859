# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What core knows of a callback with a switch, or of an op for new configs, comes from the record of any plugin."""

from __future__ import annotations

import pytest

from ppclas_core.api import Backbone
from ppclas_core.config.finetune_defaults import Choice, Data, finetune_yaml
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.switched_callbacks import callback_items, has_teacher
from ppclas_core.plugins.catalogue import catalogue

PLUGIN = '''
from ppclas_core.api import Callback, Loss, Op, Recommendation, hookimpl

class Tutor:
    def __init__(self, *, teacher: str = "") -> None: ...

class Near:
    def __init__(self, *, power: float = 2.0) -> None: ...

class Fog:
    def __init__(self, *, depth: float = 0.5) -> None: ...

@hookimpl
def ppclas_callbacks():
    return [Callback("Tutor", "strangers:Tutor", enabled_by="use_distillation", section="DISTILLATION",
                     default_loss="Near", teacher=True)]

@hookimpl
def ppclas_losses():
    return [Loss("Near", "strangers:Near", teacher=True)]

@hookimpl
def ppclas_ops():
    return [Op("Fog", "strangers:Fog", recommended=Recommendation(100, 1000, params={"depth": 0.1}, why="hides")),
            Op("Haze", "strangers:Fog", recommended=Recommendation(normalized=True))]
'''


@pytest.fixture(autouse=True)
def strangers(toys, tmp_path_factory):
    """A one-file plugin that brings a teacher and two ops."""
    file = tmp_path_factory.mktemp("plugin") / "strangers.py"
    file.write_text(PLUGIN, encoding="utf-8")
    catalogue().load_file(file)


def test_a_switched_callback_brings_its_section_its_loss_and_its_position(minimal):
    minimal.update(use_distillation=True, DISTILLATION={"teacher": "ResNet50"}, callbacks=[{"Logger": {"folder": "x"}}])
    config = config_from_dict(minimal)
    assert config["LOSS"]["name"] == "Near"
    assert callback_items(config) == [{"Tutor": {"teacher": "ResNet50"}}, {"Logger": {"folder": "x"}}]
    assert has_teacher(config)


def test_without_its_key_it_stays_away(minimal):
    config = config_from_dict(minimal)
    assert config["LOSS"]["name"] == "CELoss"
    assert callback_items(config) == []
    assert not has_teacher(config)


@pytest.mark.parametrize(("changes", "part"), [
    ({"use_distillation": True}, "'use_distillation' needs a teacher"),
    ({"use_distillation": True, "DISTILLATION": {"teacher": "A"}, "LOSS": {"name": "Hard"}}, "remove it for Near"),
    ({"LOSS": {"name": "Near"}}, "set 'use_distillation: True'"),
])
def test_a_teacher_has_its_rules_whoever_brings_it(minimal, error_of, changes, part):
    assert part in error_of(config_from_dict, {**minimal, **changes})


@pytest.mark.parametrize(("images", "fog"), [(99, False), (100, True), (999, True), (1000, False)])
def test_an_op_recommends_itself_for_a_number_of_images(images, fog):
    known = {"input_size": 32, "resize_short": 36, "interpolation": "bilinear", "mean": [0.5], "std": [0.5]}
    data = Data({"file_list": "a.txt"}, {"file_list": "b.txt"}, None, images, 9, 3, 3, 30)
    lines = finetune_yaml(Backbone("Net", "x:y", "Toy"), known, data, Choice("Net", None, "output")).splitlines()
    assert ('  - Fog: {"depth": 0.1}  # hides' in lines) == fog
    normalize = next(place for place, line in enumerate(lines) if "NormalizeImage" in line)
    assert lines[normalize + 1] == "  - Haze:"
    assert ("Fog" in lines[normalize - 1]) == fog
