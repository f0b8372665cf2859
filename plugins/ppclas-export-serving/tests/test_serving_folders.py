# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The folders of Paddle Serving: byte for byte those of 2020, and run by its local predictor and its HTTP server."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Iterator, Set

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.export import ExportFailed, export
from ppclas_core.predict import Predictor
from ppclas_core.runtimes.load import load_runtime
from ppclas_core.system.environments import interpreter
from ppclas_core.testing.toy import toy_checkpoint
from ppclas_export_serving import prototxt
from ppclas_export_serving.plugin import PADDLE_SERVING

pytestmark = pytest.mark.xdist_group("serving")

TEXT_2020 = """\
feed_var {
  name: "image"
  alias_name: "image"
  is_lod_tensor: false
  feed_type: 1
  shape: 3
  shape: 224
  shape: 224
}
fetch_var {
  name: "softmax_0.tmp_0"
  alias_name: "prediction"
  is_lod_tensor: false
  fetch_type: 1
  shape: 1000
}
"""
STREAM_2020 = bytes.fromhex("0a1a0a05696d6167651205696d61676518002001280328e00128e001"
                            "12240a0f736f66746d61785f302e746d705f30120a70726564696374696f6e1800200128e807")
"""Both as the tool of 2020 wrote them for MobileNetV1."""


def schema() -> Any:
    """The message class of the real schema, made at run time."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    types = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="general_model_config.proto", syntax="proto2",
                                              package="baidu.paddle_serving.configure")
    for kind in ("Feed", "Fetch"):
        message = file.message_type.add(name=f"{kind}Var")
        for number, (name, type_) in enumerate([
                ("name", types.TYPE_STRING), ("alias_name", types.TYPE_STRING), ("is_lod_tensor", types.TYPE_BOOL),
                (f"{kind.lower()}_type", types.TYPE_INT32), ("shape", types.TYPE_INT32)], 1):
            label = types.LABEL_REPEATED if name == "shape" else types.LABEL_OPTIONAL
            message.field.add(name=name, number=number, type=type_, label=label)
    whole = file.message_type.add(name="GeneralModelConfig")
    for number, kind in enumerate(("Feed", "Fetch"), 1):
        whole.field.add(name=f"{kind.lower()}_var", number=number, type=types.TYPE_MESSAGE,
                        label=types.LABEL_REPEATED, type_name=f".baidu.paddle_serving.configure.{kind}Var")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("baidu.paddle_serving.configure.GeneralModelConfig"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_checkpoint(tmp_path_factory.mktemp("run") / "ToyNet")


@pytest.fixture(scope="module")
def bundle(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "serving"
    export(str(run), "serving", out)
    return out


def names(folder: Path) -> Set[str]:
    return {path.name for path in folder.iterdir()}


def test_both_forms_are_those_of_the_schema_for_any_numbers() -> None:
    from google.protobuf import text_format

    for side, classes in ((224, 1000), (32, 1), (5000, 70000)):
        feed = prototxt.Variable("image", "image", (3, side, side))
        fetch = prototxt.Variable("softmax_0.tmp_0", "prediction", (classes,))
        message = text_format.Parse(prototxt.text(feed, fetch), schema()())
        assert str(message) == prototxt.text(feed, fetch)
        assert message.SerializeToString() == prototxt.stream(feed, fetch)
        assert list(message.feed_var[0].shape) == [3, side, side]


def test_the_documented_command_writes_the_files_of_the_legacy_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    """MobileNetV1, its names of variables, its four prototxts; not over something else."""
    pytest.importorskip("ppclas_models_mobile")
    import paddle

    from ppclas_core.models.create import create_model
    from ppclas_core.plugins.models import find_model
    from ppclas_core.weights import write
    from ppclas_core.weights.formats.variables import read_variables

    model = create_model("MobileNetV1")
    with paddle.no_grad():  # statistics that keep the signal alive, so that classes differ
        for _ in range(20):
            model(paddle.randn([8, 3, 32, 32]))
    state = {key: value.numpy() for key, value in model.state_dict().items()}
    arrays = write.renamed(state, model, find_model("MobileNetV1")[0].record, "2020")
    write.save_variables(tmp_path / "pretrained/MobileNetV1_pretrained", arrays)
    monkeypatch.chdir(tmp_path)
    front = tool("export_serving_model")
    command = ["-m", "MobileNetV1", "-p", "./pretrained/MobileNetV1_pretrained", "-o", "./serving"]
    assert front.main(command) == 0
    assert "verified" in capsys.readouterr().out
    assert names(tmp_path / "serving") == {"ppcls_model", "ppcls_client_conf"}
    for folder, side in (("ppcls_model", "server"), ("ppcls_client_conf", "client")):
        stem = f"serving/{folder}/serving_{side}_conf"
        assert (tmp_path / f"{stem}.prototxt").read_bytes() == TEXT_2020.encode()
        assert (tmp_path / f"{stem}.stream.prototxt").read_bytes() == STREAM_2020
    place = tmp_path / "serving/ppcls_model"
    ours = {"__model__", "labels.txt", "preprocess.yaml", "serving_server_conf.prototxt",
            "serving_server_conf.stream.prototxt"}
    assert names(place) == ours | set(arrays)
    for name in ours - {"__model__"}:
        (place / name).unlink()
    for name, value in read_variables(place).items():
        np.testing.assert_array_equal(value, arrays[name])
    assert front.main(command) == 2
    assert "it is not overwritten" in capsys.readouterr().err


def test_without_an_output_path_the_folders_are_made_here(run: Path, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert tool("export_serving_model").main(["-m", "ToyNet", "-p", str(run / "ppcls")]) == 0
    assert names(tmp_path) == {"ppcls_model", "ppcls_client_conf"}
    assert "class 0" in (tmp_path / "ppcls_model/labels.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("layout", "files"), [("2020-combined", {"__model__", "__params__"}),
                                               (0.9, {"model.pdmodel", "params.pdiparams"})])
def test_each_layout_runs(layout: Any, files: Set[str], run: Path, tmp_path: Path) -> None:
    made = export(str(run), "serving", tmp_path / "out", layout=layout)
    found = names(tmp_path / "out/ppcls_model")
    assert found == files | {"serving_server_conf.prototxt", "serving_server_conf.stream.prototxt"}
    assert made.facts["output"]["names"] == ["prediction"]
    assert str(tmp_path).encode() not in b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*model*")
                                                  if path.is_file())


def test_another_layout_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"layout is 0\.8"):
        export(str(run), "serving", tmp_path / "out", layout=0.8)


def test_a_changed_parameter_is_seen_by_the_local_predictor(bundle: Path, tmp_path: Path) -> None:
    import shutil

    from ppclas_core.bundles import read_bundle
    from ppclas_core.bundles.parity import compare_logits

    copy = shutil.copytree(bundle, tmp_path / "copy")
    weights = next((copy / "ppcls_model").glob("linear_*.w_0"))
    data = bytearray(weights.read_bytes())
    values = np.frombuffer(data, np.float32, offset=len(data) - 4 * 64)
    values[:] = values * 1.05
    weights.write_bytes(data)
    golden = read_bundle(copy).golden()
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from those of the model"):
        compare_logits(load_runtime(read_bundle(copy)), golden.inputs, golden.logits, log_probabilities=True)


def test_a_model_that_serving_cannot_load_is_reported(bundle: Path, tmp_path: Path) -> None:
    """Its predictor ends its whole group of processes then, which must not be ours."""
    import shutil

    from ppclas_core.bundles import read_bundle

    copy = shutil.copytree(bundle, tmp_path / "copy")
    (copy / "ppcls_model/__model__").write_bytes(b"nothing")
    with pytest.raises(ExportFailed, match=r"child process of child\.py"):
        load_runtime(read_bundle(copy))


def test_the_messages_of_serving_itself_read_both_forms(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "check.py").write_text("""
import sys, pathlib
from google.protobuf import text_format
from paddle_serving_app.proto import general_model_config_pb2 as real
for folder, side in (("ppcls_model", "server"), ("ppcls_client_conf", "client")):
    stem = pathlib.Path(sys.argv[1], folder, f"serving_{side}_conf")
    text = stem.with_suffix(".prototxt").read_text()
    message = text_format.Parse(text, real.GeneralModelConfig())
    assert str(message) == text
    assert message.SerializeToString() == stem.with_suffix(".stream.prototxt").read_bytes()
    assert message.fetch_var[0].alias_name == "prediction", message
