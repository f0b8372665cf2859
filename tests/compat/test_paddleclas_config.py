# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A config of PaddleClas 2.x is recognized by every command that takes a config, and mapped to our keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict

import pytest

from ppclas_core.compat.paddleclas_config import SECTIONS, refuse_paddleclas
from ppclas_core.config.key_hints import OTHER_NAMES
from ppclas_core.config.load import load_config
from ppclas_core.config.schema import BY_PATH
from ppclas_core.config.yaml_node import from_plain
from ppclas_core.errors import UserError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migration" / "from_paddleclas_2.md"
THEIRS: Dict[str, Any] = {
    "Global": {"epochs": 120, "output_dir": "./output/", "image_shape": [3, 224, 224]},
    "Arch": {"name": "ResNet50", "class_num": 10},
    "Loss": {"Train": [{"CELoss": {"weight": 1.0}}]},
    "Optimizer": {"name": "Momentum", "lr": {"name": "Cosine", "learning_rate": 0.1}},
    "DataLoader": {"Train": {"dataset": {"image_root": "photos", "cls_label_path": "list.txt"}}},
}

VALUES_OF_PAGE = ("True", "auto", "name", "epsilon", "coeff")
"""Words in code on our side of the table that are no keys."""


@pytest.mark.parametrize("line", ["show", "check", "train", "run", "eval", "lr", "augment photo.jpg"])
def test_every_command_that_takes_a_config_recognizes_it(ppclas_project: Any, line: str) -> None:
    project = ppclas_project({"theirs.yaml": THEIRS})
    command, *rest = line.split()
    outcome = project.run(command, "theirs.yaml", *rest)
    assert outcome.code == 2
    sections = "Global, Arch, Loss, Optimizer, DataLoader"
    assert f"theirs.yaml:1: a config of PaddleClas 2.x (sections {sections}); ppclas has other keys" in outcome.err
    assert "Arch:        name: ARCHITECTURE.name; class_num: classes_num" in outcome.err
    assert "docs/migration/from_paddleclas_2.md" in outcome.err
    assert "Metric" not in outcome.err
    assert "unknown key" not in outcome.err
    assert len(outcome.err.splitlines()) < 20


def test_an_override_of_it_a_dict_and_a_base_are_recognized_as_well(ppclas_project: Any) -> None:
    project = ppclas_project({"theirs.yaml": THEIRS, "ours.yaml": {"base": "theirs.yaml", "epochs": 3}})
    for arguments in (("theirs.yaml", "Global.epochs=3"), ("ours.yaml",)):
        assert "theirs.yaml:1: a config of PaddleClas 2.x" in project.run("show", *arguments).err
    with pytest.raises(UserError, match="dict: a config of PaddleClas 2.x"):
        load_config(THEIRS)


def test_one_section_of_this_name_is_an_unknown_key() -> None:
    refuse_paddleclas(from_plain({"Loss": {}, "LOSS": {}}, "my.yaml"))


def test_every_key_of_the_mapping_and_of_the_page_exists() -> None:
    page = PAGE.read_text(encoding="utf-8").partition("## The configs")[2]
    rows = [row.split("|")[2] for row in page.splitlines() if row.startswith("| `")]
    assert len(rows) > 15
    known = {*BY_PATH, *OTHER_NAMES.values(), "OPTIMIZER.regularizer", "OPTIMIZER.params.momentum", "TRAIN", "VALID"}
    for row in rows:
        for key in re.findall(r"`([A-Za-z_.]+)`", row):
            assert key in known or key in VALUES_OF_PAGE, key
    targets = [target for text in SECTIONS.values() for target in re.findall(r": ([A-Za-z_.]+)", text)]
    assert {target for target in targets if target.isupper() or "." in target or "_" in target} <= {
        *known, "data_dir", "file_list", "label_list"}
