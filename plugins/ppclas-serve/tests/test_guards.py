# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the server does with senders that are slow, large, wrong or too many."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import re
import select
import socket
import time
from pathlib import Path
from typing import Any, List

import pytest
from serve_process import Server, serving
from test_image_header import png_bomb

pytestmark = pytest.mark.xdist_group("serve")


def talk(server: Server, *parts: Any, wait: float = 10) -> bytes:
    """Send bytes, pausing where a number of seconds stands between them; what comes back until the end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as link:
        for part in parts:
            if isinstance(part, bytes):
                link.sendall(part)
            else:
                time.sleep(part)
        found = b""
        while True:
            try:
                data = link.recv(65536)
            except ConnectionResetError:
                return found
            if not data:
                return found
            found += data


def head(path: str, length: Any, extra: str = "") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n{extra}\r\n".encode()


CLASSIFY = "/v2/models/toy/classify"


def test_a_head_that_does_not_come_is_cut_off(server: Server) -> None:
    started = time.monotonic()
    assert talk(server, b"POST /v2 HTTP/1.1\r\nHo", wait=60).startswith(b"HTTP/1.1 408")
    assert talk(server, wait=60) == b""  # opened, nothing sent: closed without a word
    assert time.monotonic() - started > 2.5


def test_a_body_that_does_not_come_is_cut_off_though_it_drips(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as link:
        link.sendall(head(CLASSIFY, 1000))
        for _ in range(100):  # a time that began anew with each byte would never be over
            link.sendall(b"x")
            if select.select([link], [], [], 0.3)[0]:
                break
        else:
            pytest.fail("a hundred bytes in thirty seconds were waited for")
        response = link.recv(65536)
    assert response.startswith(b"HTTP/1.1 408")
    assert b"took longer than 1.5 s" in response


def test_a_second_request_on_a_connection_is_guarded_too(server: Server) -> None:
    first = b"GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n"
    response = talk(server, first, 0.2, b"GET /v2 HT")
    assert response.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in response


@pytest.mark.parametrize(("sent", "status"), [
    (b"NONSENSE\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 300000, b"431"),
    (head(CLASSIFY, "x"), b"400"), (b"\x16\x03\x01\x02\x00\x01", b"400"),
])
def test_what_is_no_http_is_refused(server: Server, sent: bytes, status: bytes) -> None:
    assert talk(server, sent).startswith(b"HTTP/1.1 " + status)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    response = talk(server, head(CLASSIFY, 10**12, "Connection: close\r\n"))
    assert response.startswith(b"HTTP/1.1 413")
    assert b"the limit is 2097152 bytes" in response
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    start = f"POST {CLASSIFY} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert talk(server, start, *[chunk] * 9).startswith(b"HTTP/1.1 413")


def test_the_rest_of_a_refused_body_is_passed_over_and_the_connection_goes_on(server: Server) -> None:
    body = b"x" * (3 << 20)
    follow = b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    response = talk(server, head(CLASSIFY, len(body)), body, follow)
    assert response.startswith(b"HTTP/1.1 413")
    assert response.count(b"HTTP/1.1 200") == 1


def test_bombs_and_damaged_images_are_refused_with_a_reason(server: Server, photos: List[bytes]) -> None:
    for data, status, said in ((png_bomb(), 413, "30000 x 30000"), (photos[0][:300], 400, "cut off"),
                               (photos[1][:100], 400, "cut off"), (b"", 400, "not a JPEG"),
                               (b"\xff\xd8" + bytes(1 << 20), 413, "the limit is 1048576 bytes")):
        response = server.ask("POST", CLASSIFY, data)
        assert response.status == status, response.body
        assert said in response.json["error"]


def test_unknown_paths_and_methods_are_reported_as_json(server: Server) -> None:
    assert server.ask("GET", "/nothing").json == {"error": "Not Found"}
    assert server.ask("GET", CLASSIFY).status == 405
    assert server.ask("POST", "/v2/models/none/classify", b"x").status == 404


def test_too_many_images_are_refused_with_a_time_to_come_back(bundle: Path, photos: List[bytes]) -> None:
    with serving(str(bundle), "--queue", "2", "--max-batch", "2", "--max-delay-ms", "300", "--max-connections", "6",
                 "--watch", "0", "--timeout", "30", "--read-timeout", "30") as server:
        links = []
        for _ in range(5):
            link = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            link.sendall(head("/v2/models/toy/classify", len(photos[0]), "Connection: close\r\n") + photos[0])
            links.append(link)
            time.sleep(0.02)
        responses = []
        for link in links:
            with link:
                responses.append(b"".join(iter(functools.partial(link.recv, 65536), b"")))
        codes = [response[9:12] for response in responses]
        assert b"200" in codes
        assert set(codes) <= {b"200", b"429"}
        assert all(re.search(rb"retry-after: \d", response) for response in responses if response[9:12] == b"429")
        idle = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(6)]
        time.sleep(0.2)
        refused = talk(server)
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 1" in refused
        for link in idle:
            link.close()


def test_a_model_that_has_enough_to_do_refuses_with_its_own_pace() -> None:
    import numpy as np

    from ppclas_core.predict.runnable import Runnable
    from ppclas_core.tasks import Multiclass
    from ppclas_serve.batcher import Call
    from ppclas_serve.decoding import DecodePool
    from ppclas_serve.model import Model
    from ppclas_serve.request_error import RequestError
    from ppclas_serve.settings import Limits, RuntimeSettings
    from ppclas_serve.source import Opened

    async def story() -> None:
        transforms: List[Any] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 8}}, {"ToCHWImage": None}]
        opened = Opened([Runnable(lambda rows: rows, [], 3, (3, 8, 8), "float32", transforms, Multiclass())], None)
        with contextlib.closing(DecodePool(1)) as pool:
            model = Model("m", "1", opened, RuntimeSettings(queue=16), Limits(), pool, lambda call: None)
            model._observed(Call(rows=4, requests=4, waited=0, took=2.0, error=""))
            with model.admitted(16), pytest.raises(RequestError, match="16 images in progress") as caught:
                model.check_room()
            assert (caught.value.status, caught.value.retry_after) == (429, 8)
            with model.admitted(1):
                pass
            assert model.rows == 0
            assert (await model.preprocess([_png(np.zeros((9, 9, 3), np.uint8))])).shape == (1, 3, 8, 8)
            await model.retire()

    asyncio.run(story())


def test_a_multilabel_model_gives_sigmoid_scores() -> None:
    import numpy as np

    from ppclas_core.predict.runnable import Runnable
    from ppclas_core.tasks import Multilabel
    from ppclas_serve.decoding import DecodePool
    from ppclas_serve.explain import log_probability
    from ppclas_serve.model import Model
    from ppclas_serve.settings import Limits, RuntimeSettings
    from ppclas_serve.source import Opened

    async def story() -> None:
        runnable = Runnable(lambda rows: rows, ["cat", "dog"], 2, (2,), "float32", [{"DecodeImage": {}}],
                            Multilabel(threshold=0.5))
        with contextlib.closing(DecodePool(1)) as pool:
            model = Model("m", "1", Opened([runnable], None), RuntimeSettings(), Limits(), pool, lambda call: None)
            logits = np.array([[0.0, 3.0]], np.float32)
            np.testing.assert_allclose(model.probabilities(logits), [[0.5, 0.95257413]], rtol=1e-6)
            assert [(row["name"], round(row["score"], 3)) for row in model.best(logits[0], 5)] == [
                ("dog", 0.953), ("cat", 0.5)]
            assert log_probability(logits, 1, multilabel=True)[0] == pytest.approx(np.log(0.95257413))
            await model.retire()

    asyncio.run(story())


def _png(pixels: Any) -> bytes:
    from ppclas_core.data.opencv import cv2

    return bytes(cv2.imencode(".png", pixels)[1])


def test_all_requests_together_have_a_limit() -> None:
    from starlette.requests import Request

    from ppclas_serve.body import Buffers
    from ppclas_serve.request_error import RequestError
    from ppclas_serve.settings import Limits

    def request(size: int, announced: bool) -> Request:
        async def receive() -> Any:
            return {"type": "http.request", "body": bytes(size), "more_body": False}

        headers = [(b"content-length", str(size).encode())] if announced else []
        return Request({"type": "http", "method": "POST", "headers": headers}, receive)

    async def story() -> None:
        buffers = Buffers(Limits(request_bytes=100, buffered_bytes=150))
        async with buffers.body(request(100, True)) as first:
            assert (len(first), buffers.held) == (100, 100)
            for announced in (True, False):
                with pytest.raises(RequestError) as caught:
                    async with buffers.body(request(60, announced)):
                        pass
                assert (caught.value.status, caught.value.retry_after) == (503, 1)
            async with buffers.body(request(50, False)) as second:
                assert (len(second), buffers.held) == (50, 150)
        assert buffers.held == 0

    asyncio.run(story())


def test_metrics_and_logs_record_what_happened(server: Server, photos: List[bytes]) -> None:
    response = server.ask("POST", CLASSIFY, photos[0], {"X-Request-Id": "my-7"})
    assert response.headers["x-request-id"] == "my-7"
    row = server.event("request", request="my-7")
    assert {key: row[key] for key in ("method", "path", "status", "model", "client")} == {
        "method": "POST", "path": CLASSIFY, "status": 200, "model": "toy", "client": "127.0.0.1"}
    assert row["ms"] > 0
    evil = server.ask("POST", CLASSIFY, photos[0], {"X-Request-Id": "a b"})
    assert re.fullmatch("[0-9a-f]{32}", evil.headers["x-request-id"])
    text = server.ask("GET", "/metrics").body.decode()
    for line in (r'ppclas_requests_total\{code="200",model="toy",route="classify"\} [1-9]',
                 r'ppclas_images_total\{model="toy"\} [1-9]', r'ppclas_model_ready\{model="second"\} 1',
                 r'ppclas_request_seconds_bucket\{le="0.005",model="toy",route="classify"\} ',
                 r'ppclas_images_decoding\{size="heavy"\} 0', r"process_resident_memory_bytes [1-9]",
                 r"ppclas_connections [1-9]"):
        assert re.search(line, text), line
    assert 'model="none"' not in text


def test_openapi_names_every_route(server: Server) -> None:
    from ppclas_serve.app import application
    from ppclas_serve.body import Buffers
    from ppclas_serve.decoding import DecodePool
    from ppclas_serve.metrics import Metrics
    from ppclas_serve.service import Service
    from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings

    class NoModels:
        names = ()

    async def routes() -> Any:  # Python 3.9 makes locks within a loop only
        with contextlib.closing(DecodePool(1)) as pool:
            service = Service(NoModels(), Buffers(Limits()), Metrics(), ServerSettings(),  # type: ignore[arg-type]
                              RuntimeSettings(), Limits(), pool)
            return {(route.path, method.lower()) for route in application(service).inner.routes  # type: ignore
                    for method in route.methods - {"HEAD"}}  # type: ignore[attr-defined]

    found = server.ask("GET", "/openapi.json").json
    assert {(path, verb) for path, verbs in found["paths"].items() for verb in verbs} \
        == asyncio.run(routes())
    json.dumps(found)
