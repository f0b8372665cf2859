# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: A published network by its name, and weights of any form by the name of their model, in every command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.bundles.source import evaluation_transforms, find_checkpoint
from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.testing.publisher import LARGER, UNKNOWN_CLASSES
from ppclas_core.testing.toy import ToyNet

IMAGENET = class_names("imagenet-1k")


def own_arrays(classes: int) -> Dict[str, np.ndarray]:
    return {key: value.numpy() for key, value in ToyNet(num_classes=classes).state_dict().items()}


@pytest.fixture
def own(tmp_path: Path, published_toy: str) -> Path:
    """Weights of three classes without a `meta.yaml`, as anybody's 2020 checkpoint."""
    from ppclas_core.weights.write import save_pdparams

    path = tmp_path / "own" / "ppcls.pdparams"
    save_pdparams(path, own_arrays(3))
    (tmp_path / "own" / "names.txt").write_text("0 red wine\n1 grün\n2 blue\n", encoding="utf-8")
    return path


def test_the_thousand_names_are_unique() -> None:
    assert (len(IMAGENET), len(set(IMAGENET))) == (1000, 1000)
    assert [IMAGENET[index] for index in (0, 3, 207, 281, 999)] == ["tench", "tiger shark", "golden retriever", "tabby",
                                                                    "toilet tissue"]
    assert [IMAGENET[index] for index in (134, 517)] == ["crane (bird)", "crane (machine)"]
    assert class_names("") == []


