# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One schema: the JSON Schema and the page of the docs say what the loader does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ppclas_core.config.json_schema import json_schema
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.reference import BEGIN, END, reference
from ppclas_core.config.schema import BY_PATH, KEYS, SECTIONS

jsonschema = pytest.importorskip("jsonschema", reason="pip install jsonschema")


@pytest.fixture
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_good_config_and_its_resolved_form_are_valid(validator, minimal):
    minimal.update(use_mix=1, ls_epsilon="1e-1", pretrained_model=["a", "b"], use_aa=True)
    minimal["TRAIN"].update(mix=[{"MixupOperator": None}])
    minimal["TRAIN"]["transforms"][-1] = "ToCHWImage"
    assert list(validator.iter_errors(minimal)) == []
    assert list(validator.iter_errors(config_from_dict(minimal).to_dict())) == []


@pytest.mark.parametrize(("path", "value"), [
    ("epoks", 3), ("epochs", 0), ("epochs", "many"), ("mode", "tarin"), ("image_shape", [3, 224]),
    ("use_mix", "perhaps"), ("TRAIN", [1]),
    ("TRAIN.batchsize", 3), ("TRAIN.transforms", [{"a": {}, "b": {}}]), ("VALID.batch_size", -1),
    ("classes_num", 1), ("requires", [3]), ("OPTIMIZER", {"regularizer": {"function": "L3", "factor": 1}}),
    ("OPTIMIZER", {"regularizer": {"function": "L2"}}),
])
def test_what_the_loader_refuses_the_schema_refuses(validator, minimal, error_of, path, value):
    section, _, name = path.rpartition(".")
    (minimal[section] if section else minimal)[name] = value
    assert error_of(config_from_dict, minimal)
    assert list(validator.iter_errors(minimal)) != []


def test_known_names_are_offered_and_others_allowed(validator, minimal):
    names = validator.schema["properties"]["ARCHITECTURE"]["anyOf"][0]["properties"]["name"]
    offered = names["anyOf"][0]["anyOf"][0]["enum"]
    assert {"ResNet50_vd", "ResNet50_vd_ssld"} <= set(offered)
    minimal["ARCHITECTURE"]["name"] = "NotInstalledHere"
    assert list(validator.iter_errors(minimal)) == []


def test_each_key_is_in_the_json_schema(validator):
    for key in KEYS:
        place = validator.schema
        for part in key.path.split("."):
            place = place["anyOf"][0] if "properties" not in place else place
            place = place["properties"][part]
        assert place["description"] == key.doc


def test_defaults_fit_their_own_types():
    from ppclas_core.config.schema import REQUIRED
    from ppclas_core.plugins.signature import coerce

    for key in KEYS:
        if key.default is not REQUIRED and key.default is not None:
            assert coerce(key.default, key.type, what=key.path) == key.default
        assert not key.section or key.section in SECTIONS
        if key.switch:
            assert key.switch.partition("=")[0] in BY_PATH


def test_the_command_prints_json_or_the_table(ppclas_project):
    out = ppclas_project().run("schema").succeeded().out
    assert json.loads(out)["$schema"].endswith("2020-12/schema")
    assert ppclas_project().run("schema", "--markdown").succeeded().out.strip() == reference()


def test_the_page_of_the_docs_is_the_schema():
    page = Path(__file__).parents[2] / "docs" / "reference" / "config.md"
    if not page.is_file():
        pytest.skip("no docs beside these tests")
    text = page.read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0].strip() == reference(), "paste the output of 'ppclas schema --markdown'"
