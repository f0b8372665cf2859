# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weights that are shown images otherwise than they were trained with score lower; `check` and `eval` say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest

from ppclas_core.bundles.source import evaluation_transforms
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.config.load import config_from_dict
from ppclas_core.testing.publisher import LARGER

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
RIGHT = evaluation_transforms(32, 36, "bicubic", MEAN, STD)


def valid_config(transforms: List[Dict[str, Any]], **changes: Any) -> Dict[str, Any]:
    return {"mode": "valid", "ARCHITECTURE": {"name": "PublicToy"}, "classes_num": 1000, "image_shape": [3, 32, 32],
            "VALID": {"batch_size": 2, "num_workers": 0, "file_list": "list.txt", "data_dir": ".",
                      "transforms": transforms}, **changes}


def notes(transforms: List[Dict[str, Any]], weights: Any, **changes: Any) -> List[str]:
    return preprocessing_notes(config_from_dict(valid_config(transforms, **changes)), weights)


def test_what_the_record_says_gives_no_note(published_toy: str) -> None:
    assert notes(RIGHT, True) == []
    assert notes(RIGHT, published_toy) == []
    assert notes(evaluation_transforms(48, 52, "bicubic", MEAN, STD), LARGER) == []


@pytest.mark.parametrize(("transforms", "said"), [
    (evaluation_transforms(32, 36, "bilinear", MEAN, STD),
     "the interpolation in VALID.transforms is bilinear; these weights of PublicToy are meant for bicubic"),
    (evaluation_transforms(32, 32, "bicubic", MEAN, STD), "the short side in VALID.transforms is 32 pixels; these "
     "weights of PublicToy are meant for 36 pixels"),
    (evaluation_transforms(32, 36, "bicubic", [0.5, 0.5, 0.5], STD), "the mean in VALID.transforms is [0.5, 0.5, 0.5]"),
])
def test_each_contradiction_is_one_line(published_toy: str, transforms: List[Dict[str, Any]], said: str) -> None:
    (line,) = notes(transforms, True)
    assert said in line


def test_weights_of_other_classes_or_with_a_meta_are_judged_by_what_they_are(published_toy: str,
                                                                             tmp_path: Path) -> None:
    from ppclas_core.testing.toy import toy_checkpoint

    bilinear = evaluation_transforms(32, 36, "bilinear", MEAN, STD)
    assert notes(bilinear, True, classes_num=7) == []
    own = toy_checkpoint(tmp_path / "run")  # resized to a fixed size, bilinear
    assert notes(bilinear, str(own)) == []
    (line,) = notes(RIGHT, str(own))
    assert "meant for bilinear" in line
    assert notes(bilinear, str(tmp_path / "nowhere")) == []
    assert notes(bilinear, [str(own)]) == []


def test_check_and_eval_print_the_notes(ppclas_project: Any, published_toy: str) -> None:
    import numpy as np

    from ppclas_core.data.opencv import cv2

    project = ppclas_project({"list.txt": "a.png 1\nb.png 2\n", "config.yaml": valid_config(
        evaluation_transforms(32, 36, "bilinear", MEAN, STD), pretrained_model=published_toy)})
    for name in ("a.png", "b.png"):
        cv2.imencode(".png", np.full((40, 50, 3), 99, np.uint8))[1].tofile(str(project.folder / name))
    assert "note: " in project.run("check", "config.yaml").succeeded().out
    line = "the interpolation in VALID.transforms is bilinear; these weights of PublicToy are meant for bicubic"
    assert line in project.run("check", "config.yaml").succeeded().out
    assert f"warning: {line}" in project.run("eval", "config.yaml").succeeded().err
    right = ["-o", "VALID.transforms.1.ResizeImage.interpolation=2"]
    assert line not in project.run("check", "config.yaml", *right).succeeded().out


def test_the_legacy_suffix_of_names_is_a_key_without_effect(ppclas_project: Any, published_toy: str) -> None:
    project = ppclas_project({"config.yaml": valid_config(RIGHT), "list.txt": ""})
    for command in ("show", "check"):
        outcome = project.run(command, "config.yaml", "-o", "ARCHITECTURE.params.postfix_name=_student")
        assert "'postfix_name' has no effect" in outcome.err
        assert "has no parameter" not in outcome.err


def test_show_refuses_a_parameter_that_check_refuses(ppclas_project: Any, published_toy: str) -> None:
    project = ppclas_project({"config.yaml": valid_config(RIGHT), "list.txt": ""})
    for command in ("show", "check"):
        outcome = project.run(command, "config.yaml", "-o", "ARCHITECTURE.params.widht=3")
        assert outcome.code == 2
        assert "has no parameter 'widht'. Did you mean 'width'?" in outcome.err
    project.run("show", "config.yaml", "-o", "ARCHITECTURE.params.width=3").succeeded()
