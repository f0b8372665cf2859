# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Multi-label training, from the list to the named classes: each image shows any of three colored squares."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pytest

from ppclas_core.checks.check import check
from ppclas_core.checks.components import check_components
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import read_meta
from ppclas_core.testing import toy
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train

SIDE = 16
NAMES = ("red", "green", "blue")


def picture(labels: Any, rng: np.random.Generator) -> np.ndarray:
    """(16, 16, 3) uint8, blue first as OpenCV writes it: noise, and a square of 6 pixels for each label."""
    image = rng.integers(0, 200, (SIDE, SIDE, 3)).astype(np.uint8)
    corners = rng.permutation(4)
    for label in labels:
        top, left = divmod(int(corners[label]), 2)
        image[1 + 8 * top : 7 + 8 * top, 1 + 8 * left : 7 + 8 * left, 2 - label] = 230
    return image


@pytest.fixture(scope="module")
def squares(tmp_path_factory: Any) -> Path:
    """A folder with 96 training and 37 validation images, lists and names."""
    import cv2

    folder, rng = tmp_path_factory.mktemp("several"), np.random.default_rng(2)
    for name, count in (("train", 96), ("val", 37)):
        lines = []
        for index in range(count):
            labels = [label for label in range(3) if index >> label & 1]
            cv2.imencode(".png", picture(labels, rng))[1].tofile(str(folder / f"{name}_{index}.png"))
            lines.append(f"{name}_{index}.png {','.join(map(str, labels)) or '-'}\n")
        (folder / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    (folder / "labels.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(NAMES)), encoding="utf-8")
    return folder


def settings(squares: Path) -> Dict[str, Any]:
    """The config of a training of seconds."""
    ops = [{"DecodeImage": {}}, {"CropImage": {"size": SIDE}}, {"NormalizeImage": {"scale": "1./255.", "order": ""}},
           {"ToCHWImage": None}]
    section = {"batch_size": 16, "num_workers": 0, "data_dir": str(squares), "transforms": ops}
    return {
        "task": "multilabel", "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 3,
        "label_list": str(squares / "labels.txt"), "image_shape": [3, SIDE, SIDE], "epochs": 2,
        "device": "cpu", "accelerator": "none", "print_interval": 1,
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.03}}, "OPTIMIZER": {"function": "Adam"},
        "TRAIN": {**section, "file_list": str(squares / "train.txt")},
        "VALID": {**section, "file_list": str(squares / "val.txt")},
    }


@pytest.fixture
def values(squares: Path, tmp_path: Path) -> Dict[str, Any]:
    """The config, for a test to change."""
    return {**settings(squares), "model_save_dir": str(tmp_path / "output")}


@pytest.fixture(scope="module")
def story(squares: Path, tmp_path_factory: Any) -> Any:
    """A project with `several.yaml`, which was run: 25 epochs."""
    from ppclas_core.testing.pytest_plugin import Project

    toy.toy_catalogue()
    project = Project(tmp_path_factory.mktemp("story"))
    project.write({"several.yaml": {**settings(squares), "ARCHITECTURE": {"name": "ToyNet", "params": {"width": 16}},
                                    "epochs": 25, "valid_interval": 24}})
    project.outcome = project.run("run", "several.yaml").succeeded()  # type: ignore[attr-defined]
    return project


def test_it_learns_what_the_images_show(story: Any) -> None:
    """Chance level is the fraction of images that have a class, about one half."""
    report = json.loads((story.folder / "output/ToyNet/report.json").read_text(encoding="utf-8"))
    assert report["mAP"] > 0.95
    assert report["f1"] > 0.85
    assert report["samples"] == 37
    assert "top1" not in report
    assert f"mAP        {report['mAP']:.5f} on 37 images" in story.outcome.out
    log = (story.folder / "output/ToyNet/train.log").read_text(encoding="utf-8")
    assert " f1: " in log
    assert "The best mAP" in log
    assert "top1" not in log


def test_the_checkpoint_says_what_its_scores_mean(story: Any) -> None:
    meta = read_meta(story.folder / "output/ToyNet/best_model")
    assert meta is not None
    assert (meta.task, meta.threshold, meta.labels) == ("multilabel", 0.5, list(NAMES))
    assert meta.metrics["best_mAP"] == pytest.approx(max(
        json.loads(line)["mAP"] for line in (story.folder / "output/ToyNet/metrics.jsonl").read_text().splitlines()
        if json.loads(line)["kind"] == "eval"))


