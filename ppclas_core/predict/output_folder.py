# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Output folder of predictions: annotated copies, or copies or links in a folder per class. No image is changed."""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Dict, Optional, Sequence, TextIO, Type
from urllib.parse import urlsplit

from ppclas_core.data.errors import BadImage
from ppclas_core.predict.figure import FIGURE_SUFFIXES
from ppclas_core.predict.images import encoded
from ppclas_core.predict.prediction import NO_CLASS, ClassScore, Prediction

ERRORS_FILE = "errors.csv"
"""Table of the unusable images: path, error."""
_LONGEST_NAME = 100
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


class OutputFolder:
    """Writer of images into an existing folder.

    Args:
        folder: the folder; it is empty.
        roots: folders of the input; the path of an image below one of them is kept. Other images are written by name.
        sort: `copy` or `link` writes images or links to them into a folder per class; None: annotated copies.
        multilabel: the image is written for each found class, not for the best one.
    """

    def __init__(self, folder: Path, roots: Sequence[str], sort: Optional[str], *, multilabel: bool = False) -> None:
        self._folder = folder
        self._roots = list(dict.fromkeys(os.path.abspath(root) for root in roots))
        self._sort = sort
        self._multilabel = multilabel
        self._numbers: Dict[str, int] = {}
        self._errors: Optional[TextIO] = None

    def __enter__(self) -> OutputFolder:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if self._errors is not None:
            self._errors.close()

    def write(self, prediction: Prediction) -> None:
        """Write the image of a prediction, or a row of `errors.csv`."""
        if prediction.error:
            self._report(prediction, prediction.error)
            return
        try:
            if self._sort is None:
                self._annotate(prediction)
            else:
                self._sort_in(prediction)
        except BadImage as error:  # the file was removed in the meantime
            self._report(prediction, error.reason)

    def _annotate(self, prediction: Prediction) -> None:
        name = self._relative(prediction)
        if os.path.splitext(name)[1].lower() not in FIGURE_SUFFIXES:
            name += ".png"
        prediction.plot().save(self._free(name))

    def _sort_in(self, prediction: Prediction) -> None:
        found = prediction.classes if self._multilabel else prediction.classes[:1]
        for folder in [_folder_name(each) for each in found] or [NO_CLASS]:
            name = os.path.join(folder, self._relative(prediction))
            if prediction.path is None or not os.path.isfile(prediction.path):  # a frame, a URL
                self._write(prediction, name)
                continue
            target = self._free(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._sort == "link":
                os.symlink(os.path.abspath(prediction.path), target)
            else:
                shutil.copyfile(prediction.path, target)

    def _write(self, prediction: Prediction, name: str) -> None:
        """Write an image that is no file of its own; pixels are written as PNG."""
        if prediction.image is None:
            return
        data = encoded(prediction.image)
        if not isinstance(prediction.image, str):
            name += ".png"
        target = self._free(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _relative(self, prediction: Prediction) -> str:
        """Return the path of the copy: relative to the root of the image, else its name."""
        if prediction.path is None:
            return "image"
        if "://" in prediction.path:
            return _UNSAFE.sub("_", PurePosixPath(urlsplit(prediction.path).path).name) or "image"
        path = os.path.abspath(prediction.path)
        for root in self._roots:
            if path.startswith(os.path.join(root, "")):
                return os.path.relpath(path, root)
        return os.path.basename(path)

    def _free(self, name: str) -> Path:
        """Return the path of a new file: `name`, else with a number before the ending."""
        stem, suffix = os.path.splitext(name)
        while os.path.lexists(self._folder / name):
            number = self._numbers[stem + suffix] = self._numbers.get(stem + suffix, 1) + 1
            name = f"{stem}_{number}{suffix}"
        return self._folder / name

    def _report(self, prediction: Prediction, reason: str) -> None:
        new = self._errors is None
        if self._errors is None:
            self._errors = open(self._folder / ERRORS_FILE, "w", encoding="utf-8",  # noqa: SIM115  closed by __exit__
                                errors="surrogateescape", newline="")
        rows = csv.writer(self._errors)
        if new:
            rows.writerow(["path", "error"])
        rows.writerow([prediction.path or "", reason])


def _folder_name(each: ClassScore) -> str:
    """Return the class name, or for a name that is no folder name everywhere a safe form with the class index."""
    safe = _UNSAFE.sub("_", each.name)[:_LONGEST_NAME].strip(" ")
    safe = safe if safe and not safe.startswith(".") else f"_{safe[1:]}"
    return safe if safe == each.name else f"{safe}_{each.id}"