def test_a_name_predicts_with_the_names_of_its_classes_and_is_fetched_once(
        ppclas_project: Any, published_toy: str, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ppclas_project().run("predict", published_toy, str(pictures), "--json").succeeded()
    rows = json.loads(first.out)
    assert [len(row["classes"]) for row in rows] == [5, 5, 5]
    assert all(each["name"] == IMAGENET[each["id"]] for row in rows for each in row["classes"])
    assert f"{published_toy}_pretrained.pdparams: " in first.err  # progress
    monkeypatch.setenv("PPCLAS_WEIGHTS_URL", "http://127.0.0.1:1/")
    again = ppclas_project().run("predict", published_toy, str(pictures), "--json").succeeded()
    assert again.out == first.out
    assert " MB" not in again.err


def test_the_preprocessing_is_that_of_the_record(published_toy: str) -> None:
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    assert find_checkpoint(published_toy).meta.preprocessing == evaluation_transforms(32, 36, "bicubic", mean, std)
    larger = find_checkpoint(LARGER).meta
    assert larger.preprocessing == evaluation_transforms(48, 52, "bicubic", mean, std)
    assert larger.image_shape == [3, 48, 48]
    assert find_checkpoint(PretrainedSource(published_toy).resolve()[0], model=LARGER).meta == larger


def test_weights_with_the_name_of_their_model_are_the_published_name(published_toy: str, pictures: Path) -> None:
    by_name = ppc.Predictor(published_toy).predict(str(pictures))
    by_path = ppc.Predictor(PretrainedSource(published_toy).resolve()[0], model=published_toy).predict(str(pictures))
    exported = ppc.Predictor(published_toy, runtime="paddle").predict(str(pictures))
    assert by_path == by_name
    for one, other in zip(by_name, exported):
        assert [each.name for each in one.classes] == [each.name for each in other.classes]
        np.testing.assert_allclose([each.score for each in one.classes], [each.score for each in other.classes],
                                   rtol=1e-4)


def test_classes_that_are_not_of_imagenet_get_no_names_of_it(published_toy: str, own: Path) -> None:
    assert find_checkpoint(UNKNOWN_CLASSES).meta.labels == []
    meta = find_checkpoint(own, model=published_toy).meta
    assert (meta.num_classes, meta.labels) == (3, [])


@pytest.mark.parametrize("text", ["0 red wine\n1 grün\n2 blue\n", "red wine\ngrün\nblue\n"])
def test_own_weights_take_own_names(ppclas_project: Any, published_toy: str, own: Path, pictures: Path,
                                    text: str) -> None:
    (own.parent / "names.txt").write_text(text, encoding="utf-8")
    done = ppclas_project().run("predict", str(own), str(pictures), "--model", published_toy, "--labels",
                                "own/names.txt", "--json").succeeded()
    assert {each["name"] for row in json.loads(done.out) for each in row["classes"]} == {"red wine", "grün", "blue"}


@pytest.mark.parametrize(("arguments", "said"), [
    (["own"], "--model NAME"),
    (["own", "--model", "PublicToy_49"], "Did you mean 'PublicToy'?"),
    (["own", "--model", "PublicToy", "--labels", "two.txt"], "there are 2 class names; these weights have 3 classes"),
    (["own", "--model", "PublicToy", "--labels", "twice.txt"], "twice.txt:3: 'b' occurs twice"),
    (["own", "--model", "PublicToy", "--labels", "nowhere.txt"], "no such label list"),
    (["PublicTyo"], "Did you mean 'PublicToy'?"),
    (["ToyNet"], "no weights were published as ToyNet"),
    (["run", "--model", "PublicToy"], "the architecture of this checkpoint is ToyNet, not PublicToy"),
    (["run", "--labels", "own/names.txt"], "its class 0 is 'red', not 'red wine'"),
])
def test_what_contradicts_or_is_missing_is_refused(ppclas_project: Any, own: Path, checkpoint: Path, pictures: Path,
                                                   arguments: List[str], said: str) -> None:
    project = ppclas_project({"two.txt": "a\nb\n", "twice.txt": "a\nb\nb\n"})
    checkpoint.parent.rename(project.folder / "run")
    outcome = project.run("predict", arguments[0], str(pictures), *arguments[1:])
    assert outcome.code == 2, outcome.err
    assert said in outcome.err


def test_what_is_here_under_a_published_name_wins(ppclas_project: Any, published_toy: str, checkpoint: Path,
                                                  pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = ppclas_project()
    monkeypatch.chdir(project.folder)
    assert PretrainedSource(published_toy).published == published_toy
    checkpoint.parent.rename(project.folder / published_toy)
    assert PretrainedSource(published_toy).published == ""
    assert "bright blue" in project.run("predict", published_toy, str(pictures)).succeeded().out
    (project.folder / published_toy).rename(project.folder / "other")
    (project.folder / f"{published_toy}.pdparams").write_bytes(b"")
    assert PretrainedSource(published_toy).published == ""


def test_an_address_is_fetched_and_wants_the_name_of_its_model(ppclas_project: Any, published_toy: str,
                                                              pictures: Path) -> None:
    address = f"{os.environ['PPCLAS_WEIGHTS_URL']}{published_toy}_pretrained.pdparams"
    project = ppclas_project()
    by_name = project.run("predict", published_toy, str(pictures), "--json").succeeded()
    by_address = project.run("predict", address, str(pictures), "--json", "--model", published_toy).succeeded()
    assert by_address.out == by_name.out
    assert "--model NAME" in project.run("predict", address, str(pictures)).err


def test_without_a_network_the_next_step_is_named_at_once(ppclas_project: Any, published_toy: str, pictures: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPCLAS_WEIGHTS_URL", "http://127.0.0.1:1/")
    outcome = ppclas_project().run("predict", published_toy, str(pictures))
    assert outcome.code == 2
    assert outcome.err.count("trying again") == 1
    for way in ("PPCLAS_WEIGHTS_URL=", f"{published_toy}_pretrained.pdparams", f"PATH --model {published_toy}"):
        assert way in outcome.err


def test_a_bundle_of_a_name_has_the_names_and_says_what_it_was(ppclas_project: Any, published_toy: str,
                                                               pictures: Path) -> None:
    project = ppclas_project()
    assert "runs with Paddle" in project.run("export", published_toy, "inference", "bundle").succeeded().out
    facts = json.loads((project.folder / "bundle" / "bundle.json").read_text(encoding="utf-8"))
    assert (facts["source"], facts["architecture"]) == (published_toy, published_toy)
    assert (project.folder / "bundle" / "labels.txt").read_text(encoding="utf-8").splitlines() == IMAGENET
    project.run("verify", "bundle").succeeded()
    same = project.run("verify", "bundle", "--source", published_toy).succeeded()
    assert f"exported from {published_toy}" in same.out
    other = project.run("verify", "bundle", "--source", LARGER)
    assert (other.code, "another preprocessing" in other.err) == (1, True)
    assert "%" in project.run("predict", "bundle", str(pictures), "--engine", "paddle").succeeded().out
    refused = project.run("predict", "bundle", str(pictures), "--model", published_toy)
    assert (refused.code, "a bundle has its own architecture" in refused.err) == (2, True)


def test_python_exports_a_name_and_own_weights(published_toy: str, own: Path, tmp_path: Path) -> None:
    assert ppc.export(LARGER, "inference", tmp_path / "one").input_shape == (3, 48, 48)
    bundle = ppc.export(own, "inference", tmp_path / "other", model=published_toy, labels=["a", "b", "c"])
    assert (bundle.labels, bundle.num_classes) == (["a", "b", "c"], 3)


def test_a_benchmark_measures_a_name_in_its_own_size(ppclas_project: Any, published_toy: str) -> None:
    record = str(Path(ppc.__file__).parent / "testing" / "publisher.py")
    done = ppclas_project().run("benchmark", LARGER, "--engine", "dygraph", "--batch", "1", "--threads", "1",
                                "--seconds", "0.02", "--plugin", record, "--json").succeeded()
    assert [row["engine"] for row in json.loads(done.out)] == ["dygraph"]


def test_conversion_of_a_name_needs_no_model(ppclas_project: Any, published_toy: str) -> None:
    done = ppclas_project().run("convert", published_toy, "out", "--to", "safetensors").succeeded()
    assert f"tensors of {published_toy}" in done.out


@pytest.mark.parametrize("runtime", [[], ["--engine", "paddle"]])
def test_evaluation_takes_a_name_and_own_weights(ppclas_project: Any, published_toy: str, own: Path, pictures: Path,
                                                 runtime: List[str]) -> None:
    lines = "".join(f"{path.relative_to(pictures).as_posix()}\t{index}\n"
                    for index, path in enumerate(sorted(pictures.rglob("[a-c]*.png"))))
    transforms = evaluation_transforms(32, 36, "bicubic", [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    project = ppclas_project({"list.txt": lines, "config.yaml": {
        "mode": "valid", "ARCHITECTURE": {"name": published_toy}, "classes_num": 1000, "image_shape": [3, 32, 32],
        "topk": 5, "VALID": {"batch_size": 2, "num_workers": 0, "file_list": "list.txt", "data_dir": str(pictures),
                             "delimiter": "\t", "transforms": transforms}}})
    whole = project.run("eval", "config.yaml", "--weights", published_toy, *runtime).succeeded()
    assert "samples 3" in whole.out
    part = project.run("eval", "config.yaml", "--weights", "own/ppcls", "-o", "classes_num=3", "-o", "topk=2", *runtime)
    assert "samples 3" in part.succeeded().out


@pytest.mark.parametrize("runtime", [[], ["--runtime", "paddle"]])
def test_evaluation_of_a_name_needs_only_data_and_matches_the_names_of_its_classes(
        ppclas_project: Any, published_toy: str, pictures: Path, runtime: List[str]) -> None:
    project = ppclas_project()
    for name, image in (("tench", "a green.png"), ("tabby", "c red.png")):
        (project.folder / "data" / name).mkdir(parents=True)
        (pictures / image).rename(project.folder / "data" / name / image)
    outcome = project.run("eval", published_toy)
    assert outcome.code == 2
    assert "a file of published weights has no validation" in outcome.err
    assert "pdparams" not in outcome.err  # nothing was downloaded
    done = project.run("eval", published_toy, "--data", "data", "--json", *runtime).succeeded()
    facts = json.loads(done.out)
    assert facts["samples"] == 2
    assert {row["class"] for row in facts["per_class"] if row["samples"]} == {"tench", "tabby"}
    (project.folder / "data" / "tabby").rename(project.folder / "data" / "tabbi")
    outcome = project.run("eval", published_toy, "--data", "data", *runtime)
    assert outcome.code == 2
    assert f"the published weights {published_toy} does not have" in outcome.err
