# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The most confident errors of an evaluation with their images, for notebooks and files."""

from __future__ import annotations

import base64
import html
from pathlib import Path
from typing import Iterator, List, NamedTuple, Sequence, Tuple, Union, overload

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import write_page
from ppclas_core.tasks.task import Example, Task

KEPT = 64
"""Number of errors that an evaluation keeps."""

SIDE = 160
"""Longer side of a thumbnail in pixels."""

_QUALITY = 85
_FIGURE = "display:inline-block;margin:0 8px 12px 0;width:160px;vertical-align:top;font:11px system-ui,sans-serif"


class TopError(NamedTuple):
    """One wrong prediction.

    Args:
        path: path of the image.
        labels: classes of the image, one unless the data is multi-label.
        predicted: predicted classes with their scores in 0..1, highest first.
        caption: one line of text.
        sample: index of the image in the data set.
    """

    path: str
    labels: List[str]
    predicted: List[Tuple[str, float]]
    caption: str
    sample: int


class TopErrors(Sequence[TopError]):
    """Sequence of wrong predictions, the most confident ones first; a notebook shows them with their images.

    Args:
        errors: the errors.
        source: data set of the images, which are read when they are shown.
    """

    def __init__(self, errors: Sequence[TopError], source: Source) -> None:
        self._errors = list(errors)
        self._source = source

    @classmethod
    def of(cls, examples: Sequence[Example], task: Task, names: Sequence[str], source: Source) -> TopErrors:
        """Return the errors of examples with the class names `names`."""
        errors = [TopError(source.path(one.sample), [names[index] for index, _ in one.labels],
                           [(names[index], score) for index, score in one.found],
                           task.caption(one, names, source.name(one.sample)), one.sample) for one in examples]
        return cls(errors, source)

    def first(self, count: int) -> TopErrors:
        """Return the first `count` errors."""
        return TopErrors(self._errors[:count], self._source)

    def __len__(self) -> int:
        return len(self._errors)

    @overload
    def __getitem__(self, index: int) -> TopError: ...
    @overload
    def __getitem__(self, index: slice) -> TopErrors: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[TopError, TopErrors]:
        if isinstance(index, slice):
            return TopErrors(self._errors[index], self._source)
        return self._errors[index]

    def __iter__(self) -> Iterator[TopError]:
        return iter(self._errors)

    def __repr__(self) -> str:
        return "\n".join(one.caption for one in self._errors) or "no errors"

    def save(self, path: Union[str, Path]) -> Path:
        """Write the errors with their images as one HTML page and return its path.

        Raises:
            UserError: the path does not end in `.html`.
        """
        target = Path(expand_path(str(path)))
        if target.suffix.lower() not in (".html", ".htm"):
            raise UserError(f"errors cannot be written to '{path}'; they are an HTML page",
                            do=f"save('{target.with_suffix('.html').name}')")
        target.parent.mkdir(parents=True, exist_ok=True)
        write_page(target, '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Most confident errors'
                   f"</title></head><body>\n{self._repr_html_()}\n</body></html>\n")
        return target

    def _repr_html_(self) -> str:
        """Return the HTML that a notebook shows: each image with its caption. It needs no other file."""
        return "\n".join(map(self._figure, self._errors)) or "<p>no errors</p>"

    def _figure(self, error: TopError) -> str:
        text = html.escape(error.caption)
        data = self._thumbnail(error)
        picture = f'<img alt="{text}" src="data:image/jpeg;base64,{data}">' if data else "<p>image not readable</p>"
        return f'<figure style="{_FIGURE}">{picture}<figcaption>{text}</figcaption></figure>'

    def _thumbnail(self, error: TopError) -> str:
        """Return a small JPEG in base64; "" if the image cannot be read any more."""
        try:
            encoded = self._source.read(error.sample)
            pixels = build_pipeline([{"DecodeImage": {}}])(encoded, np.random.default_rng(0), error.path)
        except (BadImage, OSError):
            return ""
        scale = SIDE / max(pixels.shape[:2])
        size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
        data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
        return base64.b64encode(data).decode("ascii")
