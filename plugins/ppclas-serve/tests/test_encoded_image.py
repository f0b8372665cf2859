# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An image is taken in every form in which people send one: file, form, base64, data URI."""

from __future__ import annotations

import base64
import contextlib
import textwrap
from typing import Any, Dict, List
from urllib.parse import quote_plus

import numpy as np
import pytest
from serve_process import Server

from ppclas_core.data.opencv import cv2
from ppclas_serve.encoded_image import decode_base64, sent_image
from ppclas_serve.request_error import RequestError

pytestmark = pytest.mark.xdist_group("serve")
CLASSIFY = "/v2/models/toy/classify"
NOISE = np.random.default_rng(0).integers(0, 60, (64, 64, 3), dtype=np.uint8)
PNG, JPEG, WEBP, BMP = (bytes(cv2.imencode(ending, NOISE + np.array([195, 0, 0], np.uint8))[1])
                        for ending in (".png", ".jpg", ".webp", ".bmp"))
URLENCODED = "application/x-www-form-urlencoded"


def form(*parts: Any, boundary: str = "----x1") -> Any:
    """Body and Content-Type of a form; a part is (headers after `form-data`, bytes)."""
    body = b"".join(f"--{boundary}\r\nContent-Disposition: form-data{head}\r\n\r\n".encode() + data + b"\r\n"
                    for head, data in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def variants(data: bytes) -> Dict[str, str]:
    """Texts that stand for the same bytes."""
    plain = base64.b64encode(data).decode()
    return {"plain": plain, "wrapped": "\n".join(textwrap.wrap(plain, 76)), "wrapped as in mail":
            "\r\n".join(textwrap.wrap(plain, 60)) + "\r\n", "URL-safe": base64.urlsafe_b64encode(data).decode(),
            "unpadded": plain.rstrip("="), "data URI": f"data:image/png;base64,{plain}", "data URI with a charset":
            f"data:image/png;charset=utf-8;base64,{plain.rstrip('=')}"}


@pytest.mark.parametrize("kind", list(variants(b"")))
@pytest.mark.parametrize("size", [0, 1, 2])
def test_every_base64_gives_the_bytes(kind: str, size: int) -> None:
    data = PNG + b"\xfb\xff"[:size]
    assert decode_base64(variants(data)[kind]) == data
    assert sent_image(variants(data)[kind].encode(), "") == data


@pytest.mark.parametrize(("text", "said"), [
    ("%", "has no character b'%'"), ("é", "outside ASCII"), ("\ud800", "outside ASCII"), (7, "must be a string"),
    (None, "must be a string"), ("a", "a whole number of bytes"), ("ab=cd", "has no character b'='"),
    ("data:image/png,abc", "a data URI must be base64"), ("data:", "a data URI must be base64"),
])
def test_what_is_no_base64_is_refused(text: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        decode_base64(text)


@pytest.mark.parametrize("data", [PNG, JPEG, WEBP, BMP])
@pytest.mark.parametrize("content_type", ["", URLENCODED, "image/png", "multipart/form-data"])
def test_the_bytes_of_an_image_count_more_than_their_content_type(data: bytes, content_type: str) -> None:
    assert sent_image(data, content_type) is data


@pytest.mark.parametrize("parts", [
    [('; name="image"; filename="a.png"\r\nContent-Type: image/png', PNG)],
    [('; name="topk"', b"5"), ('; name="file"; filename="ü.png"', PNG), ('; name="x"', b"")],
    [('; name="image"', base64.b64encode(PNG))], [('; name="image"', variants(PNG)["data URI"].encode())],
    [("; name=image; filename*=UTF-8''a.png", PNG)],
])
def test_the_file_of_a_form_is_found(parts: Any) -> None:
    assert sent_image(*form(*parts)) == PNG


def test_a_quoted_boundary_and_a_preamble_are_read() -> None:
    body, _ = form(("; name=a; filename=b", PNG), boundary="a b")
    assert sent_image(b"preamble\r\n" + body, 'Multipart/Form-Data; charset=utf-8; boundary="a b"') == PNG


FILE = ("; name=a; filename=b", PNG)


@pytest.mark.parametrize(("body", "content_type", "said"), [
    (form()[0], form()[1], "0 images"), (*form(FILE, FILE), "2 images"),
    (form(FILE)[0], "multipart/form-data", "boundary"), (form(FILE)[0][:-20], form(FILE)[1], "cut off"),
    (form(FILE)[0], "multipart/form-data; boundary=other", "does not contain its boundary"),
    (b"------x1\r\nno end of headers\r\n------x1--", form()[1], "have no end"),
    (*form(*[("; name=a", b"")] * 70), "more than 64 parts"), (b"", form()[1], "does not contain its boundary"),
])
def test_a_broken_form_is_refused_with_its_reason(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        sent_image(body, content_type)


def test_a_field_of_a_form_of_text_is_read() -> None:
    with pytest.raises(RequestError, match="too much of it is escaped"):
        sent_image(b"image=" + b"%41" * 1000, URLENCODED)
    for text in variants(PNG).values():
        assert sent_image(b"image=" + quote_plus(text).encode() + b"&topk=3", URLENCODED) == PNG
    assert sent_image(b"image=" + base64.b64encode(PNG), URLENCODED) == PNG  # not escaped: '+' stays what it was


@pytest.mark.parametrize("data", [PNG, JPEG, WEBP, BMP])
def test_curl_d_of_a_file_that_it_damages_says_what_to_do(data: bytes) -> None:
    for lost in (b"\r\n", b"\r\n\0"):
        damaged = data.translate(None, lost)
        if damaged == data:
            continue
        with pytest.raises(RequestError, match="curl --data-binary @FILE"):
            sent_image(damaged, URLENCODED)


def test_an_image_without_a_line_break_is_not_taken_for_a_damaged_one() -> None:
    black = np.zeros((100, 100, 3), np.uint8)
    for ending, options in ((".bmp", []), (".webp", []), (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])):
        data = bytes(cv2.imencode(ending, black, options)[1])
        assert sent_image(data, URLENCODED) is data


def test_curl_d_of_a_file_of_base64_is_an_image() -> None:
    assert sent_image(variants(PNG)["wrapped"].replace("\n", "").encode(), URLENCODED) == PNG


def test_no_bytes_whatever_raise_anything_else() -> None:
    rng = np.random.default_rng(0)
    whole, kind = form(('; name="topk"', b"5"), FILE)
    for _ in range(500):
        body = bytearray(whole)
        for place in rng.integers(0, len(body), 4):
            body[place] = rng.integers(0, 256)
        with contextlib.suppress(RequestError):
            sent_image(body[:rng.integers(0, len(body) + 1)], kind)


def test_the_server_takes_each_of_them(light: Server) -> None:
    bodies: List[Any] = [(PNG, ""), form(FILE), *((text.encode(), URLENCODED) for text in variants(PNG).values())]
    for body, kind in bodies:
        found = light.ask("POST", CLASSIFY, body, {"Content-Type": kind} if kind else {})
        assert (found.status, found.json["classes"][0]["name"]) == (200, "blue"), (kind, found.body)
    for text in variants(PNG).values():
        asked = {"inputs": [{"name": "image_bytes", "datatype": "BYTES", "shape": [1], "data": [text]}]}
        assert light.ask("POST", "/v2/models/toy/infer", asked).status == 200
        old = light.ask("POST", "/image/prediction", {"feed": [{"image": text}], "fetch": ["prediction"]})
        assert len(old.json["result"]["prediction"][0]) == 4
    heat = light.ask("POST", "/v2/models/toy/explain", form(FILE)[0], {"Content-Type": form(FILE)[1]})
    assert heat.json["class"]["name"] == "blue"


def test_openapi_names_each_of_them(light: Server) -> None:
    post = light.ask("GET", "/openapi.json").json["paths"]["/v2/models/{model}/classify"]["post"]
    assert list(post["requestBody"]["content"]) == ["application/octet-stream", "multipart/form-data", URLENCODED]


def test_a_form_at_the_wrong_address_gets_the_right_one(light: Server) -> None:
    for body in (PNG, form(FILE)[0]):
        found = light.ask("POST", "/v2/models/toy/infer", body)
        assert (found.status, "send it to /v2/models/NAME/classify" in found.json["error"]) == (400, True)