def test_the_page_has_a_row_per_class_and_no_confusion(story: Any) -> None:
    page = (story.folder / "output/ToyNet/report.html").read_text(encoding="utf-8")
    assert "<th>class</th><th>samples</th><th>found</th><th>AP</th><th>precision</th><th>recall</th>" in page
    assert "validation mAP" in page
    assert "Confusion" not in page
    assert "Best images" in page
    assert re.search(r"<figcaption>(red|green|blue) \d+ %, (red|green|blue) \d+ %", page)


def test_an_image_of_two_classes_gets_two_names(story: Any) -> None:
    import cv2

    for name, labels in (("both", (0, 2)), ("none", ())):
        pixels = picture(labels, np.random.default_rng(9))
        cv2.imencode(".png", pixels)[1].tofile(str(story.folder / f"{name}.png"))
    done = story.run("predict", "output/ToyNet", "both.png", "none.png").succeeded()
    both, none = done.out.splitlines()
    assert {word.split()[0] for word in both.split(": ")[1].split(", ")} == {"red", "blue"}
    assert none == "none.png: no class"
    (row,) = json.loads(story.run("predict", "output/ToyNet", "both.png", "--json", "--threshold", "0").out)
    assert {each["name"] for each in row["classes"]} == set(NAMES)
    assert sum(each["score"] for each in row["classes"]) > 1.2, "sigmoid scores need not add up to 1"
    (row,) = json.loads(story.run("predict", "output/ToyNet", "both.png", "--json", "--topk", "1").out)
    assert len(row["classes"]) == 1


def test_the_bundle_knows_its_task_and_gives_the_same_outputs(story: Any) -> None:
    from ppclas_core.predict import Predictor

    story.run("export", "output/ToyNet", "inference", "bundle").succeeded()
    facts = json.loads((story.folder / "bundle/bundle.json").read_text(encoding="utf-8"))
    assert (facts["task"], facts["threshold"], facts["output"]["kind"]) == ("multilabel", 0.5, "logits")
    assert facts["golden"]["origin"] == "validation images"
    pixels = picture((1, 2), np.random.default_rng(3))[:, :, ::-1]
    answers = [Predictor(story.folder / name).predict(pixels)[0].classes for name in ("bundle", "output/ToyNet")]
    assert [each.name for each in answers[0]] == [each.name for each in answers[1]]
    assert {each.name for each in answers[0]} == {"green", "blue"}
    refused = story.run("export", "output/ToyNet", "inference", "soft", "--option", "softmax=true")
    assert refused.code == 2
    assert "softmax is for models with one class per image" in refused.err
    assert not (story.folder / "soft").exists()


def test_eval_prints_the_metrics_and_the_report_compares(story: Any) -> None:
    shown = story.run("eval", "several.yaml").succeeded().out
    assert shown.startswith("mAP ")
    assert "exact_match" in shown
    figures = json.loads(story.run("eval", "several.yaml", "--json").succeeded().out)
    assert [row["class"] for row in figures["per_class"]] == list(NAMES)
    low = json.loads(story.run("eval", "several.yaml", "--json", "-o", "score_threshold=0.01").succeeded().out)
    assert low["recall"] >= figures["recall"]
    assert low["precision"] < figures["precision"]
    assert low["mAP"] == pytest.approx(figures["mAP"])
    by_engine = json.loads(story.run("eval", "several.yaml", "--json", "--engine", "paddle").succeeded().out)
    assert by_engine["mAP"] == pytest.approx(figures["mAP"], abs=1e-3)
    other = story.run("eval", "several.yaml", "--engine", "paddle", "-o", "task=multiclass")
    assert other.code == 2
    assert "trained with 'task: multilabel'" in other.err
    story.run("report", "output/ToyNet", "--against", "output/ToyNet").succeeded()
    assert "Validation mAP" in (story.folder / "output/ToyNet/report.html").read_text(encoding="utf-8")


def test_check_reports_the_number_of_labels_and_those_out_of_range(values, make_config) -> None:
    text = [str(finding) for finding in check(make_config(values))]
    assert any("TRAIN: 96 images, 3 classes, 1.50 labels per image, 12 images of no class" in line for line in text)
    values.update(classes_num=2, label_list=None)
    with pytest.raises(UserError, match="labels go from 0 to 2 but classes_num is 2"):
        check(make_config(values))


