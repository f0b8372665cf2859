# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A distillation from its config to the student that is saved."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import paddle
import pytest
import yaml

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import read_meta, write_meta
from ppclas_core.testing import toy
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle
from ppclas_core.weights.load import load_weights, published_names
from ppclas_core.weights.read import WeightsFile
from ppclas_core.weights.write import save_pdparams
from ppclas_distill.callback import Distillation
from ppclas_distill.pair import Pair, mean_probability
from ppclas_distill.roles import Role, split


def parameters(folder):
    return read_pickle(folder / "ppcls.pdparams")


def same(one, other):
    return one.keys() == other.keys() and all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_the_student_alone_is_saved_evaluated_and_used(values, make_config, squares):
    result = train(make_config(values))
    saved = parameters(result.run_dir / "best_model")
    assert {key: value.shape for key, value in saved.items()} == {
        key: tuple(value.shape) for key, value in create_model("ToyNet", num_classes=3).state_dict().items()}
    meta = read_meta(result.run_dir / "best_model")
    assert meta is not None
    assert (meta.architecture, meta.params, meta.num_classes) == ("ToyNet", {}, 3)
    assert evaluate(make_config(values)).top1 == result.best_top1
    (prediction,) = ppc.Predictor(result.run_dir).predict([str(squares / "val_0.png")], topk=1)
    assert len(prediction.classes) == 1


def test_labels_have_no_part_in_what_is_learnt(values, make_config, squares, tmp_path):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text((squares / "train.txt").read_text(encoding="utf-8").replace(" 1\n", " 0\n"), encoding="utf-8")
    right = train(make_config(values)).run_dir
    values["TRAIN"]["file_list"] = str(wrong)
    values["model_save_dir"] += "_wrong"
    assert same(parameters(right / "last"), parameters(train(make_config(values)).run_dir / "last"))


@pytest.mark.parametrize("bn_mode", ["batch", "running"])
def test_a_resumed_run_is_the_straight_run_also_with_averages_and_mixing(bn_mode, values, make_config):
    """The teacher is loaded anew: its running statistics have moved by then, but nothing reads them."""
    pytest.importorskip("ppclas_augment_mix")
    values.update(use_ema=True, ema_decay=0.9, use_mix=True, epochs=3,
                  LEARNING_RATE={"function": "Piecewise", "params": {"lr": 0.05, "decay_epochs": [2], "gamma": 0.1}})
    values["TRAIN"]["mix"] = [{"MixupOperator": {"alpha": 0.4}}]
    values["DISTILLATION"]["bn_mode"] = bn_mode
    straight = train(make_config(values)).run_dir
    values["model_save_dir"] += "_halves"
    train(make_config({**values, "epochs": 2}))
    resumed = train(make_config(values), resume=True, allow=["epochs"]).run_dir
    for name in ("last", "best_model"):
        assert same(parameters(straight / name), parameters(resumed / name))


def test_the_name_of_a_pair_is_enough(values, make_config, teacher):
    """As in 2020: one file is the teacher's; of two the second is the student's, whose classes may differ."""
    toy.toy_checkpoint(teacher.parent / "student", num_classes=7)
    first = create_model("ToyNet", num_classes=7, pretrained=str(teacher.parent / "student"))
    del values["DISTILLATION"]
    values["ARCHITECTURE"] = {"name": "ToyNet_distill_ToyNet"}
    values["LEARNING_RATE"]["params"]["lr"] = 0.0
    wide = parameters(teacher / "best_model")
    narrow = toy.toy_checkpoint(teacher.parent / "narrow", num_classes=3)
    for source, taken in ((str(narrow), False), ([str(narrow), str(teacher.parent / "student")], True)):
        run = train(make_config({**values, "pretrained_model": source})).run_dir
        assert run.name == "ToyNet_distill_ToyNet"
        saved = parameters(run / "last")["stem.conv.weight"]
        assert np.array_equal(saved, first.state_dict()["stem.conv.weight"].numpy()) is taken
        meta = read_meta(run / "last")
        assert meta is not None
        assert meta.architecture == "ToyNet"
    with pytest.raises(UserError, match="the teacher: the weights do not fit"):
        train(make_config({**values, "pretrained_model": str(teacher)}))
    assert wide["stem.conv.weight"].shape[0] == 12


