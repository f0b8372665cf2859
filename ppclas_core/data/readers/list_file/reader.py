# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of list files; one error lists all invalid lines by number."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.list_file.lines import limited, parse_label_set, parse_lines, parse_one_label, path_of
from ppclas_core.data.readers.list_file.plain import chunks, plain_rows, plain_sets
from ppclas_core.data.readers.list_file.spelling import check_bytes, check_spelling, lines_to_check, list_bytes
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import Files
from ppclas_core.errors import UserError, UserErrors

_SHOWN = 20


def open_list_file(request: ReadRequest) -> Source:
    """Return the images of the list `file_list`.

    Raises:
        UserError, UserErrors: see `read_list`.
    """
    assert request.file_list is not None
    return read_list(request.file_list, str(request.folder), delimiter=request.delimiter,
                     class_names=request.class_names, multilabel=request.multilabel)


def read_list(path: Path, root: str, *, delimiter: Optional[str] = None,
              class_names: Optional[Sequence[str]] = None, multilabel: bool = False) -> Source:
    """Read a list file: UTF-8, or UTF-16 with a BOM; blank lines are allowed, paths are relative to `root`.

    File names that are not UTF-8 are accepted if files with these names exist.

    The last delimiter of a line separates path and label, so paths may contain spaces. Memory: the bytes of the
    file and 24 bytes per line; no line becomes a Python string. Multi-label lists take 16 more bytes
    per line and 4 per label.

    Args:
        path: path of the list file.
        root: folder to which the image paths are relative.
        delimiter: delimiter of path and label; None: a tab if the line has one, else a space.
        class_names: class names of the label list; None if there is none.
        multilabel: labels have the form `1,4`, or `-` for none; the source has `LabelSets`.

    Raises:
        UserError: the file has another encoding or no images, its paths are written for another system, or a
            comma is the delimiter of a multi-label list.
        UserErrors: lines are not `path label`, or labels have no name in `class_names`.
    """
    if multilabel and delimiter == ",":
        raise UserError("a comma cannot separate both the path from its labels and the labels from one another",
                        where=str(path), do="separate the path by a blank or a tab, or write a table .csv")
    text = list_bytes(path)
    forced = None if delimiter is None else delimiter.encode("utf-8")
    most = len(class_names) if class_names is not None else None
    rows = np.empty((3, text.count(b"\n") + 1), np.int64)  # start and end of each path; label, or their number
    sets: List[np.ndarray] = []
    count = number = 0
    errors: List[UserError] = []
    for line, begin, end in lines_to_check(text):
        check_spelling(path_of(text, begin, end, forced), root, f"{path}:{line}")
    foreign = False  # whether there are names that are not UTF-8, of existing files
    for begin, end in chunks(text, 0):
        foreign = foreign or _is_foreign(text[begin:end], path, root, number, forced)
        if multilabel:
            found, of_part, wrong = _sets(text, begin, end, forced, most)
            sets.append(of_part)
        else:
            found, wrong = _rows(text, begin, end, forced, most)
        errors += [UserError(what, where=f"{path}:{number + line}") for line, what in wrong]
        rows[:, count : count + found.shape[1]] = found
        count += found.shape[1]
        number += text.count(b"\n", begin, end)
    if errors:
        hint = _delimiter_hint(text, delimiter) if not count else None
        raise UserErrors(errors) if hint is None else UserErrors([*errors[:_SHOWN - 1], hint])
    if not count:
        raise UserError("the list holds no image", where=str(path))
    starts, ends, last = rows[:, :count]
    labels = LabelSets.from_counts(last, np.concatenate(sets)) if multilabel else last
    return Source(Files(root), PackedNames(text, starts, ends), labels, class_names)


def _rows(text: bytes, begin: int, end: int, delimiter: Optional[bytes],
          most: Optional[int]) -> Tuple[np.ndarray, List[Tuple[int, str]]]:
    """Return the valid lines, (3, N) int64 of start, end and label, and (line number from 1, error) of the others."""
    found = plain_rows(text, begin, end, delimiter)
    if found is not None and (most is None or found[2].max() < most):
        return found, []
    lines, wrong = parse_lines(text, begin, end, delimiter, limited(parse_one_label, most))
    return np.array([(start, stop, label) for start, stop, (label,) in lines], np.int64).reshape(-1, 3).T, wrong


def _sets(text: bytes, begin: int, end: int, delimiter: Optional[bytes],
          most: Optional[int]) -> Tuple[np.ndarray, np.ndarray, List[Tuple[int, str]]]:
    """Return the same as `_rows` with the number of labels in place of the label; and all labels, (M,) int32."""
    found = plain_sets(text, begin, end, delimiter)
    if found is not None and (most is None or found[1].max(initial=-1) < most):
        return (*found, [])
    lines, wrong = parse_lines(text, begin, end, delimiter, limited(parse_label_set, most))
    rows = np.array([(start, stop, len(labels)) for start, stop, labels in lines], np.int64).reshape(-1, 3).T
    return rows, np.array([label for _, _, labels in lines for label in labels], np.int32), wrong


def _is_foreign(part: bytes, path: Path, root: str, lines_before: int, delimiter: Optional[bytes]) -> bool:
    """Return whether a part of a list has names that are not UTF-8; `check_bytes` checks the first of them."""
    try:
        part.decode("utf-8")
        return False
    except UnicodeDecodeError as error:
        position = error.start
    begin = part.rfind(b"\n", 0, position) + 1
    end = part.find(b"\n", position)
    name = path_of(part, begin, len(part) if end < 0 else end, delimiter)
    check_bytes(name, root, f"{path}:{lines_before + part.count(bytes([10]), 0, position) + 1}", "list")
    return True


def _delimiter_hint(text: bytes, delimiter: Optional[str]) -> Optional[UserError]:
    """Return an error that suggests the likely delimiter, if every line is invalid without it."""
    for other in (b"\t", b",", b";", b" "):
        if other.decode() == delimiter:
            continue
        parts = text.split(b"\n", 1)[0].rstrip().rsplit(other, 1)
        if len(parts) == 2 and parts[1].replace(b",", b"").strip().isdigit():
            return UserError(f"every line is invalid; the delimiter of the first one seems to be {other.decode()!r}",
                             do=f"write 'delimiter: {other.decode()!r}' in the config")
    return None
