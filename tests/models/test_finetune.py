# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `finetune`: photos become a config that says why, and a trained model."""

from __future__ import annotations

import re
from typing import Any, Dict, List

import pytest
import yaml

from ppclas_core.config.finetune_defaults import Choice, Data, batch_size, epoch_count, finetune_yaml, learning_rate
from ppclas_core.config.load import load_config
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.plugins.models import find_model
from ppclas_core.testing import toy
from tests.models.finetune_photos import finetune, photos_project


@pytest.fixture
def photos(ppclas_project):
    return photos_project(ppclas_project())


def test_one_command_makes_a_config_and_a_trained_model(photos):
    arguments = ("--data", "photos", "--pretrained", "weights", "--epochs", "2", "-o", "device=cpu")
    out = finetune(photos, *arguments).succeeded().out
    assert "2 classes, 15 training and 3 validation images" in out
    folder = photos.folder / "output/finetune_photos"
    assert (folder / "ToyNet/best_model/ppcls.pdparams").is_file()
    assert (folder / "ToyNet/report.html").is_file()
    again = finetune(photos, *arguments, "--resume").succeeded()
    assert "is finished" in again.err + again.out
    photos.run("predict", str(folder / "ToyNet"), "photos/red", "--plugin", toy.__file__).succeeded()


def test_data_that_is_divided_already_stays_as_it_is(photos):
    for part in ("train", "val"):
        for name in ("red", "blue"):
            (photos.folder / f"divided/{part}/{name}").mkdir(parents=True)
            for file in sorted((photos.folder / "photos" / name).iterdir())[:: 1 if part == "train" else 3]:
                (photos.folder / f"divided/{part}/{name}/{file.name}").write_bytes(file.read_bytes())
    out = finetune(photos, "--data", "divided", "--pretrained", "none", "--write-only").succeeded().out
    assert "18 training and 6 validation images" in out
    text = (photos.folder / "output/finetune_divided/ToyNet.yaml").read_text(encoding="utf-8")
    assert 'data_dir: "divided/train"' in text
    photos.run("data", "lists", "photos", "--out", "photos").succeeded()
    out = finetune(photos, "--data", "photos", "--pretrained", "none", "--write-only", "--out", "lists").succeeded().out
    assert "the lists photos/train_list.txt and photos/val_list.txt are used, not the folders beside them" in out
    assert "photos/train_list.txt" in (photos.folder / "lists/ToyNet.yaml").read_text(encoding="utf-8")


def test_splits_of_any_case_empty_classes_and_skipped_files_are_reported(photos):
    import shutil

    for part in ("Training", "Testing"):
        shutil.copytree(photos.folder / "photos", photos.folder / "s" / part)
    (photos.folder / "s/Training/green").mkdir()
    (photos.folder / "s/Training/red/notes.md").write_text("no image", encoding="utf-8")
    out = finetune(photos, "--data", "s", "--pretrained", "none", "--write-only").succeeded().out
    assert "3 classes, 18 training and 18 validation images" in out
    assert "training: Training; validation: Testing" in out
    assert "note: 1 of 3 classes have no training image: green" in out
    assert "s/Training: left out: files that are no images: 1 (.md)" in out
    assert 'data_dir: "s/Training"' in (photos.folder / "output/finetune_s/ToyNet.yaml").read_text(encoding="utf-8")
    shutil.rmtree(photos.folder / "s/Testing")
    out = finetune(photos, "--data", "s", "--pretrained", "none", "--write-only", "--out", "o").succeeded().out
    assert "3 classes, 15 training and 3 validation images" in out


def test_what_finetune_writes_never_lies_among_the_photos(photos):
    outcome = finetune(photos, "--data", "photos", "--pretrained", "none", "--out", "photos/out")
    assert outcome.code == 2
    assert "the lists and runs in photos/out would be among the images in photos" in outcome.err
    assert not (photos.folder / "photos/out").exists()


def test_one_folder_around_the_classes_and_a_file_instead_of_it_are_explained(photos):
    (photos.folder / "around").mkdir()
    (photos.folder / "photos").rename(photos.folder / "around/photos")
    outcome = finetune(photos, "--data", "around", "--pretrained", "none")
    assert (outcome.code, "around/photos contains 2 folders: give around/photos" in outcome.err) == (2, True)
    outcome = finetune(photos, "--data", "around/photos/red/0.jpg", "--pretrained", "none")
    assert (outcome.code, "an image, not a folder or a list of images" in outcome.err) == (2, True)


