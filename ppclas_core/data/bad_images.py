# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Handling of unusable images: the first one stops the run, or they are skipped and listed up to a budget."""

from __future__ import annotations

import logging
import math
import threading
import unicodedata
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from ppclas_core.data.errors import BadImage
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import write_text

_log = logging.getLogger(__name__)


class BadImages:
    """Unusable images of one loader.

    Args:
        on_bad_image: "fail" raises at the first one; "skip" records them.
        budget: fraction of `size` that may be skipped, in 0..1; a budget above 0 allows at least one image.
        size: number of images of the source.

    Raises:
        UserError: a parameter is out of range.
    """

    def __init__(self, on_bad_image: str, budget: float, size: int) -> None:
        if on_bad_image not in ("fail", "skip"):
            raise UserError(f"on_bad_image is {on_bad_image!r}; it must be 'fail' or 'skip'")
        if not 0 <= budget <= 1:
            raise UserError(f"bad_image_budget is {budget!r}; it must be a fraction from 0 to 1")
        self._fail = on_bad_image == "fail"
        self._limit = math.ceil(budget * size)
        self._size = size
        self._found: Dict[int, BadImage] = {}
        self._lock = threading.Lock()

    def add(self, index: int, error: BadImage) -> None:
        """Record a bad image of the source.

        Raises:
            BadImage: the given error, if `on_bad_image` is "fail".
            UserError: the budget is exceeded.
        """
        if self._fail:
            error.do = error.do or "remove it from the list, or set on_bad_image: skip"
            raise error
        with self._lock:
            self._found.setdefault(index, error)
            count = len(self._found)
        if count > self._limit:
            shown = "\n".join(f"  {path}: {reason}" for path, reason in self.listed()[:5])
            raise UserError(f"{count} of {self._size} images are bad, more than the budget of {self._limit}:\n{shown}",
                            do="fix the data, or raise bad_image_budget") from error

    def listed(self) -> List[Tuple[str, str]]:
        """Return (path, reason), in the order of the source."""
        with self._lock:
            return [(error.path or "", error.reason) for _, error in sorted(self._found.items())]


def write_bad_images(path: Path, bad_images: Sequence[Tuple[str, str]]) -> None:
    """Update the file that lists the skipped images, and log when it grows.

    Args:
        path: file to write.
        bad_images: value of `Loader.bad_images`, (path, reason) pairs.
    """
    known = path.read_bytes().count(b"\n") if path.is_file() else 0
    if len(bad_images) > known:
        write_text(path, "".join(f"{_on_one_line(name)}\t{one_line(reason)}\n" for name, reason in bad_images))
        _log.info("%d training images could not be used and were skipped: %s", len(bad_images), path)


def _on_one_line(name: str) -> str:
    """Return a file name unchanged, so programs can open it, or escaped if it has control characters."""
    return one_line(name) if any(unicodedata.category(character) == "Cc" for character in name) else name
