# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Every runtime is called by the same name in `ppclas predict`, `eval` and `benchmark`."""

from __future__ import annotations

import argparse
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.bundles.formats import find_format, unmet_requirement
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.predict import Predictor

NAMES = ("paddle", "paddle-bf16", "paddle-int8", "onnxruntime", "openvino", "lite", "tensorrt")


@pytest.fixture
def project(ppclas_project: Any, pictures: Path) -> Any:
    """A list of three images, where the blue one has the label of green, and a config that evaluates on it."""
    ends = [{"ResizeImage": {"size": 32}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    return ppclas_project({
        "val.txt": "c red.png\t0\na green.png\t1\nsub/b blue.png\t1\n",
        "eval.yaml": {
            "mode": "valid", "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 3, "image_shape": [3, 32, 32],
            "topk": 2, "device": "cpu",
            "VALID": {"batch_size": 2, "num_workers": 0, "file_list": "val.txt", "data_dir": str(pictures),
                      "transforms": [{"DecodeImage": {"to_rgb": True}}, *ends]}}})


@pytest.fixture(params=["dygraph", "paddle", "onnxruntime", "openvino"])
def runtime(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name != "dygraph":
        pytest.importorskip({"paddle": "paddle"}.get(name, f"ppclas_export_{name.replace('onnxruntime', 'onnx')}"))
        if unmet_requirement(catalogue().find("exporter", name)):
            pytest.skip(unmet_requirement(catalogue().find("exporter", name)))
    return name


def test_all_three_commands_run_it_and_eval_gives_the_accuracy_of_the_model(
        runtime: str, project: Any, checkpoint: Path, pictures: Path) -> None:
    from ppclas_core.testing import toy

    plugin = ("--plugin", toy.__file__)
    told = json.loads(project.run("eval", "eval.yaml", "--weights", str(checkpoint), "--engine", runtime, "--json",
                                  *plugin).succeeded().out)
    assert (told["samples"], told["top1"]) == (3, pytest.approx(2 / 3))
    plain = json.loads(project.run("eval", "eval.yaml", "--weights", str(checkpoint), "--json", *plugin).out)
    assert told["loss"] == pytest.approx(plain["loss"], rel=1e-4)
    assert told["topk"] == plain["topk"]
    answers = project.run("predict", str(checkpoint), str(pictures / "c red.png"), "--engine", runtime, "--topk", "1",
                          *plugin).succeeded().out
    assert answers.split(": ")[1].startswith("red")
    rows = json.loads(project.run("benchmark", str(checkpoint), "--runtime", runtime, "--batch", "1", "--seconds",
                                  "0.01", "--json", *plugin).succeeded().out)
    assert [row["engine"] for row in rows] == [runtime]


@pytest.mark.parametrize("name", NAMES)
def test_its_name_is_known_or_its_distribution_is_named(name: str) -> None:
    try:
        record = find_format(name).record
    except UserError as error:
        told = str(error)
    else:
        told = "" if name in (record.name, *record.aliases) else "another"
    assert re.fullmatch(r"(|.*(is not available here: .*(it needs|no release)|pip install .*ppclas-export-).*)", told,
                        re.DOTALL)


def test_tensorrt_without_a_gpu_says_what_it_needs(checkpoint: Path, tmp_path: Path) -> None:
    import paddle

    from ppclas_core.export import tensorrt
    from ppclas_core.runtimes.gpu import check_tensorrt

    if paddle.device.is_compiled_with_cuda():
        pytest.skip("this Paddle may have a GPU")
    with pytest.raises(UserError, match="Paddle sees no gpu"):
        check_tensorrt("gpu")
    with pytest.raises(UserError, match="the device is cpu"):
        check_tensorrt("cpu")
    import ppclas_core as ppc

    for legacy, told in ((False, "a Paddle 3 program"), (True, "Paddle sees no gpu")):
        bundle = ppc.export(checkpoint, "inference", tmp_path / f"bundle-{legacy}", legacy=legacy)
        if legacy or (bundle.path / "inference.json").is_file():  # Paddle 2 writes the other form only
            with pytest.raises(UserError, match=told):
                tensorrt.load(bundle.path)


@pytest.mark.parametrize("command", ["predict", "eval", "benchmark"])
def test_the_former_flag_means_the_runtime_and_is_not_in_the_help(command: str) -> None:
    module = importlib.import_module(f"ppclas_core.cli.commands.{command}")
    parser = argparse.ArgumentParser()
    module.add(parser)
    needed = {"predict": ["SRC", "IMAGE"], "eval": ["CONFIG"], "benchmark": ["SRC"]}[command]
    by_flag = [parser.parse_args([*needed, flag, "paddle"]).runtime for flag in ("--runtime", "--engine")]
    assert by_flag == ["paddle", "paddle"]
    assert parser.parse_args(needed).runtime in ("auto", None, "")
    assert "--runtime" in parser.format_help()
    assert "--engine" not in parser.format_help()


def test_the_former_argument_of_a_predictor_is_deprecated(checkpoint: Path) -> None:
    with pytest.warns(DeprecationWarning, match="runtime"), pytest.raises(UserError, match="no_such"):
        Predictor(checkpoint, engine="no_such")
