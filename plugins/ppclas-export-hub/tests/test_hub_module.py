# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A module folder of PaddleHub: its structure, its outputs, and the real loader."""

from __future__ import annotations

import ast
import base64
import importlib.util
import itertools
import json
import sys
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_core.bundles.golden import run_pipeline
from ppclas_core.bundles.source import evaluation_transforms
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.export import ExportFailed, export
from ppclas_core.predict import Predictor
from ppclas_core.testing.toy import toy_checkpoint
from ppclas_export_hub import child
from ppclas_export_hub.export import unique_labels
from ppclas_export_hub.module import module_text, preprocessing_steps

INFO = {"name": "toy", "version": "1.0.0", "author": "", "email": "", "summary": 'a "quoted" toy'}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_checkpoint(tmp_path_factory.mktemp("run") / "ToyNet")


@pytest.fixture(scope="module")
def folder(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "bundle"
    export(str(run), "hub", out, name="my_toy", version="2.0.1", author="A. Person", summary="shapes")
    return out / "my_toy"


@pytest.fixture
def photos(tmp_path: Path) -> List[Path]:
    """Three images of several sizes, one of them higher than wide."""
    rng = np.random.default_rng(1)
    paths = [tmp_path / f"{index}.png" for index in range(3)]
    for path, (height, width) in zip(paths, ((50, 40), (41, 77), (64, 64))):
        cv2.imwrite(str(path), rng.integers(0, 255, (height, width, 3), dtype=np.uint8))
    return paths


def loaded(file: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A `module.py` with the stand-in for PaddleHub's decorators, for the time of one test."""
    before = dict(sys.modules)
    child.replace_missing_paddlehub()
    for name in set(sys.modules) - set(before):
        made = sys.modules.pop(name)
        if name.startswith("paddlehub"):
            monkeypatch.setitem(sys.modules, name, made)
    spec = importlib.util.spec_from_file_location(f"hub_{next(COUNTER)}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COUNTER = itertools.count()


def test_the_folder_has_the_structure_that_the_loader_reads(folder: Path) -> None:
    """PaddleHub finds the record by the syntax tree: a decorator with constants alone."""
    assert sorted(path.name for path in folder.iterdir()) == [
        "__init__.py", "label_list.txt", "model.pdiparams", "model.pdmodel", "module.py"]
    tree = ast.parse((folder / "module.py").read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert len(classes) == 1
    decorator, = classes[0].decorator_list
    assert isinstance(decorator, ast.Call)
    assert isinstance(decorator.func, ast.Name)
    assert decorator.func.id == "moduleinfo"
    metadata = {keyword.arg: keyword.value.value for keyword in decorator.keywords
            if isinstance(keyword.value, ast.Constant)}
    assert metadata == {"name": "my_toy", "version": "2.0.1", "author": "A. Person", "author_email": "",
                    "summary": "shapes", "type": "CV/image_classification"}
    methods = {node.name: [each.id for each in node.decorator_list if isinstance(each, ast.Name)]
               for node in classes[0].body if isinstance(node, ast.FunctionDef)}
    assert methods["serving_method"] == ["serving"]
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "base64", "os", "typing", "cv2", "numpy", "paddle", "paddlehub"}
    assert (folder / "label_list.txt").read_text(encoding="utf-8") == "class 0\nclass 1\nclass 2\nclass 3\n"


def test_it_predicts_what_the_model_does(folder: Path, run: Path, photos: List[Path],
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = loaded(folder / "module.py", monkeypatch).Classifier()
    images = [cv2.imread(str(path)) for path in photos]
    expected = [{each.name: each.score for each in found.classes}
                for found in Predictor(str(run)).predict([str(path) for path in photos], topk=3)]
    for batch_size in (1, 2, 8):
        answers = classifier.predict(images, batch_size=batch_size, top_k=3)
        for answer, wanted in zip(answers, expected):
            assert list(answer) == list(wanted)
            assert answer == pytest.approx(wanted, abs=1e-5)
    files = [base64.b64encode(path.read_bytes()).decode() for path in photos]
    answer = json.loads(json.dumps(classifier.serving_method(images=files, top_k=2, other=1)))
    assert [list(each) for each in answer["data"]] == [list(each)[:2] for each in expected]
    with pytest.raises(ValueError, match="cannot be decoded"):
        classifier.serving_method(images=[base64.b64encode(b"no image").decode()])


@pytest.mark.parametrize("preprocessing", [
    evaluation_transforms(24, 32, "bilinear", [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    evaluation_transforms(28, 30, "bicubic", [0.5] * 3, [0.5] * 3),
    [{"DecodeImage": {"to_rgb": False}}, {"ResizeImage": {"size": [20, 12], "interpolation": "area"}},
     {"ToCHWImage": None},
     {"NormalizeImage": {"scale": "1./128.", "mean": [1, 1, 1], "std": [1, 2, 3], "order": "chw"}}],
    [{"DecodeImage": None}, {"ResizeImage": {"resize_short": 41}}, {"CropImage": {"size": [39, 17]}},
     {"NormalizeImage": None}, {"ToCHWImage": None}],
])
def test_preprocessing_is_that_of_the_bundle_to_the_last_bit(preprocessing: List[Dict[str, Any]], tmp_path: Path,
                                                             photos: List[Path],
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    text = module_text(preprocessing_steps(preprocessing), INFO, multilabel=False)
    (tmp_path / "module.py").write_text(text, encoding="utf-8")
    module = loaded(tmp_path / "module.py", monkeypatch)
    for path in photos:
        found = module.Classifier.transform(None, cv2.imread(str(path)))
        expected, = run_pipeline(preprocessing, [path.read_bytes()])
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected)


def test_multilabel_outputs_are_scored_by_sigmoids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = preprocessing_steps(evaluation_transforms(8, 8, "bilinear", [0.5] * 3, [0.5] * 3))
    (tmp_path / "module.py").write_text(module_text(steps, INFO, multilabel=True), encoding="utf-8")
    classifier = loaded(tmp_path / "module.py", monkeypatch).Classifier

    class Fake(classifier):  # type: ignore[misc,valid-type]
        labels = ("a", "b", "c")

        def __init__(self) -> None:
            """No model."""

        def logits(self, batch: np.ndarray) -> np.ndarray:
            return np.tile(np.array([0.0, np.log(3), -9], np.float32), (len(batch), 1))

    answer, = Fake().predict([np.zeros((8, 8, 3), np.uint8)], top_k=2)
    assert answer == pytest.approx({"b": 0.75, "a": 0.5})


def test_preprocessing_that_a_module_cannot_do_is_refused_with_its_name() -> None:
    steps = evaluation_transforms(8, 8, "bilinear", [0.5] * 3, [0.5] * 3)
    with pytest.raises(UserError, match="RandFlipImage"):
        preprocessing_steps([*steps[:3], {"RandFlipImage": None}, *steps[3:]])
    with pytest.raises(UserError, match="does not support this preprocessing"):
        preprocessing_steps(steps[:3])
    for option in ({"alpha": "white"}, {"depth": 12}):
        with pytest.raises(UserError, match="decodes only with alpha: drop and depth: clip"):
            preprocessing_steps([{"DecodeImage": option}, *steps[1:]])


@pytest.mark.parametrize(("options", "message"), [({"name": "my-toy"}, "letters, digits"),
                                                  ({"name": "class"}, "imports"), ({"version": "1"}, "form 1.0.0")])
def test_what_paddlehub_cannot_take_is_refused(options: Dict[str, Any], message: str, run: Path,
                                               tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        export(str(run), "hub", tmp_path / "out", **options)


def test_a_module_whose_outputs_differ_from_the_model_is_not_exported(run: Path, tmp_path: Path,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_export_hub import export as exporter

    text = module_text(preprocessing_steps(evaluation_transforms(32, 32, "bilinear", [0.5] * 3, [0.5] * 3)), INFO,
                       multilabel=False)
    broken = text.replace("np.asarray(output.copy_to_cpu())", "np.asarray(output.copy_to_cpu()) * [1, 1.05, 1, 1]")
    assert broken != text
    monkeypatch.setattr(exporter, "module_text", lambda *_, **__: broken)
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from those of the model"):
        export(str(run), "hub", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_labels_are_keys_and_so_unique() -> None:
    assert unique_labels([], 3) == ["0", "1", "2"]
    assert unique_labels(["cat", "dog", "cat"], 3) == ["cat (0)", "dog", "cat (2)"]