def test_the_number_of_classes_follows_from_the_labels(values, make_config) -> None:
    values.update(classes_num="auto", label_list=None, epochs=1)
    meta = read_meta(train(make_config(values)).run_dir / "last")
    assert meta is not None
    assert meta.num_classes == 3


def test_the_best_checkpoint_is_that_of_the_best_map(values, make_config) -> None:
    values["epochs"] = 3
    result = train(make_config(values))
    evaluations = [json.loads(line) for line in (result.run_dir / "metrics.jsonl").read_text().splitlines()]
    figures = [record["mAP"] for record in evaluations if record["kind"] == "eval"]
    assert result.best_map == max(figures)
    assert result.best_top1 is None
    assert evaluate(make_config(values), result.run_dir / "best_model").mAP == pytest.approx(max(figures))


def test_a_resumed_run_is_the_straight_one(values, make_config, same_checkpoint) -> None:
    values["LEARNING_RATE"] = {"function": "Piecewise", "params": {"lr": 0.01, "decay_epochs": [9], "gamma": 0.1}}
    straight = train(make_config(values))
    kept = straight.run_dir.rename(straight.run_dir.with_name("straight"))
    assert train(make_config({**values, "epochs": 1})).epochs == 1
    resumed = train(make_config(values), resume=True, allow=["epochs"])
    assert (resumed.epochs, resumed.best_map) == (2, straight.best_map)
    same_checkpoint(kept / "last", resumed.run_dir / "last")


