# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images come from http addresses, within limits."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Iterator

import pytest

from ppclas_core.data import BadImage
from ppclas_core.predict.urls import fetch_image, is_url

IMAGE = b"\x89PNG and more"


class Pages(BaseHTTPRequestHandler):
    """An image, a redirect to it and one to a file, and errors."""

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path in ("/here.png", "/a%20b%C3%BC.png?x=1%20"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(IMAGE)
        elif self.path in ("/moved", "/file", "/ftp"):
            self.send_response(302)
            self.send_header("Location", {"/moved": "/here.png", "/file": "file:///etc/hostname"}.get(
                self.path, "ftp://127.0.0.1/x"))
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Address of a running server."""
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_gives_its_bytes_also_after_a_redirect(site: str) -> None:
    assert fetch_image(f"{site}/here.png") == IMAGE
    assert fetch_image(f"{site}/moved") == IMAGE
    assert fetch_image(f"{site}/a bü.png?x=1%20") == IMAGE


@pytest.mark.parametrize(("path", "reason"), [("/gone.png", "HTTP 404"), ("/file", "cannot be downloaded"),
                                              ("/ftp", "cannot be downloaded")])
def test_what_is_not_there_or_not_on_the_web_is_a_bad_image(site: str, path: str, reason: str) -> None:
    with pytest.raises(BadImage, match=reason):
        fetch_image(site + path)


def test_a_download_above_the_limits_stops(site: str) -> None:
    with pytest.raises(BadImage, match="larger than"):
        fetch_image(f"{site}/here.png", max_bytes=len(IMAGE) - 1)
    with pytest.raises(BadImage, match="takes longer than"):
        fetch_image(f"{site}/here.png", max_seconds=-1)


@pytest.mark.parametrize("url", ["http://", "http://[1/x.png", "http://127.0.0.1:1/x.png"])
def test_an_address_without_a_server_is_a_bad_image(url: str) -> None:
    with pytest.raises(BadImage, match="cannot be downloaded"):
        fetch_image(url)


def test_only_texts_of_the_web_are_addresses() -> None:
    assert is_url("HTTPS://example.org/a.jpg")
    assert not is_url("ftp://example.org/a.jpg")
    assert not is_url(Path("http://example.org/a.jpg"))
