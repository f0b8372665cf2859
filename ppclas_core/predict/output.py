# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Output of many predictions, in bounded memory: a CSV table, JSON lines, or a folder of images.

A file or folder appears when it is complete. File names and class names are written unchanged, whatever they contain.
"""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import Iterator, List, Literal, Optional, Protocol, Sequence, TextIO

from ppclas_core.errors import UserError
from ppclas_core.predict.output_folder import OutputFolder
from ppclas_core.predict.prediction import Prediction
from ppclas_core.system.atomic import atomic_file, atomic_folder
from ppclas_core.system.json_text import to_json
from ppclas_core.system.paths import expand_path

FILE_SUFFIXES = (".csv", ".jsonl")
Sort = Literal["copy", "link"]


class Writer(Protocol):
    """Receiver of predictions."""

    def write(self, prediction: Prediction) -> None:
        """Write a prediction, or the error of an unusable image."""


def check_output(out: str, sort: Optional[Sort]) -> Path:
    """Return the path of an output after checks that need no model.

    Args:
        out: path of a `.csv` or `.jsonl` file, or of a new or empty folder.
        sort: see `open_output`.

    Raises:
        UserError: the ending is another one, the folder is not empty, or `sort` is given for a file.
    """
    path = Path(expand_path(out))
    if path.suffix.lower() in FILE_SUFFIXES and not path.is_dir() and not out.endswith("/"):
        if sort is not None:
            raise UserError("--sort writes a folder of images; this is a file", where=out,
                            do="--out FOLDER, or leave --sort out")
        return path
    if path.suffix.lower() in FILE_SUFFIXES:
        raise UserError(f"the name of a folder ends in {path.suffix}, which stands for a file", where=out,
                        do="give another name, or leave the '/' out")
    if path.suffix and not path.is_dir() and not out.endswith("/"):
        raise UserError(f"'{path.suffix}' is not a form of output", where=out,
                        do=f"use a file that ends in {' or '.join(FILE_SUFFIXES)}, or a folder: {out}/")
    if path.exists() and not path.is_dir():
        raise UserError("this is a file, not a folder", where=out, do="give another path")
    if path.is_dir() and next(path.iterdir(), None) is not None:
        raise UserError("the folder is not empty", where=out, do="give a new folder, or remove this one")
    return path


@contextlib.contextmanager
def open_output(path: Path, *, columns: int, roots: Sequence[str] = (), sort: Optional[Sort] = None,
                multilabel: bool = False) -> Iterator[Writer]:
    """Yield a writer; the file or folder appears when the block ends without an error.

    Args:
        path: result of `check_output`.
        columns: number of classes of a row of a CSV table.
        roots: folders to which the paths in an output folder are relative.
        sort: for a folder: write copies of the images, or links to them, into a folder per class, in place of
            annotated copies.
        multilabel: the model is multi-label: an image is sorted into each class that it finds.

    Raises:
        OSError: the output cannot be written.
    """
    if path.suffix.lower() not in FILE_SUFFIXES:
        with atomic_folder(path) as partial, OutputFolder(
                partial, roots, sort, multilabel=multilabel) as folder:
            yield folder
        return
    with _text_file(path) as file:
        yield _Table(file, columns) if path.suffix.lower() == ".csv" else _Lines(file)


@contextlib.contextmanager
def _text_file(path: Path) -> Iterator[TextIO]:
    """Yield a text file in which bytes of names that are not UTF-8 are written unchanged."""
    with contextlib.ExitStack() as stack:
        special = path.exists() and not path.is_file()  # a pipe, which cannot be replaced
        target = path if special else stack.enter_context(atomic_file(path))
        with open(target, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            yield file


class _Lines:
    """JSON lines: `Prediction.to_dict` of each image."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, prediction: Prediction) -> None:
        """Write a line."""
        self._file.write(to_json(prediction.to_dict()) + "\n")


class _Table:
    """CSV table: path, classes with their scores, and the error of an unusable image."""

    def __init__(self, file: TextIO, columns: int) -> None:
        self._rows = csv.writer(file)
        self._columns = columns
        names = [name for number in range(1, columns + 1) for name in (f"class_{number}", f"score_{number}")]
        self._rows.writerow(["path", *names, "error"])

    def write(self, prediction: Prediction) -> None:
        """Write a row."""
        cells: List[str] = []
        for each in prediction.classes[:self._columns]:
            cells += [each.name, f"{each.score:.6f}"]
        cells += [""] * (2 * self._columns - len(cells))
        self._rows.writerow([prediction.path or "", *cells, prediction.error])
