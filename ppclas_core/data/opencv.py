# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Import of OpenCV with a clear error if it fails: `from ppclas_core.data.opencv import cv2`."""

from __future__ import annotations

import contextlib
from typing import Iterator

from ppclas_core.errors import UserError

try:
    import cv2
except ModuleNotFoundError as error:
    raise UserError("images need OpenCV (the Python package 'cv2'), which is not installed",
                    do="pip install opencv-python") from error
except ImportError as error:  # slim containers lack system libraries of the desktop build
    raise UserError(f"OpenCV is installed but does not load: {error}",
                    do="apt-get install -y libgl1 libglib2.0-0   or: pip install opencv-python-headless") from error

__all__ = ["cv2", "one_thread_per_call"]


@contextlib.contextmanager
def one_thread_per_call() -> Iterator[None]:
    """Run each OpenCV call on its caller's thread in this context, as the workers already use all cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(0)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
