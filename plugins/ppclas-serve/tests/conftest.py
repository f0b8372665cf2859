# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A toy model behind a server, once for all tests that do not change it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator, List, Optional

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import serve_process


def pytest_make_parametrize_id(val: object, argname: str) -> Optional[str]:
    """Name a long text or request by its size: child processes have the name of the test in their environment."""
    if isinstance(val, (str, bytes)) and len(val) > 200:
        return f"{argname} of {len(val)}: {val[:40]!r}"
    return None


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the format inference, whose input is 32 x 32."""
    return serve_process.toy_bundle(tmp_path_factory.mktemp("models") / "toy")


@pytest.fixture(scope="session")
def server(bundle: Path) -> Iterator[serve_process.Server]:
    """Two models, `toy` and `second`, with the limits that the tests go against."""
    with serve_process.serving(str(bundle), f"second={bundle}", "--max-request-mb", "2", "--max-image-mb", "1",
                               "--max-megapixels", "2", "--read-timeout", "1.5", "--watch", "0") as found:
        yield found


@pytest.fixture(scope="session")
def light() -> Iterator[serve_process.Server]:
    """A server with the default limits, whose model `toy` is the network of `light_server.py`."""
    with serve_process.serving("toy", "--watch", "0", light=True) as found:
        yield found


@pytest.fixture(scope="session")
def photos() -> List[bytes]:
    """Encoded images of several formats and sizes."""
    from ppclas_core.data.opencv import cv2

    rng = np.random.default_rng(0)
    found = []
    for index, suffix in enumerate((".jpg", ".png", ".webp", ".bmp")):
        small = rng.integers(0, 255, (4, 5, 3), dtype=np.uint8)
        found.append(bytes(cv2.imencode(suffix, cv2.resize(small, (60 + 10 * index, 50)))[1]))
    return found


@pytest.fixture(scope="session")
def expected(bundle: Path, photos: List[bytes]) -> np.ndarray:
    """Logits of the photos, without a server."""
    from ppclas_core.predict import Predictor

    predictor = Predictor(bundle, runtime="paddle")
    inputs = np.stack([np.asarray(predictor._pipeline(photo, np.random.default_rng(0))) for photo in photos])
    return predictor.logits(inputs)
