# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Models are unloaded by programs that mean this server, and by no web page that its operator happens to open."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest
from serve_process import Server, serving

pytestmark = pytest.mark.xdist_group("serve")
UNLOAD = "/v2/repository/models/toy/unload"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def controlled() -> Iterator[Server]:
    with serving("toy", "--watch", "0", "--control", "--allowed-host", "gpu1.example", light=True) as server:
        yield server


@pytest.mark.parametrize(("headers", "status"), [
    ({"Host": "evil.example", **JSON}, 403), ({"Host": "evil.example:8000"}, 403), ({"Host": ""}, 403),
    ({"Host": "127.0.0.1.evil.example"}, 403), ({"Host": "[::1"}, 403), ({"Host": "localhost.evil.example"}, 403),
    ({"Origin": "http://evil.example", **JSON}, 403), ({"Origin": "null", **JSON}, 403),
    ({"Host": "localhost", "Origin": "http://localhost:1234", **JSON}, 403),
    ({"Host": "evil.example", "Origin": "http://evil.example", **JSON}, 403),
    ({"Sec-Fetch-Site": "cross-site", **JSON}, 403), ({"Content-Type": "text/plain"}, 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415), ({"Sec-Fetch-Site": "same-origin"}, 415),
    ({"Host": "localhost", "Origin": "http://localhost"}, 415), ({"Content-Type": ""}, 415),
])
def test_a_request_that_a_browser_may_have_been_talked_into_is_refused(controlled: Server, headers: Dict[str, str],
                                                                       status: int) -> None:
    for action in ("unload", "load"):
        found = controlled.ask("POST", f"/v2/repository/models/toy/{action}", b"", headers)
        assert found.status == status, found.body
    assert controlled.ask("GET", "/v2/models/toy/ready").status == 200


@pytest.mark.parametrize("headers", [
    {}, JSON, {"Content-Type": "application/json; charset=utf-8"}, {"Host": "localhost:8000"}, {"Host": "[::1]:80"},
    {"Host": "192.168.1.7"}, {"Host": "GPU1.example:443"}, {"Host": "localhost", "Origin": "http://localhost", **JSON},
    {"Host": "gpu1.example", "Origin": "https://gpu1.example", "Sec-Fetch-Site": "same-origin", **JSON},
])
def test_a_program_and_a_page_of_this_server_may(controlled: Server, headers: Dict[str, str]) -> None:
    assert controlled.ask("POST", UNLOAD, b"{}", headers).status == 200
    assert controlled.ask("GET", "/v2/models/toy/ready").status == 503
    assert controlled.ask("POST", "/v2/repository/models/toy/load", b"{}", headers).status == 200


def test_the_client_of_triton_may(controlled: Server) -> None:
    pytest.importorskip("geventhttpclient", reason="tritonclient[http] is not installed")
    triton: Any = pytest.importorskip("tritonclient.http", reason="tritonclient[http] is not installed")
    client = triton.InferenceServerClient(f"127.0.0.1:{controlled.port}")
    client.unload_model("toy")
    assert not client.is_model_ready("toy")
    client.load_model("toy")
    assert client.is_model_ready("toy")
