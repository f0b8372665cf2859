# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A server with tokens, TLS and named sites serves whom its operator means, and nobody else."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from cdp import browsing, find_browser
from serve_process import Server, serving

from ppclas_core.errors import UserError
from ppclas_serve.request_error import RequestError
from ppclas_serve.sites import check_origin_option
from ppclas_serve.tokens import Tokens
from ppclas_serve.trace import trace_id

pytestmark = pytest.mark.xdist_group("serve")
TOKENS = ["first-token-0123456789abcdef", "second-token-0123456789abcdef"]
APP = "https://app.example.org"
JSON = {"Content-Type": "application/json"}


def bearer(token: str) -> Dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def token_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secret") / "tokens"
    file.write_text("# clients\n" + "\n".join(TOKENS) + "\n", encoding="ascii")
    file.chmod(0o600)
    return file


@pytest.fixture(scope="module")
def guarded(token_file: Path) -> Iterator[Server]:
    """A server whose requests need a token, and which pages of APP may ask."""
    with serving("toy", "--watch", "0", "--control", "--token-file", str(token_file), "--cors-origin", APP,
                 light=True) as server:
        yield server


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/v2"), ("GET", "/v2/models/toy"), ("POST", "/v2/models/toy/infer"), ("POST", "/v2/models/toy/classify"),
    ("POST", "/v2/repository/index"), ("POST", "/v2/repository/models/toy/unload"), ("GET", "/metrics"),
    ("POST", "/image/prediction"), ("GET", "/nothing"), ("GET", "//v2/health/live"), ("GET", "/v2/health/live/"),
    ("OPTIONS", "/v2/models/toy/infer"),
])
def test_without_a_token_nothing_is_told_about_models(guarded: Server, method: str, path: str) -> None:
    missing = guarded.ask(method, path, b"")
    assert (missing.status, missing.headers["www-authenticate"]) == (401, 'Bearer realm="ppclas"')
    wrong = guarded.ask(method, path, b"", bearer(TOKENS[0] + "0"))
    assert wrong.status == 401
    assert "invalid_token" in wrong.headers["www-authenticate"]
    assert "toy" not in (missing.body + wrong.body).decode()


@pytest.mark.parametrize("headers", [bearer(TOKENS[0]), bearer(TOKENS[1]), {"Authorization": f"bearer  {TOKENS[0]}"}])
def test_each_token_of_the_file_is_valid(guarded: Server, headers: Dict[str, str]) -> None:
    assert guarded.ask("GET", "/v2/models/toy", headers=headers).status == 200


