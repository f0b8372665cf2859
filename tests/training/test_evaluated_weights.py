# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Evaluations score what was trained: one order of weights, and it is said which they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Sequence

import numpy as np
import pytest

from ppclas_core.config.load import load_config
from ppclas_core.data.class_match import UnknownClasses
from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.models.evaluated_weights import (
    SelectedWeights,
    command_line_weights,
    open_validation,
    select_weights,
)
from ppclas_core.runs.meta import Meta, write_meta


def checkpoint(folder: Path, labels: Sequence[str] = ("cat", "dog")) -> str:
    folder.mkdir(parents=True)
    (folder / "ppcls.pdparams").write_bytes(b"weights")
    write_meta(folder, Meta("ToyNet", len(labels), [3, 16, 16], [], labels=list(labels)))
    return str(folder)


@pytest.fixture
def named(values: Dict[str, Any], tmp_path: Path) -> Dict[str, Any]:
    """A config that names weights to start from."""
    values["pretrained_model"] = checkpoint(tmp_path / "start")
    return values


def judged(config: Any, given: Any = None) -> str:
    source = select_weights(config, given).source
    assert isinstance(source, (str, Path))
    return Path(source).name


def test_the_best_checkpoint_of_the_run_comes_before_what_it_started_from(named, make_config, tmp_path, caplog):
    caplog.set_level("INFO")
    assert judged(make_config(named)) == "start"
    run = tmp_path / "output" / "ToyNet"
    checkpoint(run / "last")
    assert judged(make_config(named)) == "last"
    checkpoint(run / "best_model")
    assert judged(make_config(named)) == "best_model"
    assert caplog.messages[::2] == [
        f"evaluating {tmp_path / 'start'}: 'pretrained_model' of the config",
        f"evaluating {run / 'best_model'}: best checkpoint of the run"]


def test_what_is_given_comes_first_and_checkpoints_before_pretrained(named, make_config, tmp_path):
    named["checkpoints"] = checkpoint(tmp_path / "going_on")
    assert judged(make_config(named)) == "going_on"
    checkpoint(tmp_path / "output" / "ToyNet" / "best_model")
    assert judged(make_config(named)) == "best_model"
    assert judged(make_config(named), checkpoint(tmp_path / "given")) == "given"


def test_a_run_that_died_before_its_first_checkpoint_does_not_count(named, make_config, tmp_path):
    (tmp_path / "output" / "ToyNet").mkdir(parents=True)
    (tmp_path / "output" / "ToyNet" / "train.log").write_text("", encoding="utf-8")
    assert judged(make_config(named)) == "start"


def test_a_config_that_only_evaluates_names_what_it_evaluates(named, make_config, tmp_path):
    checkpoint(tmp_path / "output" / "ToyNet" / "best_model")
    named = {key: value for key, value in named.items() if key not in ("TRAIN", "LEARNING_RATE", "epochs")}
    assert judged(make_config({**named, "mode": "valid"})) == "start"
    assert judged(make_config({**named, "mode": "valid", "pretrained_model": None})) == "best_model"


def test_without_any_weights_the_message_leads_on(values, make_config, tmp_path):
    with pytest.raises(UserError, match=r"no weights to evaluate.*\n.*--weights PATH.*no checkpoint in .*ToyNet"):
        select_weights(make_config(values))


def test_the_class_names_are_those_of_the_checkpoint(values, make_config, tmp_path):
    found = select_weights(make_config(values), checkpoint(tmp_path / "a", ("owl", "eel", "cat")))
    assert found.classes is not None
    assert (found.classes.names, found.num_classes, found.classes.certain) == (["owl", "eel", "cat"], 3, True)
    numbered = select_weights(make_config(values), checkpoint(tmp_path / "b", ("0", "1"))).classes
    assert numbered is not None
    assert not numbered.certain
    (tmp_path / "c.pdparams").write_bytes(b"weights")
    bare = select_weights(make_config(values), tmp_path / "c")
    assert (bare.classes, bare.num_classes) == (None, None)


