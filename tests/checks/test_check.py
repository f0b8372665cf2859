# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`check` finds what would stop a run: parameters, lists, labels, files, images, sizes, weights."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ppclas_core.checks.check import check
from ppclas_core.config.load import config_from_dict, load_config
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.training.run_training import train


@pytest.fixture
def ready(folder, minimal):
    """A config with images and a loss that needs no Paddle."""
    (folder / "images").mkdir()
    for index in range(6):
        image = np.full((40, 50, 3), 40 * index, np.uint8)
        (folder / "images" / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    (folder / "train.txt").write_text("".join(f"{index}.png {index % 3}\n" for index in range(6)), encoding="utf-8")
    minimal.update(classes_num=3, LOSS={"name": "Soft"}, topk=2)
    for section in ("TRAIN", "VALID"):
        minimal[section].update(file_list="train.txt")
    return minimal


def findings(config):
    return "\n".join(map(str, check(config_from_dict(config))))


def test_a_good_config_gives_facts_only(ready):
    text = findings(ready)
    assert "ok: TRAIN: 6 images, 3 classes" in text
    assert "ok: VALID: 6 images tried, 6 are fine" in text
    assert "note" not in text


def change(config, path, value):
    *parents, leaf = path.split(".")
    for parent in parents:
        config = config[int(parent)] if isinstance(config, list) else config.setdefault(parent, {})
    config[leaf] = value


@pytest.mark.parametrize(("path", "value", "part"), [
    ("ARCHITECTURE.params", {"paddingtype": "SAME"}, "no parameter 'paddingtype'. Did you mean 'padding_type'?"),
    ("ARCHITECTURE.params", {"num_classes": 3}, "it follows from classes_num"),
    ("ARCHITECTURE.params", {"lr_mult_list": [1, 1, 1]}, "lr_mult_list has 3 entries; ResNet50_vd has 2 stages"),
    ("ARCHITECTURE.params", {"lr_mult_list": [1, -1]}, "negative"),
    ("LEARNING_RATE.params", {"lr": 0.1, "warmup": 3}, "Cosine has no parameter 'warmup'"),
    ("LEARNING_RATE.params", {"lr": "fast"}, "parameter 'lr' of Cosine is 'fast'; it must be a number"),
    ("OPTIMIZER", {"function": "Momentum", "params": {"momentun": 0.9}}, "Did you mean 'momentum'?"),
    ("OPTIMIZER", {"function": "Momentun"}, "unknown optimizer 'Momentun'. Did you mean 'Momentum'?"),
    ("LOSS", {"name": "Soft", "params": {"temperatur": 2}}, "Soft has no parameter 'temperatur'"),
    ("TRAIN.transforms.1.RandCropImage", {"sise": 3}, "RandCropImage has no parameter 'sise'. Did you mean 'size'?"),
    ("callbacks", [{"Logger": {}}], "needs the parameter 'folder'"),
    ("VALID.transforms", [{"DecodeImage": None}, {"ToCHWImage": None}, {"ResizeImage": {"size": 32}}], "ResizeImage"),
    ("VALID.transforms", [{"DecodeImage": None}, {"CropImage": {"size": 32}}, {"NormalizeImage": None}],
     "end with an image that is HWC"),
    ("image_shape", [3, 64, 64], "VALID.transforms give images of [3, 32, 32], but image_shape is [3, 64, 64]"),
    ("VALID.transforms", [{"DecodeImage": None}, {"NormalizeImage": None}, {"ToCHWImage": None}],
     "VALID.transforms give images of [3, 40, 50], but image_shape is [3, 32, 32]"),
    ("classes_num", 2, "classes_num is 2"),
    ("pretrained_model", "nowhere/ppcls", "nowhere/ppcls"),
    ("checkpoints", "nowhere/ppcls", "nowhere/ppcls"),
    ("TRAIN.file_list", "nowhere.txt", "no such list file: nowhere.txt"),
    ("label_list", "nowhere.txt", "no such label list: nowhere.txt"),
])
def test_one_mistake_is_one_clear_error(ready, error_of, path, value, part):
    change(ready, path, value)
    text = error_of(check, config_from_dict(ready, "my.yaml"))
    assert part in text
    assert text.startswith("my.yaml: ")


def test_labels_that_start_at_one_are_asked_about(ready, folder, error_of):
    (folder / "train.txt").write_text("0.png 1\n1.png 2\n2.png 3\n", encoding="utf-8")
    assert "did you start at 1?" in error_of(check, config_from_dict(ready))


def test_wrong_lines_of_a_list_have_their_numbers(ready, folder, error_of):
    (folder / "train.txt").write_text("0.png 0\n1.png\n\n2.png x\n", encoding="utf-8")
    text = error_of(check, config_from_dict(ready))
    assert "train.txt:2: " in text
    assert "train.txt:4: " in text


def test_every_missing_file_is_looked_for(ready, folder, error_of):
    rows = [f"{index % 6}.png 0" for index in range(300)]
    rows[299] = "gone.png 1"
    (folder / "train.txt").write_text("\n".join(rows), encoding="utf-8")
    assert "gone.png: no such file (one of 1 missing files of TRAIN)" in error_of(check, config_from_dict(ready))


def test_a_damaged_image_is_an_error_or_a_note(ready, folder, error_of):
    (folder / "images" / "3.png").write_bytes(b"\x89PNG broken")
    text = error_of(check, config_from_dict(ready))
    assert "images/3.png: " in text
    for section in ("TRAIN", "VALID"):
        ready[section].update(on_bad_image="skip", bad_image_budget=0.5)
    assert "note: will be skipped: images/3.png" in findings(ready)
    ready["TRAIN"]["bad_image_budget"] = 0.1
    assert "images/3.png" in error_of(check, config_from_dict(ready))


def test_a_suspicious_value_is_a_note(ready):
    ready["TRAIN"]["batch_size"] = 64
    ready.update(total_images=1281167, topk=5, classes_num=4)
    text = findings(ready)
    assert "batch_size 64 exceeds the 6 training images" in text
    assert "total_images is 1281167 but TRAIN has 6 images" in text
    assert "topk is 5 but there are 4 classes: top-4 is reported" in text
    assert "1 of 4 classes have no training image: 3" in text


def test_training_on_smaller_images_than_testing_is_a_note(ready):
    ready["image_shape"] = [3, 36, 36]
    ready["VALID"]["transforms"] = [{"DecodeImage": None}, {"ResizeImage": {"size": 36}}, {"NormalizeImage": None},
                                    {"ToCHWImage": None}]
    assert "TRAIN.transforms give images of [3, 32, 32], but image_shape is [3, 36, 36]" in findings(ready)


def test_smoothing_without_effect_is_an_error(ready, error_of):
    ready.update(ls_epsilon=0.1, LOSS={"name": "Hard"})
    assert "'ls_epsilon' has no effect on the loss Hard" in error_of(check, config_from_dict(ready))
    ready["LOSS"] = {"name": "Soft", "params": {"epsilon": 0.2}}
    assert "LOSS.params.epsilon overrides" in error_of(check, config_from_dict(ready))


def test_all_mistakes_are_reported_at_once_with_their_lines(ready, write, error_of):
    ready["ARCHITECTURE"]["params"] = {"x": 1}
    ready["LEARNING_RATE"]["params"]["y"] = 1
    ready["pretrained_model"] = "gone"
    ready["VALID"]["data_dir"] = "nowhere"
    file = write("a.yaml", ready)
    rows = file.read_text(encoding="utf-8").splitlines()
    text = error_of(check, load_config(file))
    for part in ("    x: 1", "    y: 1", "pretrained_model:", "  data_dir: nowhere"):
        assert f"a.yaml:{rows.index(next(row for row in rows if row.startswith(part))) + 1}: " in text


def test_components_of_an_unknown_plugin_are_left_alone(ready, write):
    ready["plugins"] = ["my_ops.py"]
    ready["TRAIN"]["transforms"].insert(1, {"Tint": {}})
    text = "\n".join(map(str, check(load_config(write("my.yaml", ready), inspect_only=True))))
    assert "not loaded: my_ops.py" in text
    assert "TRAIN: its transforms are not complete here" in text


def test_folders_of_classes_need_no_list(ready, folder):
    for index, name in enumerate(("cat", "dog", "emu")):
        (folder / "images" / name).mkdir()
        (folder / "images" / f"{index}.png").rename(folder / "images" / name / "a.png")
    for section in ("TRAIN", "VALID"):
        del ready[section]["file_list"]
    assert "ok: TRAIN: 3 images, 3 classes" in findings(ready)


def test_the_command_ends_with_two_or_with_the_next_step(ready, write, ppclas_project):
    write("a.yaml", ready)
    outcome = ppclas_project().run("check", "a.yaml")
    assert outcome.succeeded().out.endswith("ready: ppclas run a.yaml\n")
    outcome = ppclas_project().run("check", "-c", "a.yaml", "-o", "classes_num=2")
    assert outcome.code == 2
    assert "classes_num is 2" in outcome.err


def test_the_command_that_is_printed_is_the_one_that_was_checked(ready, write, ppclas_project):
    write("a.yaml", ready)
    write("toy_file.py", "from ppclas_core.api import Loss, hookimpl\n\n@hookimpl\ndef ppclas_losses():\n"
                         "    return [Loss('OfTheFile', 'toy_file:x')]\n")
    options = ["-o", "epochs=7", "--plugin", "toy_file.py", "--trust-config"]
    outcome = ppclas_project().run("check", *options, "a.yaml")
    assert outcome.succeeded().out.endswith(f"ready: ppclas run a.yaml {' '.join(options)}\n")


def test_a_config_that_run_would_refuse_is_not_called_ready(ready, write, ppclas_project):
    ready["plugins"] = ["my_ops.py"]
    write("my.yaml", ready)
    outcome = ppclas_project().run("check", "my.yaml")
    last = outcome.succeeded().out.splitlines()[-1]
    assert last == "not checked in full; read my_ops.py, then: ppclas run my.yaml --plugin my_ops.py"


@pytest.mark.parametrize(("save_dir", "refused"), [
    ("data", True), ("data/output", True), ("./data/a/runs", True), ("data/.runs", False), ("output", False)])
def test_a_run_folder_inside_class_folders_is_refused(save_dir, refused, ready, folder):
    for name in ("a", "b", "c"):
        (folder / "data" / name).mkdir(parents=True)
        (folder / "data" / name / "1.png").write_bytes((folder / "images/1.png").read_bytes())
    for section in ("TRAIN", "VALID"):
        ready[section].update(file_list=None, data_dir="data")
    ready["model_save_dir"] = save_dir
    if not refused:
        assert "3 classes" in findings(ready)
        return
    with pytest.raises(UserErrors) as caught:
        findings(ready)
    assert f"model_save_dir is {save_dir}, inside TRAIN.data_dir (data), where each folder is" in str(caught.value)


def test_check_names_the_classes_without_images_and_what_is_left_out(ready, folder):
    for name in ("a", "b", "empty one"):
        (folder / "data" / name).mkdir(parents=True)
    for name in ("a/1.png", "b/1.jfif", "b/x.xml"):
        (folder / "data" / name).write_bytes((folder / "images/1.png").read_bytes())
    for section in ("TRAIN", "VALID"):
        ready[section].update(file_list=None, data_dir="data")
    text = findings(ready)
    assert "1 of 3 classes have no training image: 2 (empty one)" in text
    assert "TRAIN: left out: files that are no images: 1 (.xml)" in text
    assert "ok: TRAIN: 2 images, 2 classes" in text


def test_a_mistake_that_two_sections_share_is_reported_once(ready):
    ready["label_list"] = "nowhere.txt"
    with pytest.raises(UserErrors) as caught:
        findings(ready)
    assert str(caught.value).count("no such label list") == 1


def test_what_needs_no_data_is_checked_although_the_classes_cannot_be_counted(ready):
    ready.update(classes_num="auto")
    ready["LOSS"]["params"] = {"temperatur": 2}
    ready["TRAIN"]["file_list"] = "nowhere.txt"
    with pytest.raises(UserErrors) as caught:
        findings(ready)
    assert "no parameter 'temperatur'" in str(caught.value)
    assert "no such list file" in str(caught.value)


def test_a_run_refuses_a_folder_inside_the_data_as_check_does_and_makes_none(ready, folder):
    for name in ("a", "b", "c"):
        (folder / "data" / name).mkdir(parents=True)
        (folder / "data" / name / "1.png").write_bytes((folder / "images/1.png").read_bytes())
    for section in ("TRAIN", "VALID"):
        ready[section].update(file_list=None, data_dir="data", cache="disk", cache_dir="data/near")
    ready["model_save_dir"] = "data/output"
    with pytest.raises(UserErrors) as caught:
        train(config_from_dict(ready))
    text = str(caught.value)
    assert "model_save_dir is data/output, inside TRAIN.data_dir (data)" in text
    assert "VALID.cache_dir is data/near, inside VALID.data_dir (data)" in text
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["a", "b", "c"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_config_of_windows_is_read_by_its_mark(encoding, folder):
    (folder / "c.yaml").write_bytes("ARCHITECTURE: {name: 照片}\r\nmode: valid\r\nmodus: 1\r\n".encode(encoding))
    with pytest.raises(UserErrors) as caught:
        load_config(folder / "c.yaml")
    assert "c.yaml:1: unknown backbone '照片'" in str(caught.value)
    assert "c.yaml:3: unknown key 'modus'" in str(caught.value)


def test_a_config_in_utf16_without_a_mark_says_so(folder):
    (folder / "c.yaml").write_bytes("mode: valid\n".encode("utf-16-le"))
    with pytest.raises(UserError, match="it looks like UTF-16LE"):
        load_config(folder / "c.yaml")
