# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes come in, no response is a failure of the server, and it goes on."""

from __future__ import annotations

from typing import Iterator

import http_fuzz
import numpy as np
import pytest
from serve_process import Server, serving

from ppclas_core.data.opencv import cv2

pytestmark = pytest.mark.xdist_group("serve")
PIXELS = np.random.default_rng(0).integers(0, 255, (8, 9, 3), dtype=np.uint8)
IMAGES = [bytes(cv2.imencode(ending, PIXELS, options)[1]) for ending, options in (
    (".png", []), (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]), (".webp", []), (".bmp", []))]


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    """A server that waits a moment for the rest of a request."""
    with serving("toy", "--watch", "0", "--control", "--read-timeout", "0.3", "--no-access-log", light=True) as server:
        yield server


def test_the_samples_are_answered_as_they_are(impatient: Server) -> None:
    for sample in http_fuzz.samples(IMAGES[0])[:-1]:
        http_fuzz._below_500(impatient, sample.text())
        path = sample.line.split()[1].decode()
        headers = dict(header.decode().split(": ", 1) for header in sample.headers if b"Transfer" not in header)
        if len(headers) == len(sample.headers):
            method = sample.line.split()[0].decode()
            assert impatient.ask(method, path, sample.body or None, headers).status == 200, sample.line


@pytest.mark.parametrize("examples", [pytest.param(120, id="short"),
                                      pytest.param(2500, id="long", marks=pytest.mark.fuzz)])
def test_no_request_is_answered_by_a_failure(impatient: Server, examples: int) -> None:
    samples = [sample for image in IMAGES for sample in http_fuzz.samples(image)[:-1]]
    http_fuzz.check(impatient, examples, http_fuzz.damaged(samples), repeatable=examples == 120)
