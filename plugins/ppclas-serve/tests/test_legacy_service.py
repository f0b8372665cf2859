# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The image service of July 2020: its protocol, its scripts, its model folder."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest
import yaml
from serve_process import Server, toy_run

pytestmark = pytest.mark.xdist_group("serve")
TOOLS = Path(__file__).resolve().parents[3] / "tools" / "serving"
URL = "/image/prediction"
PROTOTXT = """feed_var {
  name: "image"
  alias_name: "image"
  is_lod_tensor: false
  feed_type: 1
  shape: 3
  shape: 32
  shape: 32
}
fetch_var {
  name: "softmax_0.tmp_0"
  alias_name: "prediction"
  is_lod_tensor: false
  fetch_type: 1
  shape: 4
}
"""


def fed(*images: bytes) -> Any:
    return {"feed": [{"image": base64.b64encode(image).decode()} for image in images], "fetch": ["prediction"]}


def test_probabilities_come_as_lists(server: Server, photos: List[bytes], expected: np.ndarray) -> None:
    response = server.ask("POST", URL, fed(photos[0], photos[1]))
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert list(response.json) == ["result"]
    rows = np.array(response.json["result"]["prediction"])
    exponentials = np.exp(expected[:2])
    np.testing.assert_allclose(rows, exponentials / exponentials.sum(axis=1, keepdims=True), atol=1e-5)


@pytest.mark.parametrize("asked", [
    {"feed": [{"image": "%"}], "fetch": ["prediction"]}, {"feed": [], "fetch": ["prediction"]},
    {"feed": [{}], "fetch": ["prediction"]}, {"feed": 3, "fetch": ["prediction"]}, {"fetch": ["prediction"]},
    {**fed(b"no image")}, {**fed(), "fetch": ["x"]}, {**fed(b"a"), "fetch": 1}, {**fed(*[b"a"] * 9)},
])
def test_a_wrong_value_is_reported_with_status_200_as_by_the_legacy_service(server: Server, asked: Any) -> None:
    response = server.ask("POST", URL, asked)
    assert (response.status, response.json) == (200, {"result": "Request Value Error"})


def test_what_is_no_json_or_fetches_nothing_is_refused(server: Server, photos: List[bytes]) -> None:
    assert server.ask("POST", URL, b"{", {"Content-Type": "application/json"}).status == 400
    assert server.ask("POST", URL, json.dumps(fed(photos[0])).encode(), {"Content-Type": "text/plain"}).status == 400
    assert server.ask("POST", URL, {"feed": fed(photos[0])["feed"]}).status == 400
    assert server.ask("GET", URL).status == 405


def model_folder(place: Path) -> Path:
    """`ppcls_model` of the toy, with all parameters in one file."""
    from ppclas_core.export import export
    from ppclas_core.runs.meta import read_meta

    folder = place / "ppcls_model"
    folder.mkdir()
    run = toy_run(place / "run")
    bundle = export(run, "inference", place / "inner", legacy=True, softmax=True).path
    shutil.copy(bundle / "inference.pdmodel", folder / "__model__")
    shutil.copy(bundle / "inference.pdiparams", folder / "__params__")
    (folder / "serving_server_conf.prototxt").write_text(PROTOTXT, encoding="utf-8")
    meta = read_meta(run)
    assert meta is not None
    (folder / "preprocess.yaml").write_text(yaml.safe_dump({"image_shape": [3, 32, 32],
                                                           "transforms": meta.preprocessing}), encoding="utf-8")
    return folder


def divide(folder: Path) -> None:
    """One file for each parameter."""
    from paddle.base.proto import framework_pb2

    from ppclas_core.weights.formats.variables import read_variable, write_variables

    program = framework_pb2.ProgramDesc()
    program.ParseFromString((folder / "__model__").read_bytes())
    names = sorted(each.name for each in program.blocks[0].vars
                   if each.persistable and each.name not in ("feed", "fetch"))
    with open(folder / "__params__", "rb") as file:
        arrays = {name: read_variable(file) for name in names}
    write_variables(folder, arrays)
    (folder / "__params__").unlink()


def test_parameters_in_one_file_and_in_one_each_give_the_same(tmp_path: Path) -> None:
    from ppclas_serve.serving_folder import find_serving_folder, open_serving_folder

    folder = model_folder(tmp_path)
    assert find_serving_folder(tmp_path) == folder
    batch = np.random.default_rng(0).normal(size=(2, 3, 32, 32)).astype(np.float32)
    whole = open_serving_folder(folder, threads=1).runtime(batch)
    divide(folder)
    assert len(list(folder.iterdir())) > 12
    np.testing.assert_array_equal(open_serving_folder(folder, threads=1).runtime(batch), whole)


def test_the_legacy_scripts_serve_a_legacy_model_folder(
    tmp_path: Path, photos: List[bytes], expected: np.ndarray
) -> None:
    folder = model_folder(tmp_path)
    divide(folder)
    photo = tmp_path / "photo.png"
    photo.write_bytes(photos[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    service = subprocess.Popen([sys.executable, str(TOOLS / "image_service_cpu.py"), str(folder),
                                str(tmp_path / "workdir"), port], stdout=subprocess.DEVNULL)
    try:
        log = tmp_path / "workdir" / "ppclas-serve.log"
        end = time.monotonic() + 60
        while not (log.exists() and "listening" in log.read_text(encoding="utf-8")):
            assert time.monotonic() < end
            assert service.poll() is None
            time.sleep(0.05)
        client = [sys.executable, str(TOOLS / "image_http_client.py"), port]
        done = subprocess.run([*client, str(photo)], capture_output=True, text=True)
        found = json.loads(done.stdout)
        assert found["cls_id"] == expected[1].argmax()
        assert found["score"] == pytest.approx(np.exp(expected[1]).max() / np.exp(expected[1]).sum(), abs=1e-4)
        (tmp_path / "text.jpg").write_text("text", encoding="utf-8")
        done = subprocess.run([*client, str(tmp_path / "text.jpg")], capture_output=True, text=True)
        assert done.returncode == 2
        assert "Request Value Error" in done.stderr
    finally:
        service.terminate()
        assert service.wait(30) == 0


def test_the_client_without_a_service_says_what_to_start(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"x")
    done = subprocess.run([sys.executable, str(TOOLS / "image_http_client.py"), "1", str(photo)], capture_output=True,
                          text=True)
    assert done.returncode == 2
    assert "image_service_cpu.py" in done.stderr


def test_a_prototxt_that_contradicts_the_preprocessing_is_reported(tmp_path: Path) -> None:
    from ppclas_core.errors import UserError
    from ppclas_serve.serving_folder import open_serving_folder

    (tmp_path / "serving_server_conf.prototxt").write_text(PROTOTXT, encoding="utf-8")
    with pytest.raises(UserError, match="the prototxt feeds"):
        open_serving_folder(tmp_path)
    (tmp_path / "serving_server_conf.prototxt").write_text(PROTOTXT.replace("32", "224"), encoding="utf-8")
    with pytest.raises(UserError, match="no program and parameters"):
        open_serving_folder(tmp_path)