def test_a_config_that_was_changed_by_hand_is_kept(photos):
    arguments = ("--data", "photos", "--pretrained", "weights", "--write-only")
    finetune(photos, *arguments).succeeded()
    file = photos.folder / "output/finetune_photos/ToyNet.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "seed: 5\n", encoding="utf-8")
    assert "the earlier config is renamed to" in finetune(photos, *arguments).succeeded().out
    assert "seed: 5" in file.with_name("ToyNet.1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("arguments", "text"), [
    (("--data", "nowhere", "--pretrained", "none"), "no such folder or file"),
    (("--data", "photos"), "no weights were published as ToyNet"),
    (("--data", "photos", "--pretrained", "wieghts"), "no weights there"),
    (("--data", "photos", "--pretrained", "none", "--epochs", "0"), "epochs is 0; it must be at least 1"),
    (("--data", "photos", "--pretrained", "none", "--lr", "0"), "lr is 0.0; it must be above 0"),
    (("photos", "--data", "photos", "--pretrained", "none"), "two data sets are given"),
    (("--pretrained", "none"), "no data is given"),
    (("photos", "epcohs=3", "--pretrained", "none"), "the config has no 'epcohs'. Did you mean 'epochs'?"),
    (("--data", "photos", "--pretrained", "none", "--val", "1"), "val is 1.0"),
    (("--data", "photos/red", "--pretrained", "none"), "no sub-folder"),
])
def test_mistakes_are_reported_and_nothing_is_written(arguments, text, photos):
    outcome = finetune(photos, *arguments)
    assert outcome.code == 2
    assert text in outcome.err
    assert not list(photos.folder.glob("output/*/ToyNet"))


def test_the_values_are_those_of_the_manual():
    assert [learning_rate(count, pretrained=True) for count in (80, 1_000, 10_000, 100_000, 2_000_000)] == [
        0.001, 0.001, 0.0032, 0.01, 0.01]
    assert learning_rate(500, pretrained=False) == 0.1
    assert [batch_size(count) for count in (20, 300, 1020, 9_999, 50_000, 200_000)] == [4, 8, 32, 32, 64, 256]
    assert [epoch_count(count, 32, pretrained=True) for count in (64, 1020, 100_000)] == [100, 33, 20]


@pytest.mark.parametrize("images", [60, 5_000, 50_000, 300_000])
@pytest.mark.parametrize("name", ["ResNet50_vd", "MobileNetV3_small_x1_0", "EfficientNetB0"])
def test_every_model_and_size_of_data_gives_a_config_without_a_warning(name, images, tmp_path):
    pytest.importorskip("ppclas_models_resnet")
    pytest.importorskip("ppclas_models_mobile")
    pytest.importorskip("ppclas_models_efficientnet")
    entry, weights = find_model(name)
    data = Data({"file_list": "a.txt", "data_dir": "."}, {"file_list": "b.txt", "data_dir": "."}, "l.txt", images, 9, 3,
                images // 30, images // 2)
    text = finetune_yaml(entry.record, model_preprocessing(entry.record, weights), data, Choice(name, True, "output"))
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path / "config.yaml")
    assert config.warnings == []
    assert config.to_dict() == load_config_again(config)
    comments = [line for line in text.splitlines() if "#" in line]
    assert len(comments) >= 10
    assert ("lr_mult_list" in text) == (images < 10_000 and len(entry.record.lr_stages) == 5)
    assert ("RandomErasing" in text) == (images < 10_000)
    assert ("AutoAugment" in text) == (images >= 10_000)
    assert re.search(r"sampler: balanced", text)


def load_config_again(config):
    from ppclas_core.config.load import config_from_dict

    return config_from_dict(yaml.safe_load(yaml.safe_dump(config.to_dict()))).to_dict()