def test_weights_that_are_typed_for_an_evaluation_are_meant(tmp_path, monkeypatch):
    from ppclas_core.config.load import load_config

    monkeypatch.chdir(tmp_path)
    text = ("mode: train\nARCHITECTURE: {name: ToyNet}\npretrained_model: a\nclasses_num: 3\nepochs: 1\n"
            "LEARNING_RATE: {function: Cosine, params: {lr: 0.1}}\n"
            "TRAIN: {batch_size: 1, data_dir: x, transforms: []}\n"
            "VALID: {batch_size: 1, data_dir: x, transforms: []}\n")
    Path("c.yaml").write_text(text, encoding="utf-8")
    from ppclas_core.testing.toy import toy_catalogue

    toy_catalogue()
    assert command_line_weights(load_config("c.yaml")) is None
    assert command_line_weights(load_config("c.yaml", ["pretrained_model=b"])) == "b"
    assert command_line_weights(load_config("c.yaml", ["pretrained_model=b", "checkpoints=c"])) == "c"
    assert command_line_weights(load_config("c.yaml", ["pretrained_model="])) is None


@pytest.mark.parametrize(("words", "judges"), [
    ([], None), (["-o", "pretrained_model=b"], "b"), (["--weights", "w", "-o", "pretrained_model=b"], "w"),
    (["-o", "pretrained_model=b", "--engine", "paddle"], "b"), (["--engine", "paddle"], None)])
def test_the_command_gives_command_line_weights_to_its_evaluation(words, judges, tmp_path, monkeypatch, capsys):
    from ppclas_core.cli import main
    from ppclas_core.config.load import load_config
    from ppclas_core.predict import evaluation
    from ppclas_core.testing.toy import toy_catalogue
    from ppclas_core.training import evaluate

    def told(config: Any, weights: Any, *further: Any, **options: Any) -> None:
        raise UserError(f"judges {weights}")

    toy_catalogue()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluate, "evaluate", told)
    monkeypatch.setattr(evaluation, "evaluate_runtime", told)
    Path("c.yaml").write_text("mode: valid\nARCHITECTURE: {name: ToyNet}\npretrained_model: a\n"
                              "VALID: {batch_size: 1, data_dir: x, transforms: []}\n", encoding="utf-8")
    assert main(["eval", "c.yaml", *words]) == 2
    assert f"judges {judges}" in capsys.readouterr().err
    best = checkpoint(tmp_path / "output" / "ToyNet" / "best_model")
    trains = load_config("c.yaml", ["pretrained_model=b", "mode=train", "epochs=1", "validate=False",
                                    "LEARNING_RATE={function: Cosine, params: {lr: 0.1}}",
                                    "TRAIN={batch_size: 1, data_dir: x, transforms: []}"])
    source = select_weights(trains).source
    assert isinstance(source, Path)
    assert source.samefile(best)  # in Python a changed key is a key of the config


PUBLISHED = SelectedWeights("SqueezeNet1_1", "as given", None)


def folders(parent: Path, *names: str, classes: int = 1000) -> Any:
    """A config that evaluates on a folder with one image per class."""
    for name in names:
        (parent / name).mkdir(parents=True)
        cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tofile(str(parent / name / "0.png"))
    return load_config({"mode": "valid", "ARCHITECTURE": {"name": "SqueezeNet1_1"}, "classes_num": classes,
                        "image_shape": [3, 8, 8], "VALID": {"batch_size": 1, "data_dir": str(parent), "transforms": [
                            {"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}})


def test_classes_of_published_weights_are_matched_by_their_names(tmp_path):
    """The position among the folders of the data means nothing to a network of 1,000 classes."""
    source = open_validation(folders(tmp_path / "photos", "jersey", "iron"), PUBLISHED)
    names = class_names("imagenet-1k")
    assert sorted(source.labels.tolist()) == sorted([names.index("iron"), names.index("jersey")])


def test_folders_that_published_weights_do_not_know_are_refused(tmp_path):
    with pytest.raises(UnknownClasses, match="SqueezeNet1_1 does not have"):
        open_validation(folders(tmp_path / "photos", "blouse", "jersey"), PUBLISHED)


def test_all_classes_under_other_names_keep_their_order(tmp_path, monkeypatch):
    """As the folders of ImageNet do, which are named by WordNet ids."""
    monkeypatch.setattr("ppclas_core.data.datasets.imagenet1k.class_names", lambda classes: ["tench", "goldfish"])
    source = open_validation(folders(tmp_path / "photos", "n01440764", "n01443537", classes=2), PUBLISHED)
    assert source.labels.tolist() == [0, 1]
