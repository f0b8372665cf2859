# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol, asked by the real client of Triton."""

from __future__ import annotations

import base64
import gzip
import json
import struct
from typing import Any, Iterator, List

import numpy as np
import pytest
from serve_process import Server

pytestmark = pytest.mark.xdist_group("serve")
pytest.importorskip("geventhttpclient", reason="tritonclient[http] is not installed")
triton = pytest.importorskip("tritonclient.http", reason="tritonclient[http] is not installed")


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Any]:
    found = triton.InferenceServerClient(f"127.0.0.1:{server.port}", concurrency=4)
    yield found
    found.close()


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def image_input(photos: List[bytes]) -> Any:
    found = triton.InferInput("image_bytes", [len(photos)], "BYTES")
    found.set_data_from_numpy(np.array(photos, dtype=np.object_))
    return found


def test_health_and_metadata_are_what_the_client_expects(client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("toy")
    assert client.is_model_ready("second", "1")
    assert client.get_server_metadata()["name"] == "ppclas-serve"
    found = client.get_model_metadata("toy")
    assert found["inputs"] == [{"name": "image", "datatype": "FP32", "shape": [-1, 3, 32, 32]},
                               {"name": "image_bytes", "datatype": "BYTES", "shape": [-1]}]
    assert [output["shape"] for output in found["outputs"]] == [[-1, 4], [-1, 4]]
    assert client.get_model_config("toy")["max_batch_size"] == 8
    assert [row["name"] for row in client.get_model_repository_index()] == ["toy", "second"]


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_a_tensor_goes_in_and_out_as_json_and_as_bytes(client: Any, bundle: Any, binary_in: bool,
                                                        binary_out: bool) -> None:
    from ppclas_core.bundles import read_bundle

    golden = read_bundle(bundle).golden()
    tensor = triton.InferInput("image", list(golden.inputs.shape), "FP32")
    tensor.set_data_from_numpy(golden.inputs, binary_data=binary_in)
    wanted = [triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("logits", "probabilities")]
    found = client.infer("toy", [tensor], outputs=wanted, request_id="a1")
    np.testing.assert_allclose(found.as_numpy("logits"), golden.logits, atol=1e-4)
    np.testing.assert_allclose(found.as_numpy("probabilities"), softmax(golden.logits), atol=1e-5)
    assert found.get_response()["id"] == "a1"


def test_without_named_outputs_all_come_as_bytes(client: Any, photos: List[bytes], expected: np.ndarray) -> None:
    found = client.infer("toy", [image_input(photos)])
    np.testing.assert_allclose(found.as_numpy("logits"), expected, atol=1e-4)
    np.testing.assert_allclose(found.as_numpy("probabilities"), softmax(expected), atol=1e-5)


def test_images_are_preprocessed_as_the_bundle_says(client: Any, photos: List[bytes], expected: np.ndarray) -> None:
    for index, photo in enumerate(photos):
        found = client.infer("second", [image_input([photo])])
        np.testing.assert_allclose(found.as_numpy("logits")[0], expected[index], atol=1e-4)


def test_images_in_json_are_base64(server: Server, photos: List[bytes], expected: np.ndarray) -> None:
    data = [base64.b64encode(photo).decode() for photo in photos]
    response = server.ask("POST", "/v2/models/toy/infer", {"inputs": [{"name": "image_bytes", "datatype": "BYTES",
                        "shape": [len(photos)], "data": data}], "outputs": [{"name": "logits"}]})
    assert response.status == 200
    np.testing.assert_allclose(np.reshape(response.json["outputs"][0]["data"], expected.shape), expected, atol=1e-4)


@pytest.mark.parametrize("binary", [True, False])
def test_the_best_classes_come_as_text(client: Any, photos: List[bytes], expected: np.ndarray, binary: bool) -> None:
    wanted = triton.InferRequestedOutput("probabilities", binary_data=binary, class_count=2)
    found = client.infer("toy", [image_input(photos)], outputs=[wanted]).as_numpy("probabilities")
    assert found.shape == (len(photos), 2)
    first = found[0][0].decode() if isinstance(found[0][0], bytes) else str(found[0][0])
    score, index, label = first.split(":")
    assert int(index) == expected[0].argmax()
    assert label == f"class {index}"
    assert float(score) == pytest.approx(softmax(expected)[0].max(), abs=1e-5)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_a_compressed_request_is_read(client: Any, photos: List[bytes], expected: np.ndarray, algorithm: str) -> None:
    found = client.infer("toy", [image_input(photos)], request_compression_algorithm=algorithm)
    np.testing.assert_allclose(found.as_numpy("logits"), expected, atol=1e-4)


def test_each_of_many_concurrent_requests_gets_its_own_response(client: Any, photos: List[bytes],
                                                           expected: np.ndarray) -> None:
    before = client.get_inference_statistics("toy")["model_stats"][0]
    pending = [client.async_infer("toy", [image_input([photos[index % 4]])]) for index in range(40)]
    for index, future in enumerate(pending):
        np.testing.assert_allclose(future.get_result().as_numpy("logits")[0], expected[index % 4], atol=1e-4)
    after = client.get_inference_statistics("toy")["model_stats"][0]
    assert after["inference_count"] - before["inference_count"] == 40
    assert after["execution_count"] - before["execution_count"] <= 40


def test_mistakes_are_reported_to_the_client(client: Any, photos: List[bytes]) -> None:
    with pytest.raises(Exception, match="unknown model 'typo'; the models are: toy, second"):
        client.infer("typo", [image_input(photos)])
    with pytest.raises(Exception, match="has the version 1, not 7"):
        client.infer("toy", [image_input(photos)], model_version="7")
    with pytest.raises(Exception, match="one request may have 8"):
        client.infer("toy", [image_input(photos * 3)])
    with pytest.raises(Exception, match="image 1: not a JPEG"):
        client.infer("toy", [image_input([photos[0], b"text"])])
    with pytest.raises(Exception, match="only with --control"):
        client.unload_model("toy")


ROW = {"name": "image", "datatype": "FP32", "shape": [1, 3, 32, 32], "data": [0.5] * 3072}


@pytest.mark.parametrize(("change", "said"), [
    ({"name": "images"}, "unknown input 'images'"),
    ({"name": ["image"]}, "unknown input"),
    ({"datatype": "FP64"}, "the datatype of 'image' must be FP32"),
    ({"shape": [1, 3, 32]}, "the shape of 'image' must be [n, 3, 32, 32]"),
    ({"shape": [-1, 3, 32, 32]}, "positive integers"),
    ({"shape": [0, 3, 32, 32]}, "positive integers"),
    ({"shape": [9, 3, 32, 32]}, "one request may have 8"),
    ({"shape": "1"}, "positive integers"),
    ({"data": [1.0]}, "has 3072 values, not 1"),
    ({"data": [[1.0], [1.0, 2.0]]}, "ragged"),
    ({"data": ["a"] * 3072}, "must be numbers"),
    ({"data": None}, "must be numbers"),
    ({"parameters": 3}, "'parameters' must be an object"),
    ({"parameters": {"binary_data_size": 12}}, "0 bytes follow the JSON"),
    ({"parameters": {"binary_data_size": "12"}}, "0 bytes follow the JSON"),
    ({"parameters": {"shared_memory_region": "a"}}, "shared memory is not supported"),
])
def test_a_wrong_tensor_is_refused_with_its_reason(server: Server, change: Any, said: str) -> None:
    response = server.ask("POST", "/v2/models/toy/infer", {"inputs": [{**ROW, **change}]})
    assert response.status == 400
    assert said in response.json["error"]


@pytest.mark.parametrize(("body", "said"), [
    (b"", "not valid JSON"), (b"{", "not valid JSON"), (b"[]", "must be an object"), (b"{}",
                                                                                      "'inputs' must be a list of one"),
    (b'{"inputs": [1]}', "'inputs' must be a list of one"), (b"[" * 100000, "not valid JSON"),
    (b"\xff\xfe\x00", "not valid JSON"), (json.dumps({"inputs": [ROW, ROW]}).encode(),
                                          "'inputs' must be a list of one"),
    (json.dumps({"inputs": [ROW], "outputs": [{"name": "x"}]}).encode(), "unknown output 'x'"),
    (json.dumps({"inputs": [ROW], "outputs": {}}).encode(), "'outputs' must be a list"),
    (json.dumps({"inputs": [ROW], "id": [1]}).encode(), "'id' must be a string, not a list"),
    (json.dumps({"inputs": [{**ROW, "name": "a" * 99999}]}).encode(), "unknown input 'aaaaaaaa"),
    (json.dumps({"inputs": [{**ROW, "data": [float("inf")] * 3072}]}).encode(), "JSON has no number Infinity"),
])
def test_a_wrong_body_is_refused_with_its_reason(server: Server, body: bytes, said: str) -> None:
    response = server.ask("POST", "/v2/models/toy/infer", body)
    assert response.status == 400
    assert said in response.json["error"]


@pytest.mark.parametrize(("length", "tail", "said"), [
    ("x", b"", "Inference-Header-Content-Length is 'x'"), ("99999", b"", "the body has"), ("0", b"", "the body has"),
    ("", b"\0\0\0\x09ab", "cut off"), ("", b"", "0 bytes follow"),
    ("", struct.pack("<I", 2) + b"ab" + b"x", "the data have 1, and 1 bytes more"),
    ("", struct.pack("<I", 0) * 2, "the data have 2, and 0 bytes more"),
])
def test_a_wrong_binary_tensor_is_refused_with_its_reason(server: Server, length: str, tail: bytes, said: str) -> None:
    head = json.dumps({"inputs": [{"name": "image_bytes", "datatype": "BYTES", "shape": [1],
                                   "parameters": {"binary_data_size": len(tail) or 7}}]}).encode()
    response = server.ask("POST", "/v2/models/toy/infer", head + tail,
                        {"Inference-Header-Content-Length": length or str(len(head))})
    assert response.status == 400
    assert said in response.json["error"]


def test_an_empty_list_of_outputs_is_all_of_them_as_triton_has_it(server: Server) -> None:
    response = server.ask("POST", "/v2/models/toy/infer", {"inputs": [ROW], "outputs": []})
    assert [output["name"] for output in response.json["outputs"]] == ["probabilities", "logits"]


def test_a_decompression_bomb_is_refused(server: Server) -> None:
    bomb = gzip.compress(bytes(50 << 20))
    response = server.ask("POST", "/v2/models/toy/infer", bomb, {"Content-Encoding": "gzip"})
    assert response.status == 413
    assert "decompresses to more" in response.json["error"]
    assert server.ask("POST", "/v2/models/toy/infer", bomb[:99], {"Content-Encoding": "gzip"}).status == 400
    assert server.ask("POST", "/v2/models/toy/infer", b"x", {"Content-Encoding": "br"}).status == 415
