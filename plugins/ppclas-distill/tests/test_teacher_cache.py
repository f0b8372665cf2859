# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Outputs of the teacher that are kept on disk, and a teacher on a device or in a precision of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, List

import numpy as np
import paddle
import pytest
import yaml

from ppclas_core.data.pipeline import Step
from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.testing import toy
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle
from ppclas_distill import pair as pair_module
from ppclas_distill.deterministic_input import check_deterministic_input
from ppclas_distill.device import on_device
from ppclas_distill.pair import Pair
from ppclas_distill.teacher_cache import TeacherCache, digest_of_weights


@pytest.fixture
def kept(values, tmp_path):
    """A distillation without random transforms, whose teacher's outputs are kept."""
    values["TRAIN"]["transforms"] = [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    values["DISTILLATION"].update(bn_mode="running", cache=str(tmp_path / "cache"))
    return values


@pytest.fixture
def seen(monkeypatch):
    """Number of images that the teachers have computed, as a list that grows by each call."""
    counts = []
    plain = Pair._compute

    def counting(self, images):
        counts.append(len(images))
        return plain(self, images)

    monkeypatch.setattr(Pair, "_compute", counting)
    return counts


def parameters(run):
    return read_pickle(run / "last" / "ppcls.pdparams")


def same(one, other):
    return one.keys() == other.keys() and all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_from_the_second_epoch_on_the_teacher_does_nothing(kept, make_config, seen, tmp_path):
    """And the student becomes bit for bit the same."""
    kept.update(epochs=3, accelerator="none")
    with_cache = train(make_config(kept)).run_dir
    assert seen == [8, 8, 8]
    assert "teacher cache: 0 of 24 outputs in" in (with_cache / "train.log").read_text(encoding="utf-8")
    seen.clear()
    plain = {**kept, "model_save_dir": str(tmp_path / "plain"),
             "DISTILLATION": {key: value for key, value in kept["DISTILLATION"].items() if key != "cache"}}
    assert same(parameters(with_cache), parameters(train(make_config(plain)).run_dir))
    assert len(seen) == 9
    seen.clear()
    again = train(make_config({**kept, "model_save_dir": str(tmp_path / "again")})).run_dir
    assert seen == []
    assert same(parameters(with_cache), parameters(again))


def test_a_resumed_run_asks_the_teacher_for_what_is_missing_alone(kept, make_config, seen, tmp_path):
    kept.update(accelerator="none", LEARNING_RATE={"function": "Piecewise", "params": {
        "lr": 0.05, "decay_epochs": [5], "gamma": 0.1}})
    straight = train(make_config({**kept, "epochs": 2})).run_dir
    (folder,) = (tmp_path / "cache").glob("*/checks.npy")
    checks = np.load(folder, mmap_mode="r+")
    checks[3], checks[7] = 0, checks[7] + 2  # never written; torn
    checks.flush()
    seen.clear()
    kept["model_save_dir"] += "_halves"
    train(make_config({**kept, "epochs": 1}))
    assert sum(seen) == 2
    seen.clear()
    resumed = train(make_config({**kept, "epochs": 2}), resume=True, allow=["epochs"]).run_dir
    assert seen == []
    for key, value in parameters(straight).items():
        np.testing.assert_allclose(parameters(resumed)[key], value, rtol=1e-4, atol=1e-6)


def test_parts_of_a_batch_and_a_batch_that_is_not_full_find_their_rows(kept, make_config, seen, tmp_path):
    kept.update(epochs=2, accelerator="none")
    kept["TRAIN"].update(batch_size=10, drop_last=False, accumulate=2)
    run = train(make_config(kept)).run_dir
    assert seen == [5, 5, 5, 5, 2, 2]
    kept["DISTILLATION"].pop("cache")
    plain = train(make_config({**kept, "model_save_dir": str(tmp_path / "plain")})).run_dir
    for key, value in parameters(plain).items():
        np.testing.assert_allclose(parameters(run)[key], value, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("change", ["teacher", "transforms", "data", "precision of the cache"])
def test_other_teachers_images_and_kinds_have_files_of_their_own(change, kept, make_config, seen, squares, tmp_path):
    kept.update(epochs=1, accelerator="none")
    train(make_config(kept))
    if change == "teacher":
        kept["DISTILLATION"]["teacher"] = {"name": "ToyNet", "pretrained": str(toy.toy_checkpoint(
            tmp_path / "other", num_classes=3))}
    elif change == "transforms":
        kept["TRAIN"]["transforms"][1] = {"NormalizeImage": {"order": "", "mean": [0.4, 0.4, 0.4]}}
    elif change == "data":
        kept["TRAIN"]["max_samples"] = 16
    else:
        kept["DISTILLATION"]["cache_precision"] = "float16"
    seen.clear()
    train(make_config(kept))
    assert sum(seen) == (16 if change == "data" else 24)
    assert len(list((tmp_path / "cache").glob("*/logits.npy"))) == 2
    sizes = sorted(path.stat().st_size for path in (tmp_path / "cache").glob("*/logits.npy"))
    assert (sizes[0] < sizes[1]) is (change in ("data", "precision of the cache"))


def test_several_teachers_are_kept_as_their_mean(kept, make_config, seen, teacher, tmp_path):
    kept.update(epochs=2, accelerator="none")
    other = toy.toy_checkpoint(tmp_path / "other", num_classes=3)
    kept["DISTILLATION"]["teacher"] = [kept["DISTILLATION"]["teacher"], {"name": "ToyNet", "pretrained": str(other)}]
    train(make_config(kept))
    assert seen == [8, 8, 8]
    (file,) = (tmp_path / "cache").glob("*/logits.npy")
    rows = np.load(file)
    assert rows.shape == (24, 3)
    probabilities = np.exp(rows)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    key = json.loads((file.parent / "key.json").read_text(encoding="utf-8"))
    assert len({each["weights"] for each in key["teachers"]}) == 2


def test_rows_survive_in_either_precision_and_a_torn_one_does_not_count(tmp_path):
    logits = np.array([[1.5, -2.25, 70000.0], [0.1, 0.2, 0.3]], np.float32)
    for dtype, largest in (("float32", 70000.0), ("float16", 65504.0)):
        cache = TeacherCache(tmp_path, {"a": 1}, (5, 3), dtype)
        cache.write(np.array([4, 1]), logits)
        again = TeacherCache(tmp_path, {"a": 1}, (5, 3), dtype)
        rows, there = again.read(np.array([1, 2, 4]))
        assert there.tolist() == [True, False, True]
        assert rows.dtype == np.float32
        assert rows[2].tolist() == [1.5, -2.25, largest]
        np.testing.assert_allclose(rows[0], logits[1], rtol=1e-3)
        assert again.filled == 2
    (again.folder / "logits.npy").write_bytes(b"x")
    with pytest.raises(UserError, match="cannot be cached there"):
        TeacherCache(tmp_path, {"a": 1}, (5, 3), "float16")


@pytest.mark.parametrize(("change", "text"), [
    ({"bn_mode": "batch"}, "with bn_mode .batch. they depend on the other images"),
    ({"cache": None, "cache_precision": "float16"}, "no effect without cache"),
    ({"device": "gpu:97"}, "device is gpu:97, but Paddle sees"),
    ({"device": "tpu"}, "unknown device .tpu."),
])
def test_keys_that_cannot_be_followed_are_refused(change, text, kept, make_config):
    changed = {**kept["DISTILLATION"], **change}
    kept["DISTILLATION"] = {key: value for key, value in changed.items() if value is not None}
    with pytest.raises(UserError, match=text):
        train(make_config(kept))


def test_transforms_and_mixing_that_show_the_teacher_another_image_are_refused(kept, make_config):
    plain = kept["TRAIN"]["transforms"]
    kept["TRAIN"]["transforms"] = [plain[0], {"RandFlipImage": {"flip_code": 1}}, *plain[1:]]
    with pytest.raises(UserError, match="RandFlipImage changes an image in each epoch"):
        train(make_config(kept))
    pytest.importorskip("ppclas_augment_mix")
    kept["TRAIN"].update(transforms=plain, mix=[{"MixupOperator": {"alpha": 0.4}}])
    with pytest.raises(UserError, match="use_mix blends other images"):
        train(make_config({**kept, "use_mix": True}))


class Dice:
    """Draws without saying so."""

    def __call__(self, image, rng=None):
        return image if rng.random() < 0.5 else image[::-1]


class Fixed:
    def __call__(self, image, rng=None):
        return image


def test_an_op_that_draws_is_noticed_at_its_first_image():
    config: Any = SimpleNamespace(location=str, use_mix=False)

    class One:
        def __len__(self):
            return 1

        def read(self, index):
            return np.zeros((2, 2, 3), np.uint8)

        def path(self, index):
            return "a.png"

    def loader(*ops):
        return SimpleNamespace(source=One(), pipeline=SimpleNamespace(
            steps=[Step(type(op).__name__, op, None) for op in ops]))

    check_deterministic_input(config, loader(Fixed()))
    with pytest.raises(UserError, match="Dice changes an image in each epoch"):
        check_deterministic_input(config, loader(Fixed(), Dice()))


def test_two_processes_fill_one_cache(kept, tmp_path):
    kept.update(epochs=2)
    (tmp_path / "pair.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    done = subprocess.run([sys.executable, "-m", "ppclas_core", "train", "pair.yaml", "--nproc", "2", "--plugin",
                           toy.__file__], cwd=tmp_path, timeout=900, capture_output=True, text=True, check=False,
                          env={**environment, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    (folder,) = (path.parent for path in (tmp_path / "cache").glob("*/checks.npy"))
    assert np.count_nonzero(np.load(folder / "checks.npy")) == 24


@pytest.fixture
def networks():
    toy.toy_catalogue()
    paddle.seed(3)
    return [create_model("ToyNet", num_classes=3) for _ in range(2)]


def test_the_device_of_the_teacher_holds_while_it_is_built_and_while_it_computes(networks, monkeypatch):
    """On a pretended second GPU: Paddle's current device is what is asked for, and that of the student afterwards."""
    now = ["cpu"]
    seen: List[Any] = []

    def moved(tensor, device):
        seen.append(device)
        return tensor

    def forward(images):
        seen.append(("teacher", now[-1]))
        return plain(images)

    monkeypatch.setattr(paddle.device, "set_device", lambda device: now.append(device))
    monkeypatch.setattr(paddle.device, "get_device", lambda: now[-1])
    monkeypatch.setattr(pair_module, "to_device", moved)
    student, teacher = networks
    plain = teacher.forward
    teacher.forward = forward
    with on_device("gpu:1"):
        assert now[-1] == "gpu:1"
    assert now[-1] == "cpu"
    Pair(student, [teacher], "running", None, "gpu:1")(paddle.rand([2, 3, 16, 16]))
    assert seen == ["gpu:1", ("teacher", "gpu:1"), "cpu"]
    assert now[-1] == "cpu"
    seen.clear()
    Pair(student, [teacher], "running", None)(paddle.rand([2, 3, 16, 16]))
    assert ("teacher", "cpu") in seen


@pytest.mark.parametrize("precision", ["float32", "float16", "bfloat16", None])
def test_the_precision_of_the_teacher_is_around_it_alone(precision, networks, monkeypatch):
    asked: List[Any] = []
    student_ran: List[int] = []

    def forward(images):
        student_ran.append(len(asked))
        return plain(images)

    @contextlib.contextmanager
    def auto_cast(enable, dtype, level):
        asked.append((enable, dtype))
        yield
        asked.append("end")

    monkeypatch.setattr(paddle.amp, "auto_cast", auto_cast)
    student, teacher = networks
    plain = student.forward
    student.forward = forward
    Pair(student, [teacher], "running", precision)(paddle.rand([2, 3, 16, 16]))
    assert student_ran == [0]
    expected = {None: [], "float32": [(False, "float16"), "end"]}
    assert asked == expected.get(precision, [(True, precision), "end"])


def test_the_digest_distinguishes_weights(networks):
    one, other = networks
    assert digest_of_weights(one) == digest_of_weights(one) != digest_of_weights(other)
    before = digest_of_weights(one)
    one.stem.bn._mean.set_value(one.stem.bn._mean + 1)
    assert digest_of_weights(one) != before