@pytest.mark.parametrize("mark", ["student.", "Student.", "teacher."])
def test_a_combined_file_gives_each_network_its_part(mark, values, make_config, tmp_path):
    teacher = create_model("ToyNet", num_classes=3).state_dict()
    student = create_model("ToyNet", num_classes=3).state_dict()
    marked, plain = (teacher, student) if mark == "teacher." else (student, teacher)
    save_pdparams(tmp_path / "both.pdparams", {
        **{key: value.numpy() for key, value in plain.items()},
        **{mark + key: value.numpy() for key, value in marked.items()}})
    del values["DISTILLATION"]
    values.update(ARCHITECTURE={"name": "ToyNet_distill_ToyNet"}, pretrained_model=str(tmp_path / "both"))
    values["LEARNING_RATE"]["params"]["lr"] = 0.0
    saved = parameters(train(make_config(values)).run_dir / "last")
    assert np.array_equal(saved["stem.conv.weight"], student["stem.conv.weight"].numpy())


def test_a_combined_legacy_file_gives_each_network_its_part():
    """Without a word behind the names, as the pairs of 2020 whose families differ; with one where they do not."""
    pytest.importorskip("ppclas_models_resnet")
    pytest.importorskip("ppclas_models_mobile")
    for names, mark in ((("ResNet18_vd", "MobileNetV3_small_x0_35"), ""), (("ResNet18_vd", "ResNet18_vd"), "_student")):
        teacher, student = (Role(create_model(name, num_classes=4), find_model(name)[0].record) for name in names)
        arrays = {}
        for role, word in ((teacher, ""), (student, mark)):
            state = role.model.state_dict()
            rows = published_names(role.record, role.model)
            assert rows is not None
            for row in rows:
                arrays[row.v2020 + word] = state[row.ours].numpy()
        arrays["@LR_DECAY_COUNTER@"] = np.zeros(1, np.int64)
        for_teacher, for_student = split(WeightsFile(arrays, "pdparams", Path("both.pdparams")), teacher, student)
        for role, part in ((teacher, for_teacher), (student, for_student)):
            fresh = create_model(role.record.name, num_classes=4)
            assert part is not None
            load_weights(fresh, role.record, part)
            assert all(np.array_equal(value.numpy(), role.model.state_dict()[key].numpy())
                       for key, value in fresh.state_dict().items())


def test_a_teacher_keeps_its_parameters_and_gets_no_gradient():
    toy.toy_catalogue()
    images = paddle.rand([4, 3, 16, 16])
    teacher, student = (create_model("ToyNet", num_classes=3) for _ in range(2))
    before = {key: value.numpy().copy() for key, value in teacher.state_dict().items()}
    for bn_mode, moves in (("running", False), ("batch", True)):
        target, logits = Pair(student, [teacher], bn_mode, None)(images)
        assert target.stop_gradient
        assert not logits.stop_gradient
        ppc.create("loss", "JSDivLoss")(logits, target).backward()
        assert all(parameter.grad is None for parameter in teacher.parameters())
        after = {key: value.numpy() for key, value in teacher.state_dict().items()}
        changed = {key for key in before if not np.array_equal(before[key], after[key])}
        assert bool(changed) is moves
        assert all(key.endswith(("_mean", "_variance")) for key in changed)


def test_several_teachers_count_as_the_mean_of_their_probabilities(values, make_config, teacher):
    rng = np.random.default_rng(0)
    logits = [paddle.to_tensor(rng.normal(0, 5, (6, 4)).astype(np.float32)) for _ in range(3)]
    mean = np.mean([paddle.nn.functional.softmax(each).numpy() for each in logits], axis=0)
    got = paddle.nn.functional.softmax(mean_probability(logits)).numpy()
    np.testing.assert_allclose(got, mean, atol=1e-6)
    values["DISTILLATION"]["teacher"] = 2 * [{"pretrained": str(teacher), "params": {"width": 12}}]
    assert train(make_config(values)).epochs == 2


def test_the_precision_of_the_teacher_is_its_own_or_refused(values, make_config):
    """Paddle has no lower precision on most CPUs, and would stay in float32 without a word."""
    values["DISTILLATION"]["precision"] = "float32"
    plain = train(make_config({**values, "epochs": 1})).run_dir
    assert plain.is_dir()
    values["DISTILLATION"]["precision"] = "float16"
    with pytest.raises(UserError, match="this Paddle does not support float16 on cpu"):
        train(make_config(values))