""", encoding="utf-8")
    subprocess.run([interpreter(PADDLE_SERVING), tmp_path / "check.py", bundle], check=True,
                   env={**os.environ, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"})


@pytest.fixture
def server(bundle: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the pipeline server of Paddle Serving."""
    ports = free_ports(2)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [interpreter(PADDLE_SERVING), Path(__file__).with_name("pipeline_server.py"), bundle / "ppcls_model",
             "32", *map(str, ports)], cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{ports[0]}/image/prediction"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="its gateway is a library for Linux")
def test_its_http_server_gives_the_outputs_of_the_model(server: str, run: Path, tmp_path: Path) -> None:
    from ppclas_core.data.opencv import cv2

    image = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "photo.png"), image)
    encoded = base64.b64encode((tmp_path / "photo.png").read_bytes()).decode()
    answer = ask(server, {"key": ["image"], "value": [encoded]})
    assert answer["err_no"] == 0, answer
    output = dict(zip(answer["key"], answer["value"]))
    found = Predictor(str(run)).predict([str(tmp_path / "photo.png")], topk=4)[0]
    scores = np.array(output["scores"].split(), float)
    expected = {item.id: item.score for item in found.classes}
    np.testing.assert_allclose(scores, [expected[index] for index in range(4)], atol=1e-5)
    assert int(output["label"]) == found.classes[0].id


def ask(url: str, body: Any) -> Any:
    """POST, until the server is up."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    for _ in range(120):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError(f"no answer from {url}")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def tool(name: str) -> Any:
    """The module of a script below tools/ of the checkout."""
    path = Path(__file__).resolve().parents[3] / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
