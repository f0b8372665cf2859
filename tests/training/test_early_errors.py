# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Mistakes in data and config are reported before anything is built or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.errors import UserError
from ppclas_core.training.run_training import train


def refused(config) -> str:
    """The error of a training, which must not have made a run folder."""
    with pytest.raises(UserError) as caught:
        train(config)
    assert not Path(config["model_save_dir"]).exists()
    return str(caught.value)


def test_labels_that_start_at_1_are_noticed(values, make_config, squares):
    del values["label_list"]
    lines = [line.split() for line in (squares / "train.txt").read_text(encoding="utf-8").splitlines()]
    (squares / "train.txt").write_text("".join(f"{path} {int(label) + 1}\n" for path, label in lines), encoding="utf-8")
    message = refused(make_config(values))
    assert "labels go from 1 to 3 but classes_num is 3; did you start at 1?" in message


def test_more_names_than_classes_are_refused(values, make_config, squares):
    (squares / "labels.txt").write_text("0 red\n1 green\n2 blue\n3 grey\n", encoding="utf-8")
    assert "set classes_num: 4" in refused(make_config(values))


def test_a_batch_larger_than_the_data_is_one_step(values, make_config, capsys):
    values["TRAIN"]["batch_size"] = 64
    values["epochs"] = 1
    train(make_config(values))
    said = capsys.readouterr().err
    assert "30 images, less than one batch of 64: drop_last is off" in said
    assert "1 steps per epoch" in said


def test_the_list_decides_over_total_images(values, make_config, capsys):
    values.update(total_images=1281167, epochs=1)
    train(make_config(values))
    said = capsys.readouterr().err
    assert "total_images is 1281167 but the training data has 30 images" in said
    assert "3 steps per epoch" in said


def test_folders_of_other_classes_are_refused(values, make_config, tmp_path, squares):
    for part, classes in (("a", ("red", "green")), ("b", ("red", "violet"))):
        for index, name in enumerate(classes):
            folder = tmp_path / part / name
            folder.mkdir(parents=True)
            (folder / "1.png").write_bytes((squares / f"train_{index}.png").read_bytes())
    del values["label_list"]
    for section, part in (("TRAIN", "a"), ("VALID", "b")):
        del values[section]["file_list"]
        values[section]["data_dir"] = str(tmp_path / part)
    values["classes_num"] = 2
    said = refused(make_config(values))
    assert "VALID has 1 class that TRAIN does not have: 'violet'" in said
    assert "TRAIN: 2 classes: 'green', 'red'" in said


def test_a_loss_that_is_no_number_stops_with_the_images(values, make_config, squares):
    values["LEARNING_RATE"]["params"]["lr"] = 1e30
    with pytest.raises(UserError) as caught:
        train(make_config(values))
    message = str(caught.value)
    assert "3 steps in a row" in message
    assert message.count(str(squares / "train_")) == 8


def test_an_explicit_gpu_that_is_not_there_is_an_error(values, make_config):
    import paddle

    if paddle.device.is_compiled_with_cuda():
        pytest.skip("this Paddle can use GPUs")
    values["device"] = "gpu"
    assert "built for CPUs only" in refused(make_config(values))


def test_the_legacy_key_use_gpu_falls_back_with_one_line(values, make_config, capsys):
    import paddle

    if paddle.device.is_compiled_with_cuda():
        pytest.skip("this Paddle can use GPUs")
    del values["device"]
    values.update(use_gpu=True, epochs=1)
    train(make_config(values))
    assert capsys.readouterr().err.count("no usable GPU here") == 1


def test_label_smoothing_enters_training_and_evaluation(values, make_config):
    from ppclas_core.training.evaluate import evaluate

    values["epochs"] = 1
    folder = train(make_config(values)).run_dir
    plain = evaluate(make_config(values), folder / "last")
    values["ls_epsilon"] = 0.5
    smoothed = evaluate(make_config(values), folder / "last")
    assert smoothed.top1 == plain.top1
    assert smoothed.loss != pytest.approx(plain.loss, rel=1e-4)


def test_half_precision_says_what_it_does(values, make_config, capsys):
    values.update(use_fp16=True, amp_scale_loss=128.0, use_dynamic_loss_scaling=True, epochs=1)
    train(make_config(values))
    assert "use_fp16:" in capsys.readouterr().err


def test_images_of_another_size_than_image_shape_are_refused(values, make_config):
    values["image_shape"] = [3, 24, 24]
    for section in ("TRAIN", "VALID"):
        values[section]["transforms"].insert(1, {"ResizeImage": {"size": 16}})
    assert "image_shape is [3, 24, 24]" in refused(make_config(values))


def test_wrong_parameters_are_refused_together(values, make_config):
    values["LEARNING_RATE"]["params"]["warmup"] = 3
    values["OPTIMIZER"]["params"]["nesterov"] = True
    message = refused(make_config(values))
    assert "no parameter 'warmup'" in message
    assert "Did you mean 'use_nesterov'" in message


def test_a_broken_image_stops_the_run_with_its_path(values, make_config, squares):
    (squares / "train_7.png").write_bytes(b"not an image")
    with pytest.raises(UserError, match=r"train_7\.png"):
        train(make_config(values))


def test_skipped_images_are_listed_in_the_run_folder(values, make_config, squares, capsys):
    (squares / "train_7.png").write_bytes(b"not an image")
    values["TRAIN"].update(on_bad_image="skip", bad_image_budget=0.1)
    folder = train(make_config(values)).run_dir
    listed = (folder / "bad_images.txt").read_text(encoding="utf-8")
    assert listed.startswith(str(squares / "train_7.png") + "\t")
    assert capsys.readouterr().err.count("1 training images could not be used") == 1


def test_two_trainings_have_run_folders_of_their_own(values, make_config):
    from ppclas_core.runs.lock import locked

    config = make_config(values)
    with locked(Path(values["model_save_dir"]) / "ToyNet"), pytest.raises(UserError, match="another process"):
        train(config)
    assert train(config).epochs == 3
    assert [path.name for path in Path(values["model_save_dir"]).iterdir()] == ["ToyNet"]


def test_a_path_that_cannot_be_written_is_reported(values, make_config, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    values["model_save_dir"] = str(tmp_path / "file")
    with pytest.raises(UserError, match="model_save_dir"):
        train(make_config(values))
