# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: The checkpoint that the 2020 system itself wrote, in its four forms, and real ImageNet weights."""

from __future__ import annotations

import functools
import http.server
import os
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.models.create import create_model
from ppclas_core.plugins.models import list_models
from ppclas_core.testing.published import Tensor, deterministic_tensor, reference_input
from ppclas_core.weights.read import read_weights

DATA = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data") / "weights"
CHECKPOINT = DATA / "2020_MobileNetV1_x0_25"
FORMS = {"ppcls": "pdparams", "scattered": "variables", "inference": "inference", "inference_scattered": "inference"}

pytestmark = pytest.mark.skipif(not CHECKPOINT.is_dir(), reason=f"no real checkpoints in {DATA} (PPCLAS_TEST_DATA)")


def needs(name: str) -> None:
    if name not in list_models():
        pytest.skip(f"{name} is not installed")


@pytest.mark.parametrize("place", FORMS)
def test_each_form_holds_the_values_that_were_put_in(place: str) -> None:
    checkpoint = read_weights(CHECKPOINT / place)
    assert checkpoint.form == FORMS[place]
    assert len(checkpoint.arrays) == 137
    shape = checkpoint.arrays["conv1_weights"].shape
    expected = deterministic_tensor(Tensor(shape, "conv_w", "conv1_weights", "", ""))
    np.testing.assert_array_equal(checkpoint.arrays["conv1_weights"], expected)


def test_the_four_forms_are_equal() -> None:
    first = read_weights(CHECKPOINT / "ppcls").arrays
    for place in FORMS:
        arrays = read_weights(CHECKPOINT / place).arrays
        assert arrays.keys() == first.keys()
        assert all(np.array_equal(arrays[name], first[name]) for name in first)


def test_the_four_forms_give_the_recorded_logits() -> None:
    needs("MobileNetV1_x0_25")
    import paddle

    images = paddle.to_tensor(reference_input(224))
    for place in FORMS:
        model = create_model("MobileNetV1_x0_25", pretrained=CHECKPOINT / place)
        model.eval()
        with paddle.no_grad():
            logits = model(images).numpy()
        reference = [-1.35044264793396, -0.9688127040863037, -0.22717300057411194, 0.16579493880271912]
        assert np.abs(logits[0, :4] - reference).max() / logits[0].std() < 1e-3


@pytest.mark.parametrize("form", ["pdparams", "pdparams-2.0", "pdparams-2.1", "2020", "safetensors"])
def test_a_converted_checkpoint_is_the_same_checkpoint(form: str, tmp_path: Path, ppclas_project) -> None:
    needs("MobileNetV1_x0_25")
    outcome = ppclas_project().run("convert", str(CHECKPOINT / "scattered"), "out", "--model", "MobileNetV1_x0_25",
                                   "--to", form).succeeded()
    assert "137 tensors of MobileNetV1_x0_25" in outcome.out
    model = create_model("MobileNetV1_x0_25", pretrained=tmp_path / "out")
    original = create_model("MobileNetV1_x0_25", pretrained=CHECKPOINT / "ppcls").state_dict()
    for key, value in model.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), original[key].numpy())
    if form == "2020":
        for path in (CHECKPOINT / "scattered").iterdir():
            assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


def test_convert_refuses_another_architecture_and_an_existing_target(tmp_path: Path, ppclas_project) -> None:
    needs("MobileNetV1_x0_25")
    project = ppclas_project()
    wrong = project.run("convert", str(CHECKPOINT), "out", "--model", "MobileNetV1_x0_5", "--to", "2020")
    assert wrong.code == 2
    assert "do not fit MobileNetV1_x0_5" in wrong.err
    assert list(tmp_path.iterdir()) == []
    project.write({"out/x": ""})
    taken = project.run("convert", str(CHECKPOINT), "out", "--model", "MobileNetV1_x0_25", "--to", "2020")
    assert (taken.code, "exists already" in taken.err) == (2, True)
    unnamed = project.run("convert", str(CHECKPOINT), "new", "--to", "2020")
    assert (unnamed.code, "--model NAME" in unnamed.err) == (2, True)


def test_real_imagenet_weights_load_whole(caplog) -> None:
    caplog.set_level("INFO")
    needs("SqueezeNet1_1")
    create_model("SqueezeNet1_1", pretrained=DATA / "SqueezeNet1_1" / "SqueezeNet1_1_pretrained")
    assert "52 loaded, 0 missing, 0 unexpected" in caplog.text


def test_pretrained_true_downloads_the_archive_once(tmp_path: Path, monkeypatch, ppclas_project, caplog) -> None:
    needs("MobileNetV1_x0_25")
    with tarfile.open(tmp_path / "MobileNetV1_x0_25_pretrained.tar", "w") as tar:
        tar.add(CHECKPOINT / "scattered", "MobileNetV1_x0_25_pretrained")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("PPCLAS_WEIGHTS_URL", f"http://127.0.0.1:{server.server_address[1]}")
        fetched = ppclas_project().run("download", "MobileNetV1_x0_25").succeeded()
        server.shutdown()
    assert Path(fetched.out.strip()) == tmp_path / "home" / "weights" / "MobileNetV1_x0_25_pretrained"
    caplog.set_level("INFO")
    create_model("MobileNetV1_x0_25", pretrained=True)  # the server is gone: this is the cache
    assert "137 loaded, 0 missing, 0 unexpected" in caplog.messages[-1]
    create_model("MobileNetV1_x0_25", pretrained="MobileNetV1_x0_25", num_classes=7)
    assert "135 loaded, head re-initialised (1000 -> 7)" in caplog.messages[-1]
    assert [record.levelname for record in caplog.records[-2:]] == ["INFO", "WARNING"]


def test_download_lists_the_published_names_and_wants_one(ppclas_project) -> None:
    needs("MobileNetV1_x0_25")
    assert "MobileNetV1_x0_25" in ppclas_project().run("download", "--list").succeeded().out.split()
    nothing = ppclas_project().run("download")
    assert (nothing.code, "no name is given" in nothing.err) == (2, True)
