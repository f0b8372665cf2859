# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The server speaks TLS, takes a renewed certificate without a restart, and ends soon with silent clients."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Iterator, List

import pytest
from serve_process import Server, serving

from ppclas_core.errors import UserError
from ppclas_serve.connection import LINGER
from ppclas_serve.tls import Tls

pytestmark = pytest.mark.xdist_group("serve")


class Authority:
    """Certificates for localhost, made by openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def make(self, name: str, days: int = 30, password: str = "") -> List[Path]:
        """Write a self-signed certificate and its key."""
        files = [self.folder / f"{name}.pem", self.folder / f"{name}.key"]
        secret = ["-passout", f"pass:{password}"] if password else ["-nodes"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *secret,
                        "-days", str(days), "-subj", f"/CN={name}",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-out", str(files[0]), "-keyout", str(files[1])], check=True, capture_output=True)
        return files


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here; on Debian: apt-get install openssl")
    return Authority(tmp_path_factory.mktemp("tls") / "files")


@pytest.fixture(scope="module")
def secure(authority: Authority) -> Iterator[Server]:
    certificate, key = authority.make("server")
    with serving("toy", "--watch", "0", "--read-timeout", "2", "--max-request-mb", "1", "--tls-cert", str(certificate),
                 "--tls-key", str(key), light=True) as server:
        yield server


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def ask(server: Server, context: ssl.SSLContext, method: str, path: str, body: bytes = b"") -> int:
    connection = http.client.HTTPSConnection("localhost", server.port, timeout=20, context=context)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def test_https_serves_a_client_that_trusts_the_certificate(secure: Server, authority: Authority) -> None:
    assert secure.url.startswith("https://")
    context = trusting(authority.folder / "server.pem")
    assert ask(secure, context, "GET", "/v2/models/toy") == 200
    assert ask(secure, context, "POST", "/v2/models/toy/infer", b"x" * (2 << 20)) == 413
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(secure, ssl.create_default_context(), "GET", "/v2/models/toy")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_old_tls_and_plain_http_are_refused_and_the_server_goes_on(secure: Server, authority: Authority) -> None:
    old = trusting(authority.folder / "server.pem")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(secure, old, "GET", "/v2")
    with socket.create_connection(("127.0.0.1", secure.port), timeout=20) as link:
        link.sendall(b"GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert not link.recv(100).startswith(b"HTTP")
    assert ask(secure, trusting(authority.folder / "server.pem"), "GET", "/v2") == 200


def test_refused_requests_leave_no_traceback(secure: Server, authority: Authority) -> None:
    context = trusting(authority.folder / "server.pem")
    for sent in (b"NONSENSE\r\n\r\n", b"POST /v2/models/toy/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                 b"Content-Length: 30000000\r\n\r\n"):
        with socket.create_connection(("localhost", secure.port), timeout=20) as raw, \
                context.wrap_socket(raw, server_hostname="localhost") as link:
            link.sendall(sent)
            assert link.recv(12).startswith(b"HTTP/1.1 4")
    time.sleep(LINGER + 0.5)
    assert ask(secure, context, "GET", "/v2") == 200
    assert [row for row in secure.lines if row["event"] == "text"] == []


def test_a_slow_reader_gets_the_whole_response(authority: Authority) -> None:
    certificate, key = authority.make("slow")
    with serving("toy", "--watch", "0", "--tls-cert", str(certificate), "--tls-key", str(key), light=True) as server:
        image = {"name": "image", "datatype": "FP32", "shape": [1, 3, 32, 32], "data": [0.5] * 3072}
        body = json.dumps({"inputs": [image], "id": "x" * 4_000_000}).encode()
        with socket.create_connection(("localhost", server.port), timeout=20) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            with trusting(certificate).wrap_socket(raw, server_hostname="localhost") as link:
                link.sendall(b"POST /v2/models/toy/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                             b"Content-Length: %d\r\n\r\n" % len(body) + body)
                received = link.recv(1000)
                time.sleep(LINGER + 1)
                while more := link.recv(1 << 16):
                    received += more
        head, _, found = received.partition(b"\r\n\r\n")
        (length,) = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        assert len(found) == length


def test_a_client_that_never_ends_its_handshake_is_dropped(secure: Server) -> None:
    with socket.create_connection(("127.0.0.1", secure.port), timeout=20) as link:
        assert link.recv(1) == b""  # after --read-timeout


def test_the_server_ends_soon_with_idle_and_silent_clients_of_tls(authority: Authority) -> None:
    certificate, key = authority.make("ending")
    with serving("toy", "--watch", "0", "--tls-cert", str(certificate), "--tls-key", str(key), light=True) as server:
        idle = http.client.HTTPSConnection("localhost", server.port, timeout=20, context=trusting(certificate))
        idle.request("GET", "/v2")
        assert idle.getresponse().read()
        silent = socket.create_connection(("127.0.0.1", server.port))
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 20  # not the 30 s of --drain
        idle.close()
        silent.close()


def test_a_new_certificate_is_served_without_a_restart_and_a_damaged_one_is_not(
        authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    events: List[str] = []
    monkeypatch.setattr("ppclas_serve.tls.log_event", lambda event, *_: events.append(event))
    certificate, key = authority.make("renewed")
    tls = Tls(certificate, key)

    def served() -> str:
        """The common name of the certificate that a new connection sees."""
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        client_context = ssl.create_default_context()
        client_context.check_hostname, client_context.verify_mode = False, ssl.CERT_NONE
        client = client_context.wrap_bio(to_client, to_server)
        server = tls.context.wrap_bio(to_server, to_client, server_side=True)
        for side in (client, server, client, server, client):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
        der = client.getpeercert(binary_form=True)
        assert der is not None
        return "second" if b"second" in der else "renewed"

    async def change() -> List[str]:
        task = asyncio.ensure_future(tls.reload(0.01))
        found = [served()]
        for event, pair in (("certificate not loaded", [b"damaged", b"damaged"]),
                            ("certificate", [file.read_bytes() for file in authority.make("second")])):
            for file, content in zip((certificate, key), pair):
                file.write_bytes(content)
            while event not in events:
                await asyncio.sleep(0.01)
            found.append(served())
        task.cancel()
        return found

    assert asyncio.run(asyncio.wait_for(change(), 60)) == ["renewed", "renewed", "second"]


def test_a_key_with_a_password_or_of_another_certificate_is_refused(authority: Authority) -> None:
    first, second = authority.make("first"), authority.make("other")
    locked = authority.make("locked", password="secret")
    with pytest.raises(UserError, match="does not belong"):
        Tls(first[0], second[1])
    with pytest.raises(UserError, match="has a password"):
        Tls(*locked)
    with pytest.raises(UserError, match="cannot be read as PEM"):
        Tls(first[1], first[0])
