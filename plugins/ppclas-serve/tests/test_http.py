# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Responses of the server to heads, ids, numbers and bodies that no usual client sends."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest
from serve_process import Server
from test_guards import talk

pytestmark = pytest.mark.xdist_group("serve")
INFER, CLASSIFY = "/v2/models/toy/infer", "/v2/models/toy/classify"
CLOSE = b"Connection: close\r\n\r\n"
ROW: Dict[str, Any] = {"name": "image", "datatype": "FP32", "shape": [1, 3, 32, 32], "data": [0.5] * 3072}


@pytest.mark.parametrize(("sent", "status", "said"), [
    (b"GET /v2 HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n" + CLOSE, b"431", b"larger than 65536 bytes"),
    (b"GET /v2 HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 20_000 + CLOSE, b"431", b"larger than 65536 bytes"),
    (b"GET /v2?" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n" + CLOSE, b"414", b"longer than 16384 bytes"),
    (b"GET /v2 HTTP/1.1\r\n" + CLOSE, b"400", b"one Host header"),
    (b"GET /v2 HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + CLOSE, b"400", b"one Host header"),
    (b"GET /v2\r\n\r\n", b"400", b"1.1 or 1.0"), (b"GET /v2 HTTP/1.0\r\n\r\n", b"200", b"ppclas-serve"),
    (b"GET /v2 HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 60_000 + b"\r\n" + CLOSE, b"200", b"ppclas-serve"),
    (f"POST {CLASSIFY} HTTP/1.1\r\nHost: a\r\nContent-Length: {'0' * 5000}3\r\n".encode() + CLOSE + b"abc", b"400",
     b"not a JPEG"),
])
def test_a_head_is_answered_by_the_rules_of_http(light: Server, sent: bytes, status: bytes, said: bytes) -> None:
    found = talk(light, sent)
    assert found.startswith(b"HTTP/1.1 " + status), found[:200]
    assert said in found


def test_a_redirect_names_no_host(light: Server) -> None:
    for path in ("/v2/health/live/?a=b", "//evil.example/v2/models/toy/", "/v2/"):
        found = talk(light, f"GET {path} HTTP/1.1\r\nHost: evil.example\r\n".encode() + CLOSE)
        place = [line for line in found.split(b"\r\n") if line.lower().startswith(b"location:")]
        assert b"evil" not in b"".join(place)
        if found.startswith(b"HTTP/1.1 307"):
            assert place[0].split(b" ")[1].startswith(b"/v2")


@pytest.mark.parametrize("keep", ["close", "keep-alive"])
def test_a_client_that_sends_too_much_reads_why(light: Server, keep: str) -> None:
    for status, method, path, body, headers in (
            (413, "POST", CLASSIFY, (bytes(1 << 16) for _ in range(640)), {}),
            (414, "GET", "/v2?" + "a" * 1_000_000, None, {}), (431, "GET", "/v2", None, {"X": "a" * 3_000_000})):
        connection = http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Connection": keep, **headers}, encode_chunked=body is not None)
            found = connection.getresponse()
            assert (found.status, "error" in json.loads(found.read())) == (status, True)


def test_a_bad_head_behind_a_good_request_does_not_cut_its_response(light: Server) -> None:
    found = talk(light, f"POST {INFER} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}NONSENSE\r\n\r\n".encode())
    assert found.startswith(b"HTTP/1.1 400")
    assert b"'inputs' must be" in found
    assert found.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("text", ['"\\ud800"', '"a1"', '"\\u00e9\\u0000"', "null"])
def test_every_text_may_be_an_id_and_comes_back(light: Server, text: str) -> None:
    body = json.dumps({"inputs": [ROW], "id": 0}).replace('"id": 0', f'"id": {text}').encode()
    found = light.ask("POST", INFER, body)
    assert (found.status, found.json.get("id")) == (200, json.loads(text))


def test_a_tensor_that_is_not_finite_is_refused_however_it_comes(light: Server) -> None:
    head = {**ROW, "parameters": {"binary_data_size": 4 * 3072}}
    head.pop("data")
    text = json.dumps({"inputs": [head]}).encode()
    for value in (np.nan, np.inf, 3.0):
        raw = np.full(3072, value, "<f4").tobytes()
        found = light.ask("POST", INFER, text + raw, {"Inference-Header-Content-Length": str(len(text))})
        assert found.status == (200 if value == 3 else 400)
        if value != 3:
            assert "values must be finite" in found.json["error"]
    for number, said in (("1e999", "values must be finite"), ("1e39", "values must be finite"), ("NaN",
                                                                                                 "not valid JSON")):
        body = json.dumps({"inputs": [ROW]}).replace("0.5", number).encode()
        found = light.ask("POST", INFER, body)
        assert (found.status, said in found.json["error"]) == (400, True)
    body = json.dumps({"inputs": [ROW]}).replace("0.5", "3e38").encode()
    found = light.ask("POST", INFER, body)
    assert (found.status, "the model outputs NaN or infinity" in found.json["error"]) == (400, True)


def test_one_output_is_not_sent_thousands_of_times(light: Server) -> None:
    asked = {"inputs": [ROW], "outputs": [{"name": "logits"}] * 16}
    assert len(light.ask("POST", INFER, asked).json["outputs"]) == 16
    asked["outputs"] = [{"name": "logits"}] * 17
    found = light.ask("POST", INFER, asked)
    assert (found.status, found.json["error"]) == (400, "17 outputs; one request may ask for 16")


def nested(numbers: int) -> bytes:
    return b"[" + b"[1,2,3]," * (numbers // 3) + b"[1,2,3]]"


@pytest.mark.parametrize(("data", "probes"), [
    (b"[" + b"1," * 2_500_000 + b"1]", 5), (nested(1_500_000), 5),
    (json.dumps(["a" * 500_000] + [""] * 1000).encode(), 0), (b"[" + b'"",' * 2_000_000 + b'""]', 0),
    (b"[" * 6_000_000, 0),
], ids=["flat", "nested", "texts of one size", "empty texts", "open lists"])
def test_probes_are_answered_while_large_json_is_read(light: Server, data: bytes, probes: int) -> None:
    body = b'{"inputs": [{"name": "image", "datatype": "FP32", "shape": [1, 3, 32, 32], "data": ' + data + b"}]}"
    before = peak(light)
    found = []
    asking = threading.Thread(target=lambda: found.append(light.ask("POST", INFER, body)))
    asking.start()
    answered = 0
    while asking.is_alive():
        assert light.ask("GET", "/v2/health/ready").status == 200
        answered += 1
        time.sleep(0.02)
    assert found[0].status == 400
    assert answered >= probes  # read on the event loop, it lets one or two through
    assert peak(light) - before < 16 * len(body) + (64 << 20)


def peak(server: Server) -> int:
    """Most memory that the server had so far, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


def test_a_client_that_stops_reading_leaves_no_connection(light: Server) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", light.port)) as link:
            link.sendall(b"GET /v2\r\n\r\n")
    end = time.monotonic() + 20
    while "ppclas_connections 1.0" not in light.ask("GET", "/metrics").body.decode():
        assert time.monotonic() < end
        time.sleep(0.05)