def first_loss(config: Any) -> float:
    """Of the first training step."""
    records = (train(config).run_dir / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return next(json.loads(line)["loss"] for line in records if json.loads(line)["kind"] == "step")


@pytest.mark.parametrize("change", [
    {"class_weights": [5.0, 1.0, 1.0]}, {"class_weights": {"blue": 4}}, {"ls_epsilon": 0.3},
    {"LOSS": {"name": "FocalLoss"}}, {"LOSS": {"name": "BCELoss", "params": {"pos_weight": [2, 2, 2]}}},
    {"LOSS": {"name": "FocalLoss", "params": {"gamma": 1}}, "class_weights": [1, 3, 1]},
])
def test_what_changes_the_loss_changes_it(values, make_config, change) -> None:
    values["epochs"] = 1
    plain, changed = first_loss(make_config(values)), first_loss(make_config({**values, **change}))
    assert changed != pytest.approx(plain, rel=1e-3)


def test_balanced_weights_follow_from_the_images(values, make_config, squares: Path) -> None:
    from ppclas_core.data import from_config as datasets
    from ppclas_core.data.class_weights import loss_weights

    rare = squares / "rare.txt"
    rare.write_text("".join(f"train_{index}.png {'0,1' if index == 0 else '0' if index < 40 else '-'}\n"
                            for index in range(50)), encoding="utf-8")
    values["class_weights"] = "balanced"
    values["TRAIN"]["file_list"] = str(rare)
    config = make_config(values)
    assert loss_weights(config, datasets.open_checked(config, "TRAIN")) == pytest.approx([0.25, 49.0, 1.0])


@pytest.mark.parametrize("op", ["MixupOperator", "CutmixOperator", "FmixOperator"])
@pytest.mark.parametrize("per_sample", [False, True])
def test_mixed_batches_train(values, make_config, op, per_sample) -> None:
    from ppclas_core.plugins.catalogue import catalogue

    if op not in catalogue().names("op"):
        pytest.skip("ppclas-augment-mix is not installed")
    values["epochs"] = 1
    plain = first_loss(make_config(values))
    values.update(use_mix=True)
    values["TRAIN"]["mix"] = [{op: {"alpha": 1.0, "per_sample": per_sample}}]
    assert first_loss(make_config(values)) != plain


@pytest.mark.parametrize(("change", "words"), [
    ({"LOSS": {"name": "CELoss"}}, "CELoss expects one class per image"),
    ({"LOSS": {"name": "FocalLoss", "params": {"sigmoid": False}}}, "'sigmoid: False' of FocalLoss"),
    ({"topk": 2}, "'topk' has no effect unless 'task' is multiclass"),
    ({"use_distillation": True, "DISTILLATION": {"teacher": "ToyNet"}}, "'use_distillation' compares probab"),
    ({"task": "multiclass", "score_threshold": 0.3}, "'score_threshold' has no effect unless 'task' is multilabel"),
    ({"score_threshold": 1.5}, "it must be 0 to 1"),
    ({"task": "several"}, "task"),
])
def test_what_cannot_apply_is_refused_with_the_config(values, make_config, change, words) -> None:
    with pytest.raises(UserError, match=words):
        make_config({**values, **change})


def test_balanced_sampling_is_refused_with_what_to_do(values, make_config) -> None:
    values["TRAIN"]["sampler"] = "balanced"
    with pytest.raises(UserError, match="class_weights: balanced"):
        make_config(values)


@pytest.mark.parametrize(("change", "words"), [
    ({"LOSS": {"name": "FocalLoss"}, "ls_epsilon": 0.1}, "'ls_epsilon' has no effect on the loss FocalLoss"),
    ({"LOSS": {"name": "BCELoss", "params": {"pos_weight": [1, 1, 1]}}, "class_weights": "balanced"},
     "LOSS.params.pos_weight has no effect"),
])
def test_what_the_loss_cannot_do_is_refused_before_the_run(values, make_config, change, words) -> None:
    with pytest.raises(UserError, match=words):
        check_components(make_config({**values, **change}))


def test_a_class_per_folder_is_refused(values, make_config, squares: Path) -> None:
    values["TRAIN"].update(file_list=None, data_dir=str(squares.parent))
    with pytest.raises(UserError, match="multi-label data needs a list"):
        check(make_config(values))


def test_a_model_of_one_class_takes_no_threshold(tmp_path: Path) -> None:
    from ppclas_core.predict import Predictor

    predictor = Predictor(toy.toy_checkpoint(tmp_path / "one"))
    assert predictor.threshold is None
    with pytest.raises(UserError, match="a threshold applies to multi-label models only"):
        predictor.predict(np.zeros((40, 40, 3), np.uint8), threshold=0.3)


def test_loggers_get_the_multilabel_curves(tmp_path: Path) -> None:
    from types import SimpleNamespace

    from ppclas_core.training.scalar_logger import ScalarLogger

    class Curves(ScalarLogger):
        def open(self, folder: Path, first_step: int) -> None:
            self.points: List[Tuple[str, float, int]] = []

        def add(self, name: str, value: float, step: int) -> None:
            self.points.append((name, value, step))

    from ppclas_core.tasks import Multilabel

    task = Multilabel()
    run: Any = SimpleNamespace(rank=SimpleNamespace(number=0), folder=tmp_path, steps_per_epoch=10, topk=5,
                               shown_in_steps=task.metrics_named(task.step_names),
                               shown_in_evaluations=task.metrics_named(task.logged),
                               progress=SimpleNamespace(epoch=0, step=0))
    logger = Curves(interval=1)
    logger.on_train_begin(run)
    logger.on_step_end(run, {"epoch": 0, "step": 3, "loss": 1.0, "f1": 0.2, "lr": 0.1, "seconds": 1})
    logger.on_eval_end(run, {"epoch": 0, "loss": 1.0, "mAP": 0.5, "f1": 0.3, "macro_f1": 0.4, "samples": 9})
    assert logger.points == [("train/loss", 1.0, 3), ("train/f1", 0.2, 3), ("train/lr", 0.1, 3),
                             ("eval/loss", 1.0, 10), ("eval/mAP", 0.5, 10), ("eval/f1", 0.3, 10),
                             ("eval/macro_f1", 0.4, 10)]


@pytest.mark.skipif(os.name == "nt", reason="the launcher of Paddle")
def test_two_processes_count_every_image_once_and_agree_with_one(values, tmp_path, run_by_two_processes) -> None:
    values["epochs"] = 1
    run = run_by_two_processes(values)
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    alone = evaluate(load_config(tmp_path / "toy.yaml"), run)
    assert report["samples"] == alone.samples == 37
    for name in ("mAP", "f1", "macro_f1", "hamming_loss", "exact_match", "loss"):
        assert report[name] == pytest.approx(getattr(alone, name), rel=1e-5), name
    assert report["per_class"] == [pytest.approx(row) for row in alone.per_class]
