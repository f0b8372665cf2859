# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas` takes the flags of the `paddleclas` wheel and runs `ppclas predict`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.compat.paddleclas_flags import is_paddleclas, predict_arguments
from ppclas_core.errors import UserError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migration" / "from_paddleclas_2.md"


@pytest.mark.parametrize(("flags", "command"), [
    ("--model_name ResNet50 --infer_imgs photos", "predict ResNet50 photos"),
    ("--infer_imgs=photos --model_name=ResNet50 --topk=3", "predict ResNet50 photos --topk 3"),
    ("--model_name=ResNet50 --image_file 'my photo.jpg' --top_k 3", "predict ResNet50 'my photo.jpg' --topk 3"),
    ("--model_name A --infer_imgs p --use_gpu False --batch_size 4", "predict A p --batch-size 4 --device cpu"),
    ("--model_name A --infer_imgs p --use_gpu", "predict A p --device gpu"),
    ("--model_name A --infer_imgs p --class_id_map_file names.txt --threshold 0.5",
     "predict A p --labels names.txt --threshold 0.5"),
    ("--inference_model_dir inference --infer_imgs p", "predict inference p"),
    ("--inference_model_dir inference --model_name A --infer_imgs p", "predict inference p --model A"),
    ("--model_file m/model --params_file m/params --image_file p", "predict m p"),
    ("--model_file model --params_file params --image_file p", "predict . p"),
])
def test_flags_become_arguments_of_predict(flags: str, command: str) -> None:
    arguments = shlex.split(flags)
    assert is_paddleclas(arguments)
    assert predict_arguments(arguments) == shlex.split(command)


@pytest.mark.parametrize("arguments", [[], ["predict", "--model_name", "A"], ["--help"], ["--version"], ["--json"]])
def test_other_command_lines_are_left_alone(arguments: list[str]) -> None:
    assert not is_paddleclas(arguments)


@pytest.mark.parametrize(("flags", "message", "fix"), [
    ("--model_name A", "no image is given", "--infer_imgs"), ("--infer_imgs p", "no model is given", "--model_name"),
    ("--model_name A --infer_imgs p --resize_short 300", "--resize_short of paddleclas has no counterpart",
     "ppclas info NAME"),
    ("--model_name A --infer_imgs p --use_tensorrt True", "--use_tensorrt", "ppclas export NAME tensorrt"),
    ("--model_name A --infer_img p", "no flag '--infer_img'. Did you mean 'infer_imgs'?", "ppclas predict --help"),
    ("--model_name A --infer_imgs p --use_gpu maybe", "--use_gpu is 'maybe'", ""),
    ("--model_file a/model --params_file b/params --image_file p", "two folders", "one folder"),
])
def test_a_mistake_or_a_flag_without_counterpart_is_refused(flags: str, message: str, fix: str) -> None:
    with pytest.raises(UserError) as caught:
        predict_arguments(shlex.split(flags))
    assert message in str(caught.value)
    assert fix in str(caught.value)


def test_flags_without_effect_and_the_command_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    predict_arguments(shlex.split("--model_name A --infer_imgs 'a b' --gpu_mem 8000"))
    assert "--gpu_mem has no effect" in caplog.text
    assert "the command is: ppclas predict A 'a b'" in caplog.text


def test_every_flag_is_in_the_table_of_the_page() -> None:
    from ppclas_core.compat import paddleclas_flags as flags

    page = PAGE.read_text(encoding="utf-8")
    for name in (*flags._SOURCES, *flags._IMAGES, "params_file", "use_gpu", *flags._RENAMED, *flags._IGNORED,
                 *flags._REFUSED):
        assert f"--{name}" in page, name


def test_the_program_takes_the_flags(ppclas_project: Any) -> None:
    outcome = ppclas_project({}).run("--model_name", "no_such_model", "--infer_imgs", "away.jpg")
    assert outcome.code == 2
    assert "ppclas predict no_such_model away.jpg" in outcome.err
