# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Training, evaluation, reports and resumed runs go by the names of classes, whatever the order of folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

paddle = pytest.importorskip("paddle")

from ppclas_core.checks.check import check  # noqa: E402
from ppclas_core.data import from_config as datasets  # noqa: E402
from ppclas_core.data.class_weights import loss_weights  # noqa: E402
from ppclas_core.errors import UserError  # noqa: E402
from ppclas_core.models.evaluated_weights import classes_of  # noqa: E402
from ppclas_core.training.evaluate import evaluate  # noqa: E402
from ppclas_core.training.run_training import train  # noqa: E402


@pytest.fixture
def sorted_squares(squares: Path) -> Path:
    """The squares as `train/red`, `train/green`, `train/blue`, and the same below `val`."""
    for name in ("train", "val"):
        for line in (squares / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            file, label = line.split()
            target = squares / "sorted" / name / ("red", "green", "blue")[int(label)]
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(squares / file, target / file)
    return squares / "sorted"


@pytest.fixture
def by_folder(values: Dict[str, Any], sorted_squares: Path) -> Dict[str, Any]:
    """The toy training on folders, without lists."""
    values.update(label_list=None, classes_num="auto", epochs=4)
    for section, name in (("TRAIN", "train"), ("VALID", "val")):
        values[section].update(file_list=None, data_dir=str(sorted_squares / name))
    values["VALID"]["transforms"].insert(1, {"ResizeImage": {"size": 16}})  # synthetic images of an export are larger
    return values


def messages_of(check: Callable[[], Any]) -> List[str]:
    try:
        return [str(finding) for finding in check()]
    except UserError as error:
        return [str(error)]


def test_weights_are_judged_by_name_wherever_the_data_comes_from(by_folder, sorted_squares, make_config, capsys):
    from ppclas_core.predict.evaluation import evaluate_runtime
    from ppclas_core.report.run_report import write_run_report

    done = train(make_config(by_folder))
    right = evaluate(make_config(by_folder))
    assert right.top1 > 0.9
    shutil.rmtree(sorted_squares / "val" / "green")  # then blue, red are the classes 0 and 1 of the folder
    config = make_config(by_folder)
    for result in (evaluate(config), evaluate_runtime(config, None, "paddle")):
        rows = {row["class"]: (row["samples"], row["correct"]) for row in result.per_class}
        assert (result.top1, result.samples, rows) == (1.0, 9, {"blue": (4, 4), "red": (5, 5)})
    evaluated, page = write_run_report(config, done)
    assert evaluated is not None
    assert evaluated.top1 == 1.0
    assert page is not None
    assert "<td>red</td>" in page.read_text(encoding="utf-8")
    (sorted_squares / "val" / "red").rename(sorted_squares / "val" / "rot")
    for judge in (lambda: evaluate(config), lambda: evaluate_runtime(config, None, "paddle")):
        with pytest.raises(UserError, match="VALID has 1 class that .* does not have: 'rot'"):
            judge()


def test_the_number_of_classes_is_that_of_the_weights(by_folder, sorted_squares, make_config):
    train(make_config({**by_folder, "epochs": 1}))
    shutil.rmtree(sorted_squares / "val" / "green")
    only = {key: value for key, value in by_folder.items() if key not in ("TRAIN", "LEARNING_RATE", "epochs")}
    assert evaluate(make_config({**only, "mode": "valid"})).samples == 9
    texts = messages_of(lambda: check(make_config({**only, "mode": "valid"})))
    assert "ok: VALID: 9 images, 2 classes" in texts
    (sorted_squares / "val" / "red").rename(sorted_squares / "val" / "rot")
    texts = messages_of(lambda: check(make_config({**only, "mode": "valid"})))
    assert any("VALID has 1 class that the checkpoint does not have: 'rot'" in text for text in texts)


def test_validation_during_training_goes_by_the_names_of_train(by_folder, sorted_squares, make_config):
    shutil.rmtree(sorted_squares / "val" / "green")
    train_source, valid = datasets.open_both(datasets.settle_classes(make_config(by_folder)))
    assert valid is not None
    assert train_source.class_names == valid.class_names == ["blue", "green", "red"]
    assert set(valid.labels.tolist()) == {0, 2}
    (sorted_squares / "val" / "eel").mkdir()
    shutil.copy(next((sorted_squares / "val" / "red").iterdir()), sorted_squares / "val" / "eel")
    with pytest.raises(UserError, match=r"VALID has 1 class that TRAIN does not have: 'eel'"):
        datasets.open_both(datasets.settle_classes(make_config(by_folder)))


def test_a_validation_table_that_lacks_a_class_of_training(values, squares, make_config):
    tables = {"TRAIN": ["train_0.png,red", "train_1.png,green", "train_2.png,blue"], "VALID": ["val_0.png,red"]}
    for section, rows in tables.items():
        (squares / f"{section}.csv").write_text("\n".join(["path,label", *rows]), encoding="utf-8")
        values[section]["file_list"] = str(squares / f"{section}.csv")
    values.update(label_list=None, classes_num="auto")
    _, valid = datasets.open_both(datasets.settle_classes(make_config(values)))
    assert valid is not None
    assert (valid.labels.tolist(), valid.class_names) == ([2], ["blue", "green", "red"])


def test_a_resumed_run_keeps_the_order_of_its_checkpoint(by_folder, make_config, tmp_path):
    from ppclas_core.runs.meta import Meta, write_meta

    (tmp_path / "last").mkdir()
    write_meta(tmp_path / "last", Meta("ToyNet", 3, [3, 16, 16], [], labels=["red", "blue", "green"]))
    config = datasets.settle_classes(make_config(by_folder))
    source, valid = datasets.open_both(config, classes_of(tmp_path / "last"))
    assert valid is not None
    assert source.class_names == valid.class_names == ["red", "blue", "green"]
    assert source.labels.tolist() == [1] * 10 + [2] * 10 + [0] * 10  # folders in alphabetical order
    write_meta(tmp_path / "last", Meta("ToyNet", 3, [3, 16, 16], [], labels=["red", "blue", "grey"]))
    with pytest.raises(UserError, match=r"TRAIN has 1 class that the checkpoint .*last does not have: 'green'"):
        datasets.open_both(config, classes_of(tmp_path / "last"))


@pytest.mark.parametrize(("weights", "message"), [
    ({"rad": 3}, "there is no class 'rad'. Did you mean 'red'?"), ({"red": -1}, "class_weights.red is -1"),
    ({"red": "much"}, "class_weights.red is 'much'"), ([1, 2], "class_weights has 2 values, but there are 3"),
])
def test_check_refuses_class_weights_that_a_run_refuses(values, make_config, weights, message):
    config = make_config({**values, "class_weights": weights})
    assert any(message in text for text in messages_of(lambda: check(config)))
    with pytest.raises(UserError, match=r"class_weights"):
        train(config)


def test_a_weight_for_a_name_that_stands_twice_is_refused(values, squares, make_config):
    (squares / "labels.txt").write_text("0 red\n1 green\n2 red\n", encoding="utf-8")
    config = make_config({**values, "class_weights": {"red": 3}})
    with pytest.raises(UserError, match="'red' is the name of 2 classes, 0, 2"):
        loss_weights(config, datasets.open_checked(config, "TRAIN"))


def test_labels_far_above_the_images_do_not_make_a_model_of_millions(values, squares, make_config):
    (squares / "train.txt").write_text("train_0.png 100905\ntrain_1.png 100907\n", encoding="utf-8")
    config = make_config({**values, "label_list": None, "classes_num": "auto"})
    with pytest.raises(UserError, match=r"labels of TRAIN go up to 100907, far above its 2 images"):
        datasets.settle_classes(config)
    assert datasets.open_checked(make_config({**values, "label_list": None, "classes_num": 100908}), "TRAIN")
