# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`show`: every value and its origin, as YAML that is a config again."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Dict

import pytest
import yaml

from ppclas_core.config.load import config_from_dict, load_config
from ppclas_core.config.render import render
from ppclas_core.config.schema import KEYS


def test_the_output_is_the_same_config(write, minimal):
    minimal["TRAIN"].update(mix=[{"MixupOperator": {"alpha": 0.3}}], delimiter="\t")
    minimal.update(use_mix=True, ls_epsilon="1e-1", model_save_dir="输出 # 1: a", requires=["pyyaml>=5"],
                   ARCHITECTURE={"name": "EfficientNetB0", "params": {"override_params": {"a": [1, {"b": None}]}}})
    config = load_config(write("a.yaml", minimal), ["epochs=7"])
    assert config_from_dict(yaml.safe_load(render(config))).to_dict() == config.to_dict()


SWITCHED_OFF: Dict[str, Dict[str, Any]] = {"validate": {"validate": False}, "task=multiclass": {"task": "multilabel"}}


@pytest.mark.parametrize("key", [key for key in KEYS if key.switch not in ("", "use_mix")], ids=lambda key: key.path)
def test_a_key_without_effect_is_shown_with_its_default(minimal, key):
    """Another value would hold where the output is loaded with the switch on; null is read as left out."""
    config = config_from_dict({**minimal, **SWITCHED_OFF.get(key.switch, {})})
    section = config.get_path(key.section) if key.section else config
    assert section is None or section[key.name] in (key.default, None)
    assert config_from_dict(yaml.safe_load(render(config))).to_dict() == config.to_dict()


def test_what_show_prints_keeps_the_budget_of_bad_images(write, minimal):
    write("shown.yaml", yaml.safe_load(render(config_from_dict(minimal))))
    config = load_config("shown.yaml", ["TRAIN.on_bad_image=skip"])
    assert config["TRAIN"]["bad_image_budget"] == 0.01


def test_a_config_of_an_earlier_version_with_a_budget_of_zero_loads(minimal):
    minimal["TRAIN"]["bad_image_budget"] = 0.0
    assert config_from_dict(minimal)["TRAIN"]["bad_image_budget"] == 0.01


def test_a_value_that_follows_from_another_has_its_origin(write, minimal):
    shown = render(load_config(write("a.yaml", {**minimal, "device": "cpu"}))).splitlines()
    origins = {line.split(":")[0]: line.split("# ")[1] for line in shown if "# " in line}
    assert origins["use_gpu"] == origins["device"] != "default"


def test_each_value_has_its_origin(write, minimal):
    write("base.yaml", minimal)
    write("a.yaml", "base: base.yaml\nepochs: 3\n")
    lines = render(load_config("a.yaml", ["TRAIN.transforms.1.RandCropImage.size=32"])).splitlines()
    shown = {line.split(":")[0].strip(" -"): line.split("# ")[1] for line in lines if "# " in line}
    assert shown["epochs"] == "a.yaml:2"
    assert shown["data_dir"].startswith("base.yaml:")
    assert shown["topk"] == "default"
    assert any(line.endswith("# -o TRAIN.transforms.1.RandCropImage.size") for line in lines)
    columns = {line.index("# ") for line in lines if "# " in line}
    assert len(columns) == 1


def test_the_command_touches_no_data_and_forgives_unknown_plugins(write, minimal, ppclas_project):
    minimal["plugins"] = ["my_ops.py"]
    minimal["TRAIN"]["transforms"].insert(1, {"Tint": {"strength": 2}})
    write("my_ops.py", "raise RuntimeError('never run')")
    write("a.yaml", minimal)
    out = ppclas_project().run("show", "a.yaml", "-o", "TRAIN.batch_size=9").succeeded().out
    assert "# not loaded: my_ops.py" in out
    assert "batch_size: 9" in out
    assert "- Tint:" in out


def test_the_command_ends_with_two_for_a_mistake(write, minimal, ppclas_project):
    write("a.yaml", {**minimal, "epoks": 3})
    outcome = ppclas_project().run("show", "a.yaml")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean 'epochs'?" in outcome.err
    assert ppclas_project().run("show").code == 2
    assert "two configs" in ppclas_project().run("show", "a.yaml", "-c", "b.yaml").err


def test_showing_imports_neither_paddle_nor_numpy(write, minimal):
    minimal["ARCHITECTURE"]["name"] = "Later"
    minimal["plugins"] = ["later.py"]
    write("a.yaml", minimal)
    code = ("import sys\nfrom ppclas_core.cli import main\nassert main(['show', 'a.yaml']) == 0\n"
            "sys.exit(str([m for m in ('paddle', 'cv2', 'numpy') if m in sys.modules]))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
