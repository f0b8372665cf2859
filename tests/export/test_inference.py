# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of `ppc.export` with the format `inference`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Dict

import numpy as np
import paddle
import pytest
import yaml

import ppclas_core as ppc
from ppclas_core.api import IMAGENET_MEAN
from ppclas_core.bundles import read_bundle
from ppclas_core.data.transforms.resolved import resolved
from ppclas_core.errors import PluginError
from ppclas_core.export import ExportFailed, verify
from ppclas_core.runs.meta import read_meta, write_meta
from ppclas_core.testing import ExporterConformance


class TestConformance(ExporterConformance):
    plugin = "ppclas_core.builtin"
    names = ("inference",)


class TestConformanceOfBfloat16(ExporterConformance):
    plugin = "ppclas_core.builtin"
    names = ("paddle-bf16",)
    limit = 0.2


def test_a_bundle_says_what_it_is(checkpoint: Path, tmp_path: Path) -> None:
    bundle = ppc.export(checkpoint, "inference", tmp_path / "böndle 1")
    facts = bundle.facts
    assert (facts["architecture"], facts["num_classes"], facts["name"]) == ("ToyNet", 4, "böndle 1")
    assert facts["input"] == {"names": ["image"], "dtype": "float32", "layout": "NCHW", "shape": [-1, 3, 32, 32]}
    assert facts["output"]["kind"] == "logits"
    assert facts["output"]["names"]
    assert facts["source"] == "best_model"
    assert set(facts["parity"]["difference"]) == {"batch 1", "batch 4"}
    assert {"labels.txt", "preprocess.yaml", "golden.npz", "inference.pdiparams"} <= set(facts["files"])
    assert {"ppclas-core", "paddle", "python"} <= set(facts["versions"])
    assert bundle.labels == ["class 0", "class 1", "class 2", "class 3"]
    meta = read_meta(checkpoint)
    assert meta is not None
    assert bundle.preprocessing == resolved(meta.preprocessing)


@pytest.mark.parametrize("options", [{}, {"legacy": True}, {"softmax": True}, {"uint8": True},
                                     {"legacy": True, "softmax": True, "uint8": True}],
                         ids=lambda options: "+".join(options) or "plain")
def test_every_format_gives_the_outputs_of_the_checkpoint_at_any_batch_size(
        options: Dict[str, Any], checkpoint: Path, tmp_path: Path) -> None:
    bundle = ppc.export(checkpoint, "inference", tmp_path / "out", **options)
    pixels = list(np.random.default_rng(3).integers(0, 256, (5, 40, 50, 3), dtype=np.uint8))
    for count in (1, 5):
        found = ppc.Predictor(bundle.path).predict(pixels[:count], topk=4, batch_size=8)
        expected = ppc.Predictor(checkpoint).predict(pixels[:count], topk=4, batch_size=8)
        for ours, theirs in zip(found, expected):
            assert [each.name for each in ours.classes] == [each.name for each in theirs.classes]
            np.testing.assert_allclose([each.score for each in ours.classes], [each.score for each in theirs.classes],
                                       rtol=1e-4)


def test_softmax_is_in_the_graph_and_uint8_takes_pixels(checkpoint: Path, tmp_path: Path) -> None:
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime

    bundle = ppc.export(checkpoint, "inference", tmp_path / "out", softmax=True, uint8=True, legacy=True)
    assert bundle.facts["input"]["shape"] == [-1, 32, 32, 3]
    assert [next(iter(step)) for step in bundle.preprocessing] == ["DecodeImage", "ResizeImage"]
    settings = yaml.safe_load((bundle.path / "preprocess.yaml").read_text(encoding="utf-8"))
    assert settings["version"] == 1
    assert [next(iter(step)) for step in settings["in_model"]] == ["NormalizeImage", "ToCHWImage"]
    assert settings["in_model"][0]["NormalizeImage"]["mean"] == list(IMAGENET_MEAN)
    runtime = PaddleRuntime(bundle.path / "inference.pdmodel", bundle.path / "inference.pdiparams")
    probabilities = runtime(bundle.golden().inputs)
    assert bundle.golden().inputs.dtype == np.uint8
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("key", ["stem.conv.weight", "head.fc.weight"])
@pytest.mark.usefixtures("faulty")
def test_a_weight_that_is_off_by_5_percent_fails_and_leaves_nothing(key: str, checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from .*limit 0.001") as caught:
        ppc.export(checkpoint, "perturbed", tmp_path / "out", key=key)
    assert caught.value.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["run ü"]


@pytest.mark.usefixtures("faulty")
def test_an_export_that_breaks_leaves_the_bundle_that_was_there(checkpoint: Path, tmp_path: Path) -> None:
    ppc.export(checkpoint, "inference", tmp_path / "out")
    with pytest.raises(PluginError, match="plugin faulty_exporters.py: exporter 'broken' failed: .*the tool died"):
        ppc.export(checkpoint, "broken", tmp_path / "out")
    verify(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "run ü"]


def test_a_misspelt_option_is_reported_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ppc.UserError, match="Did you mean 'legacy'"):
        ppc.export(tmp_path / "nothing", "inference", tmp_path / "out", legcy=True)


