# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Damaged HTTP requests, and what the server may do with them: respond with a status below 500, or close."""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve_process import Server

MODEL = "/v2/models/toy"
JUNK = [
    b"", b"\0", b"\r\n", b"\n", b"\r\n\r\n", b" ", b":", b"\xff\xfe", b"\xed\xa0\x80", b"%00", b"%2e%2e/", b"-1",
    b"1e400", b"0" * 5000 + b"3", b"9" * 30, b"NaN", b"null", b"\\ud800", b"[" * 200, b"{", b'"', b"]" * 3, b"data:",
    b"--x1", b"chunked", b"gzip", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n",
    b"\xff\xda" * 90,
]
"""Pieces that servers have stumbled over."""
VALUES: List[Any] = [
    None, True, -1, 0, 1, 2**70, 1e39, 0.5, "", "a", "\ud800", "image_bytes", "FP32", "é" * 50, [], {}, [[]], [1],
    [[1], [1, 2]], [None], {"a": 1}, {"classification": 3}, {"binary_data_size": 4}, "=" * 9, [0.5] * 3072,
]
"""Values for any place of a JSON document."""


class Sample(NamedTuple):
    """A valid request."""

    line: bytes
    headers: Tuple[bytes, ...]
    body: bytes

    def text(self) -> bytes:
        """Return the request as it goes over the wire; a body without a length header gets one."""
        headers = self.headers
        if self.body and not any(header.lower().startswith((b"content-length", b"transfer-enc")) for header in headers):
            headers = (*headers, b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([self.line, *headers, b"", self.body])


def samples(image: bytes) -> List[Sample]:
    """Return one request of each kind that the server takes.

    Args:
        image: a small image file.
    """
    host, kind = b"Host: localhost", b"Content-Type: application/json"
    encoded = base64.b64encode(image).decode()
    tensor = {"name": "image", "datatype": "FP32", "shape": [1, 3, 32, 32], "data": [0.5] * 3072}
    photo: Dict[str, Any] = {"name": "image_bytes", "datatype": "BYTES", "shape": [1], "data": [encoded]}
    wanted = [{"name": "probabilities", "parameters": {"classification": 2, "binary_data": True}}, {"name": "logits"}]
    raw = len(image).to_bytes(4, "little") + image
    head = json.dumps({"inputs": [{**photo, "parameters": {"binary_data_size": len(raw)}}]}).encode()
    form = b'--x1\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n%b\r\n--x1--\r\n' % image

    def post(path: str, body: Any, *headers: bytes) -> Sample:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Sample(f"POST {path} HTTP/1.1".encode(), (host, *headers), data)

    return [
        Sample(b"GET /v2/health/ready HTTP/1.1", (host,), b""), Sample(b"GET /metrics HTTP/1.0", (), b""),
        Sample(f"GET {MODEL}/versions/1/config HTTP/1.1".encode(), (host, b"X-Request-Id: a"), b""),
        post(f"{MODEL}/classify?topk=3", image), post(f"{MODEL}/explain?class=1", image),
        post(f"{MODEL}/classify", form, b"Content-Type: multipart/form-data; boundary=x1"),
        post(f"{MODEL}/classify", f"image={encoded}".encode(), b"Content-Type: application/x-www-form-urlencoded"),
        post(f"{MODEL}/classify", b"%x\r\n%b\r\n0\r\n\r\n" % (len(image), image), b"Transfer-Encoding: chunked"),
        post(f"{MODEL}/infer", {"id": "1", "inputs": [tensor]}, kind),
        post(f"{MODEL}/infer", {"inputs": [photo], "outputs": wanted}, kind),
        post(f"{MODEL}/infer", head + raw, b"Inference-Header-Content-Length: %d" % len(head)),
        post(f"{MODEL}/infer", gzip.compress(json.dumps({"inputs": [photo]}).encode()), b"Content-Encoding: gzip"),
        post("/image/prediction", {"feed": [{"image": encoded}], "fetch": ["prediction"]}, kind),
        post("/v2/repository/index", {"ready": True}, kind), post("/v2/repository/models/toy/unload", {}, kind),
    ]


def damaged(requests: List[Sample]) -> st.SearchStrategy[bytes]:
    """Return a strategy: a request with one to three damages in its line, a header, its body, its JSON, or anywhere."""
    return st.integers(0, len(requests) - 1).flatmap(lambda index: _damaged(requests[index]))


@st.composite
def _damaged(draw: st.DrawFn, sample: Sample) -> bytes:
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(("line", "header", "body", "json", "json")))
        if place == "line":
            sample = sample._replace(line=draw(_bytes(sample.line)))
        elif place == "header" and sample.headers:
            at = draw(st.integers(0, len(sample.headers) - 1))
            changed = draw(st.sampled_from((b"", sample.headers[at])) | _bytes(sample.headers[at]))
            sample = sample._replace(headers=(*sample.headers[:at], changed, *sample.headers[at:]) if changed
                                     else (*sample.headers[:at], *sample.headers[at + 1:]))
        elif place == "json" and sample.body[:1] == b"{":
            sample = sample._replace(body=draw(_json(sample.body)))
        else:
            sample = sample._replace(body=draw(_bytes(sample.body)))
    return draw(st.one_of(*[st.just(sample.text())] * 4, _bytes(sample.text())))


@st.composite
def _bytes(draw: st.DrawFn, text: bytes) -> bytes:
    at = draw(st.integers(0, len(text)))
    end = min(len(text), at + draw(st.integers(0, 40)))
    middle = draw(st.sampled_from(JUNK) | st.binary(max_size=8) | st.just(text[at:end] * 2))
    return text[:at] + middle + draw(st.sampled_from((text[end:], text[at:], b"")))


@st.composite
def _json(draw: st.DrawFn, text: bytes) -> bytes:
    """One value of a document becomes another one; what is no JSON any more is damaged as bytes."""
    try:
        found = json.loads(text)
    except ValueError:
        return draw(_bytes(text))
    holder = found
    while isinstance(holder, (dict, list)) and holder:
        key: Any = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(min(3, len(holder)))))
        if not isinstance(holder[key], (dict, list)) or draw(st.booleans()):
            holder[key] = draw(st.sampled_from(VALUES))
            break
        holder = holder[key]
    return json.dumps(found).encode()


def check(server: Server, examples: int, strategy: st.SearchStrategy[bytes], *, repeatable: bool) -> None:
    """Send many requests; the server responds to each below 500 or closes, and is ready at the end.

    Args:
        repeatable: draw the same requests each time.
    """
    run = settings(max_examples=examples, deadline=None, derandomize=repeatable, database=None,
                   suppress_health_check=list(HealthCheck))
    property: Callable[[bytes], None] = lambda request: _below_500(server, request)  # noqa: E731
    run(given(strategy)(property))()
    assert server.ask("GET", "/v2/health/ready").status == 200
    failures = [line for line in server.lines if line.get("level") == "error" or "Traceback" in line.get("text", "")]
    assert failures == [], failures[0]


def _below_500(server: Server, request: bytes) -> None:
    found = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as link:
        try:
            link.sendall(request)
            link.settimeout(30)
            while True:
                part = link.recv(65536)
                if not part:
                    break
                found += part
                link.settimeout(0.05)  # a connection that stays open after its response
        except socket.timeout:
            assert found, f"no response and no end within 30 s: {request[:300]!r}"
        except ConnectionError:
            pass
    for status in re.findall(rb"(?:^|\r\n\r\n|\})HTTP/1\.1 (\d{3}) ", found):
        assert int(status) < 500, (request[:2000], found[:500])