def test_two_processes_train_one_student(values, tmp_path):
    (tmp_path / "pair.yaml").write_text(yaml.safe_dump({**values, "epochs": 1}), encoding="utf-8")
    script = tmp_path / "train.py"
    script.write_text("from ppclas_core.cli import main\nraise SystemExit(main())\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    launch = [sys.executable, "-m", "paddle.distributed.launch", "--nproc_per_node", "2", "--log_dir", "log"]
    done = subprocess.run([*launch, str(script), "train", "pair.yaml", "--plugin", toy.__file__], cwd=tmp_path,
                          timeout=900, capture_output=True, text=True, check=False,
                          env={**environment, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert len(parameters(tmp_path / "output" / "ToyNet" / "last")) == len(create_model("ToyNet").state_dict())


@pytest.mark.parametrize(("change", "text"), [
    ({"DISTILLATION": {}}, "needs a teacher"),
    ({"DISTILLATION": {"teacher": "ToyNut"}}, "Did you mean 'ToyNet'"),
    ({"DISTILLATION": {"teacher": {"nam": "ToyNet"}}}, "a teacher has no key 'nam'. Did you mean 'name'"),
    ({"DISTILLATION": {"teacher": {"name": "ToyNet", "params": {"widht": 3}}}}, "no parameter 'widht'"),
    ({"DISTILLATION": {"teacher": "ToyNet", "bn_mod": "batch"}}, "no parameter 'bn_mod'"),
    ({"DISTILLATION": {"teacher": "ToyNet", "bn_mode": "frozen"}}, "one of: batch, running"),
    ({"DISTILLATION": {"teacher": "ToyNet"}}, "no weights for the teacher ToyNet"),
    ({"DISTILLATION": {"teacher": ["ToyNet", "ToyNet"]}, "pretrained_model": "x"}, "ambiguous which weights"),
    ({"ARCHITECTURE": {"name": "A_distill_ToyNet"}}, "there are two teachers"),
    ({"ls_epsilon": 0.1}, "the teacher gives the targets"),
    ({"LOSS": {"name": "CELoss"}}, "CELoss compares with labels"),
    ({"LOSS": {"name": "KLLoss"}, "use_distillation": False, "DISTILLATION": {}}, "KLLoss compares with a teacher"),
    ({"use_distillation": False}, "'DISTILLATION' has no effect unless 'use_distillation' is True"),
])
def test_mistakes_are_reported_before_anything_is_trained(change, text, values, make_config, tmp_path):
    with pytest.raises(UserError) as caught:
        train(make_config({**values, **change}))
    assert text in str(caught.value)
    assert not (tmp_path / "output").exists() or not list((tmp_path / "output").glob("*/last"))


def test_the_outputs_of_a_teacher_come_in_the_order_of_the_students_classes(values, make_config, teacher, squares,
                                                                          tmp_path):
    shutil.copytree(teacher / "best_model", tmp_path / "named")
    meta = read_meta(tmp_path / "named")
    assert meta is not None
    write_meta(tmp_path / "named", dataclasses.replace(meta, labels=["red", "green", "blue"]))
    head = read_pickle(tmp_path / "named" / "ppcls.pdparams")["head.fc.weight"]
    student, record = create_model("ToyNet", num_classes=3), find_model("ToyNet")[0].record
    callback = Distillation({"name": "ToyNet", "params": {"width": 12}, "pretrained": str(tmp_path / "named")})
    student.class_names = ["blue", "red", "green"]
    callback.load_pretrained(student, record, None, resumed=False)
    np.testing.assert_array_equal(callback._teachers[0].head.fc.weight.numpy(), head[:, [2, 0, 1]])
    student.class_names = ["blue", "red", "grey"]
    with pytest.raises(UserError, match="the teacher: the checkpoint has other classes .* it lacks: grey"):
        callback.load_pretrained(student, record, None, resumed=False)


def test_a_published_network_teaches_by_its_name_alone(values, make_config, published_toy, capsys):
    values["DISTILLATION"]["teacher"] = {"pretrained": published_toy}
    assert train(make_config({**values, "classes_num": 1000, "epochs": 1})).epochs == 1
    assert f"{published_toy}_pretrained.pdparams: " in capsys.readouterr().err