def test_the_image_size_is_that_of_the_weights(photos):
    """Of the `meta.yaml` beside them, not of the architecture."""
    toy.toy_checkpoint(photos.folder / "large", num_classes=7, side=48)
    out = ("--data", "photos", "--write-only", "--out", "o")
    finetune(photos, *out, "--pretrained", "large").succeeded()
    config = load_config(photos.folder / "o/ToyNet.yaml", plugin_files=[toy.__file__])
    assert config["image_shape"] == [3, 48, 48]
    assert config["VALID"]["transforms"][1:3] == [{"ResizeImage": {"resize_short": 48}}, {"CropImage": {"size": 48}}]
    text = (photos.folder / "o/ToyNet.yaml").read_text(encoding="utf-8")
    assert "# what the weights were made for" in text
    finetune(photos, *out, "--pretrained", "large", "--image-size", "40").succeeded()
    assert "image_shape: [3, 40, 40]  # as given" in (photos.folder / "o/ToyNet.yaml").read_text(encoding="utf-8")
    finetune(photos, *out, "--pretrained", "none").succeeded()
    text = (photos.folder / "o/ToyNet.yaml").read_text(encoding="utf-8")
    assert "image_shape: [3, 32, 32]  # what the architecture was made for" in text


@pytest.mark.parametrize(("pretrained", "epochs", "why"), [
    (True, None, "epochs: 100  # of 3 steps: 20, or what makes about 1,000 steps, at most 100"),
    (None, None, "epochs: 300  # of 3 steps: 60, or what makes about 3,000 steps, at most 300; from random weights"),
    (True, 7, "epochs: 7  # as given, of 3 steps each"),
])
def test_the_comment_on_epochs_is_true(pretrained, epochs, why):
    toy.toy_catalogue()
    record = find_model("ToyNet")[0].record
    data = Data({"data_dir": "a"}, {"data_dir": "b"}, None, 15, 3, 2, 5, 10)
    choice = Choice("ToyNet", pretrained, "o", epochs)
    text = finetune_yaml(record, model_preprocessing(record), data, choice)
    assert why in text
    assert "save_interval: 0  # only the best and the last epoch are kept" in text


def test_splits_with_different_classes_are_matched_by_name_or_refused(photos):
    import shutil

    shutil.copytree(photos.folder / "photos", photos.folder / "d" / "train")
    shutil.copytree(photos.folder / "photos", photos.folder / "d" / "val")
    shutil.copytree(photos.folder / "photos" / "red", photos.folder / "d" / "train" / "green")
    out = finetune(photos, "--data", "d", "--pretrained", "none", "--write-only").succeeded().out
    assert "1 of 3 classes have no validation image: green" in out
    (photos.folder / "d" / "val" / "red").rename(photos.folder / "d" / "val" / "rot")
    outcome = finetune(photos, "--data", "d", "--pretrained", "none", "--write-only")
    assert outcome.code == 2
    assert "the validation data has 1 class that the training data does not have: 'rot'" in outcome.err


@pytest.mark.parametrize(("interpolation", "name"), [(2, "bicubic"), ("bicubic", "bicubic"), (1, "bilinear"),
                                                     (-1, "bilinear"), (None, "bilinear"), (3, "bicubic")])
def test_the_preprocessing_of_a_checkpoint_comes_before_that_of_the_record(tmp_path, interpolation, name):
    import dataclasses

    from ppclas_core.models.preprocessing import checkpoint_preprocessing
    from ppclas_core.runs.meta import read_meta, write_meta

    folder = toy.toy_checkpoint(tmp_path / "w", side=48)
    resize: Dict[str, Any] = {"resize_short": 60, **({} if interpolation is None else {"interpolation": interpolation})}
    steps: List[Dict[str, Any]] = [{"DecodeImage": None}, {"ResizeImage": resize},
                                   {"NormalizeImage": {"mean": [0.5] * 3, "std": [0.2] * 3}}]
    meta = read_meta(folder)
    assert meta is not None
    write_meta(folder, dataclasses.replace(meta, preprocessing=steps))
    record = {"input_size": 32, "resize_short": 36, "interpolation": "bicubic", "mean": [0.4] * 3, "std": [0.3] * 3}
    assert checkpoint_preprocessing(folder, record) == {
        "input_size": 48, "resize_short": 60, "interpolation": name, "mean": [0.5] * 3, "std": [0.2] * 3}
    (folder / "meta.yaml").unlink()
    assert checkpoint_preprocessing(folder, record) == record


def test_the_options_are_values_of_the_config(photos):
    line = "photos --pretrained none --write-only --freeze --lr 0.02 --out o TRAIN.num_workers=0"
    finetune(photos, *line.split()).succeeded()
    config = load_config(photos.folder / "o/ToyNet.yaml", plugin_files=[toy.__file__])
    assert config["freeze"] == ["backbone"]
    assert config["LEARNING_RATE"]["params"]["lr"] == 0.02
    assert config["TRAIN"]["num_workers"] == "auto"  # KEY=VALUE is for this run, as -o