@pytest.mark.parametrize("headers", [
    {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {TOKENS[0]}"}, bearer(""),
    {"Authorization": TOKENS[0]}, bearer("# clients"), bearer("\xe9" * 30), {"X-Authorization": f"Bearer {TOKENS[0]}"},
])
def test_what_is_no_token_of_the_file_is_refused(guarded: Server, headers: Dict[str, str]) -> None:
    assert guarded.ask("GET", "/v2/models/toy", headers=headers).status == 401


@pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready", "/", "/docs", "/openapi.json"])
def test_probes_and_pages_without_data_need_no_token(guarded: Server, path: str) -> None:
    assert guarded.ask("GET", path).status == 200


def test_a_large_body_without_a_token_is_refused_before_it_is_read(guarded: Server) -> None:
    with socket.create_connection(("127.0.0.1", guarded.port), timeout=20) as link:
        link.sendall(b"POST /v2/models/toy/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n" + b"x" * 1000)
        assert link.recv(100).startswith(b"HTTP/1.1 401")


def test_changed_tokens_are_valid_at_once_and_a_damaged_file_changes_nothing(
        tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "tokens"
    file.write_text(TOKENS[0], encoding="ascii")
    file.chmod(0o600)
    tokens = Tokens(file)

    def valid(token: str) -> bool:
        try:
            tokens.check({"authorization": f"Bearer {token}"})
        except RequestError:
            return False
        return True

    assert [valid(token) for token in TOKENS] == [True, False]
    file.write_text(f"{TOKENS[1]}\n\n", encoding="ascii")
    assert [valid(token) for token in TOKENS] == [False, True]
    for damage in (b"", b"short\n", "töken-0123456789abcdef".encode()):
        file.write_bytes(damage)
        assert [valid(token) for token in TOKENS] == [False, True]
    file.unlink()
    assert [valid(token) for token in TOKENS] == [False, True]
    file.write_text(TOKENS[0], encoding="ascii")
    assert [valid(token) for token in TOKENS] == [True, False]


@pytest.mark.parametrize(("content", "message"), [
    (b"", "has no token"), (b"# only a comment\n", "has no token"), (b"0123456789abcdef\nshort\n", "16 characters"),
    (b"with a space 0123456789\n", "16 characters"), (b"\xff\xfe" * 20, "other characters than ASCII"),
    (b"0" * (2 << 20), "larger than 1 MB"),
])
def test_a_token_file_without_valid_tokens_is_refused_at_start(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "tokens"
    file.write_bytes(content)
    with pytest.raises(UserError, match=message):
        Tokens(file)


def test_the_line_of_an_invalid_token_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{TOKENS[0]}\n\nshort\n", encoding="ascii")
    with pytest.raises(UserError) as caught:
        Tokens(file)
    assert caught.value.where == f"{file}:3"
    with pytest.raises(UserError, match="No such file"):
        Tokens(tmp_path / "missing")


def test_tokens_for_control_leave_the_other_routes_open(token_file: Path) -> None:
    with serving("toy", "--watch", "0", "--control", "--token-file", str(token_file), "--token-for", "control",
                 light=True) as server:
        assert server.ask("GET", "/v2/models/toy").status == 200
        for action in ("unload", "load"):
            path = f"/v2/repository/models/toy/{action}"
            assert server.ask("POST", path, b"").status == 401
            assert server.ask("POST", path, b"", bearer(TOKENS[0])).status == 200


def test_the_token_is_in_no_log(guarded: Server) -> None:
    for name, token in (("right", TOKENS[0]), ("wrong", "wrong-token-0123456789")):
        guarded.ask("GET", "/v2/models/toy", headers={**bearer(token), "X-Request-Id": name})
        guarded.event("request", request=name)
    assert not re.search("token-0123456789", json.dumps(guarded.lines))


def test_pages_of_a_named_site_may_ask_and_read_the_answer(guarded: Server) -> None:
    preflight = guarded.ask("OPTIONS", "/v2/models/toy/infer", headers={
        "Origin": APP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == APP
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    found = guarded.ask("GET", "/v2/models/toy", headers={"Origin": APP, **bearer(TOKENS[0])})
    assert (found.status, found.headers["access-control-allow-origin"]) == (200, APP)
    assert guarded.ask("GET", "/v2/models/toy", headers={"Origin": APP}).headers["access-control-allow-origin"] == APP


def test_pages_of_other_sites_cannot_read_the_answer(guarded: Server) -> None:
    preflight = guarded.ask("OPTIONS", "/v2/models/toy/infer", headers={
        "Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    assert preflight.status == 400
    found = guarded.ask("GET", "/v2/models/toy", headers={"Origin": "https://evil.example", **bearer(TOKENS[0])})
    assert "access-control-allow-origin" not in found.headers


def test_a_named_site_may_control_and_every_site_may_not(guarded: Server, token_file: Path) -> None:
    page = {**JSON, **bearer(TOKENS[0]), "Origin": APP, "Sec-Fetch-Site": "cross-site"}
    assert guarded.ask("POST", "/v2/repository/models/toy/load", b"{}", page).status == 200
    with serving("toy", "--watch", "0", "--control", "--cors-origin", "*", light=True) as server:
        assert server.ask("GET", "/v2", headers={"Origin": APP}).headers["access-control-allow-origin"] == "*"
        assert server.ask("POST", "/v2/repository/models/toy/load", b"{}", {**JSON, "Origin": APP}).status == 403
        assert server.ask("POST", "/v2/models/toy/explain", b"", {"Origin": APP}).status == 403


@pytest.mark.parametrize(("host", "status"), [
    ("evil.example", 403), ("localhost:80", 400), (socket.gethostname(), 400), ("[::1]", 400), ("", 403),
    (f"{socket.gethostname()}.local:8000", 400),
])
def test_heat_maps_are_made_under_the_names_of_this_machine_only(guarded: Server, host: str, status: int) -> None:
    found = guarded.ask("POST", "/v2/models/toy/explain", b"no image", headers={"Host": host, **bearer(TOKENS[0])})
    assert found.status == status
    assert guarded.ask("GET", "/", headers={"Host": host}).status == 200


@pytest.mark.parametrize(("given", "kept"), [
    ("https://a.example", "https://a.example"), ("HTTPS://A.example:443", "https://a.example"),
    ("http://[::1]:3000", "http://[::1]:3000"), ("*", "*"),
])
def test_an_origin_is_kept_as_browsers_send_it(given: str, kept: str) -> None:
    assert check_origin_option(given) == kept


@pytest.mark.parametrize("given", ["a.example", "https://a.example/", "https://a.example/path", "ftp://a", "https://",
                                   "https://u@a.example", "https://a.example:99999", "null", "https://*.example.org",
                                   "https://b\xfccher.example", "https://a b", "https://a.example:0",
                                   "https://a.example?x=1", "https://a.example#f", "https://:pw@a.example"])
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(UserError, match="--cors-origin"):
        check_origin_option(given)


@pytest.mark.parametrize(("arguments", "message"), [
    (["--tls-cert", "a.pem"], "belong together"), (["--token-for", "all"], "no effect without --token-file"),
    (["--token-file", "x", "--token-for", "control"], "no effect without --control"),
    (["--allowed-host", "a", "--no-page"], "no effect"), (["--token-file", "missing"], "No such file"),
    (["--tls-cert", "missing", "--tls-key", "missing"], "No such file"), (["--cors-origin", "a"], "must be a site"),
])
def test_options_that_contradict_each_other_end_with_a_reason(ppclas_project: Any, arguments: List[str],
                                                              message: str) -> None:
    outcome = ppclas_project().run("serve", "x", *arguments, "--log-file", "log")
    assert outcome.code == 2
    assert message in outcome.err


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(("header", "found"), [
    (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE), (f"cc-{TRACE}-00f067aa0ba902b7-01-more", TRACE),
    (f"00-{TRACE}-00f067aa0ba902b7-01-more", ""), (f"ff-{TRACE}-00f067aa0ba902b7-01", ""),
    (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", ""), (f"00-{'0' * 32}-00f067aa0ba902b7-01", ""),
    (f"00-{TRACE}-{'0' * 16}-01", ""), ("", ""), ("x" * 1000, ""),
])
def test_a_valid_traceparent_has_the_trace(header: str, found: str) -> None:
    assert trace_id([(b"traceparent", header.encode())]) == found


def test_two_traceparents_are_none_and_the_log_has_the_trace(guarded: Server) -> None:
    header = (b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())
    assert trace_id([header, header]) == ""
    guarded.ask("GET", "/v2/models/toy", headers={"traceparent": header[1].decode(), "X-Request-Id": "traced",
                                                 **bearer(TOKENS[0])})
    assert guarded.event("request", request="traced")["trace"] == TRACE


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_asks_for_the_token_once(guarded: Server, tmp_path: Path, photos: List[bytes], width: int) -> None:
    if find_browser() is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photos[0])
    with browsing(tmp_path / "profile") as tab:
        tab.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        tab.call("Page.navigate", url=guarded.url)
        tab.wait("!document.querySelector('#login')?.hidden")
        enter = ("(token => { document.querySelector('#token').value = token; "
                 "document.querySelector('#login button').click(); })")
        tab.value(f"{enter}('wrong-token-0123456789')")
        assert "not valid" in tab.wait("document.querySelector('#error').textContent")
        tab.value(f"{enter}({TOKENS[0]!r})")
        assert tab.wait("document.querySelector('#model').options.length") == 1
        tab.wait("document.querySelector('#login').hidden")
        tab.choose_file("#file", photo)
        assert tab.wait("document.querySelectorAll('.name').length") == 4
        assert tab.value("document.documentElement.scrollWidth <= window.innerWidth")
        tab.call("Page.reload")
        assert tab.wait("document.querySelector('#model')?.options.length") == 1