def test_weights_without_meta_cannot_be_exported(checkpoint: Path, tmp_path: Path) -> None:
    (checkpoint / "meta.yaml").unlink()
    with pytest.raises(ppc.UserError, match=r"no meta\.yaml"):
        ppc.export(checkpoint, "inference", tmp_path / "out")


def test_an_architecture_that_is_not_installed_names_the_plugins_of_the_run(checkpoint: Path, tmp_path: Path) -> None:
    meta = read_meta(checkpoint)
    assert meta is not None
    write_meta(checkpoint, dataclasses.replace(meta, architecture="AcmeNet", plugins={"acme-net": "1.2"}))
    with pytest.raises(ppc.UserError, match="AcmeNet") as caught:
        ppc.export(checkpoint, "inference", tmp_path / "out")
    assert "acme-net 1.2" in str(caught.value)


def test_run_folder_checkpoint_folder_and_prefix_mean_the_same(checkpoint: Path, tmp_path: Path) -> None:
    hashes = set()
    for source in (checkpoint.parent, checkpoint, checkpoint / "ppcls", checkpoint / "ppcls.pdparams"):
        bundle = ppc.export(source, "inference", tmp_path / "out")
        hashes.add(bundle.facts["files"]["golden.npz"]["sha256"])
    assert len(hashes) == 1


def test_uint8_takes_either_order_at_the_end_and_refuses_another_end(checkpoint: Path, tmp_path: Path) -> None:
    meta = read_meta(checkpoint)
    assert meta is not None
    decode, resize, normalise, to_chw = meta.preprocessing
    write_meta(checkpoint, dataclasses.replace(meta, preprocessing=[decode, resize, to_chw, {"NormalizeImage": {}}]))
    assert ppc.export(checkpoint, "inference", tmp_path / "out", uint8=True).takes_pixels
    write_meta(checkpoint, dataclasses.replace(meta, preprocessing=[decode, normalise, resize, to_chw]))
    with pytest.raises(ppc.UserError, match="uint8: the preprocessing"):
        ppc.export(checkpoint, "inference", tmp_path / "out", uint8=True)


def test_a_bundle_is_no_source(checkpoint: Path, tmp_path: Path) -> None:
    bundle = ppc.export(checkpoint, "inference", tmp_path / "out", legacy=True)
    with pytest.raises(ppc.UserError, match="this is a bundle"):
        ppc.export(bundle.path, "inference", tmp_path / "again")


def test_a_bundle_can_be_moved(checkpoint: Path, tmp_path: Path) -> None:
    ppc.export(checkpoint, "inference", tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "somewhere else")
    assert verify(tmp_path / "somewhere else")["argmax_equal"]
    assert read_bundle(tmp_path / "somewhere else").architecture == "ToyNet"


class Enlarging(paddle.nn.Layer):
    """A network that interpolates, as HRNet does."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = paddle.nn.Conv2D(3, 4, 3, stride=2, padding=1)
        self.fc = paddle.nn.Linear(4, 4)

    def forward(self, image: Any) -> Any:
        x = self.conv(image)
        small = paddle.nn.functional.avg_pool2d(x, 2)
        return self.fc((x + paddle.nn.functional.interpolate(small, size=[16, 16], mode="nearest")).mean([2, 3]))


class Joining(paddle.nn.Layer):
    """Two convolutions with a bias, joined and activated, as in SqueezeNet: a pass of Paddle 3.3 cannot match it."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = paddle.nn.Conv2D(3, 4, 1), paddle.nn.Conv2D(3, 4, 3, padding=1)
        self.last = paddle.nn.Conv2D(8, 5, 1)

    def forward(self, image: Any) -> Any:
        joined = paddle.concat([self.left(image), self.right(image)], axis=1)
        return self.last(paddle.nn.functional.relu(joined)).mean([2, 3])


def test_a_network_that_joins_convolutions_with_a_bias_is_loaded(tmp_path: Path) -> None:
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime

    model = Joining()
    model.eval()
    spec = paddle.static.InputSpec([None, 3, 16, 16], "float32", "image")
    paddle.jit.save(model, str(tmp_path / "inference"), input_spec=[spec])
    files = [file for file in tmp_path.iterdir() if file.suffix in (".json", ".pdmodel")]
    runtime = PaddleRuntime(files[0], tmp_path / "inference.pdiparams", threads=1)
    example = np.random.default_rng(0).standard_normal((2, 3, 16, 16)).astype(np.float32)
    np.testing.assert_allclose(runtime(example), model(paddle.to_tensor(example)).numpy(), atol=1e-5)


def test_a_network_that_interpolates_runs_on_the_cpu(checkpoint: Path, tmp_path: Path) -> None:
    from ppclas_core.bundles.source import find_checkpoint
    from ppclas_core.export import inference
    from ppclas_core.export.request import ExportRequest
    from ppclas_core.models.checkpoint import load_model
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime

    found, model = find_checkpoint(checkpoint), Enlarging()
    model.eval()
    example = np.random.default_rng(0).standard_normal((2, 3, 32, 32)).astype(np.float32)
    record = load_model(found)[1].record
    inference.export_inference(ExportRequest(model, record, found.meta, example, tmp_path, (3, 32, 32)))
    assert not (tmp_path / "inference.json").exists()
    runtime = PaddleRuntime(*inference.model_files(tmp_path))
    np.testing.assert_allclose(runtime(example), model(paddle.to_tensor(example)).numpy(), atol=1e-5)
