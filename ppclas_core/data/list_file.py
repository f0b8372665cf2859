# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""List files: one `path label` a line; whatever is wrong with them is told at once, with line numbers."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.list_lines import chunks, plain_rows
from ppclas_core.data.source import Source
from ppclas_core.errors import UserError, UserErrors

_SHOWN = 20


def read_list(path: Path, root: str, *, delimiter: Optional[str] = None,
              class_names: Optional[Sequence[str]] = None) -> Source:
    """Read a list file: UTF-8 with or without BOM, blank lines allowed, paths relative to `root`.

    The last delimiter of a line divides path from label, so that paths may hold spaces. Memory: the bytes of the
    file and 24 bytes per line, whatever their number; no line becomes a Python string.

    Args:
        delimiter: what divides; None: a tab where the line has one, else a space.

    Raises:
        UserError: the file is not UTF-8 or holds no image.
        UserErrors: lines that are not `path label`, or labels that have no name in `class_names`.
    """
    text = path.read_bytes()
    forced = None if delimiter is None else delimiter.encode("utf-8")
    most = len(class_names) if class_names is not None else None
    rows = np.empty((3, text.count(b"\n") + 1), np.int64)  # start and end of each path, label
    count = number = 0
    errors: List[UserError] = []
    for begin, end in chunks(text, len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0):
        _check_utf8(path, text[begin:end], number)
        found = plain_rows(text, begin, end, forced)
        if found is None or (most is not None and found[2].max() >= most):
            found, wrong = _parse_lines(text, begin, end, forced, most)
            errors += [UserError(what, where=f"{path}:{number + line}") for line, what in wrong]
        rows[:, count : count + found.shape[1]] = found
        count += found.shape[1]
        number += text.count(b"\n", begin, end)
    if errors:
        hint = _delimiter_hint(text, delimiter) if not count else None
        raise UserErrors(errors) if hint is None else UserErrors([*errors[:_SHOWN - 1], hint])
    if not count:
        raise UserError("the list holds no image", where=str(path))
    starts, ends, labels = rows[:, :count]
    return Source(root, text, starts, ends, labels, class_names)


def _parse_lines(text: bytes, begin: int, end: int, delimiter: Optional[bytes],
                 most: Optional[int]) -> Tuple[np.ndarray, List[Tuple[int, str]]]:
    """(3, N) int64 rows of the right lines, and (number from 1, what is wrong) of the others."""
    rows: List[Tuple[int, int, int]] = []
    wrong: List[Tuple[int, str]] = []
    number = 0
    while begin < end:
        number += 1
        stop = text.find(b"\n", begin, end)
        stop = end if stop < 0 else stop
        row, what = _parse(text, begin, stop, delimiter, most)
        if row is not None:
            rows.append(row)
        elif what:
            wrong.append((number, what))
        begin = stop + 1
    return np.array(rows, np.int64).reshape(-1, 3).T, wrong


def _parse(text: bytes, start: int, end: int, delimiter: Optional[bytes],
           most: Optional[int]) -> Tuple[Optional[Tuple[int, int, int]], str]:
    """((start of the path, its end, label), "") or (None, what is wrong); (None, "") for a blank line."""
    line = text[start:end].rstrip()
    if not line.strip():
        return None, ""
    divider = delimiter or (b"\t" if b"\t" in line else b" ")
    cut = line.rfind(divider)
    name, label = line[:cut].rstrip(), line[cut + len(divider) :].strip()
    if cut < 0 or not name.strip():
        return None, 'expected "<path> <label>", got 1 field'
    if not label.isdigit():
        shown = label.decode("utf-8")
        negative = label[:1] == b"-" and label[1:].isdigit()
        return None, f"label {shown} is negative; labels start at 0" if negative else (
            f'expected "<path> <label>", but the label {shown!r} is not a whole number')
    if most is not None and int(label) >= most:
        return None, f"label {int(label)} has no name: the label list ends at {most - 1}"
    skipped = len(name) - len(name.lstrip())
    return (start + skipped, start + len(name), int(label)), ""


def _check_utf8(path: Path, part: bytes, lines_before: int) -> None:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines_before + part.count(b"\n", 0, error.start) + 1
        raise UserError("the list is not UTF-8", where=f"{path}:{line}",
                        do="save it as UTF-8, e.g. iconv -f GBK -t UTF-8") from None


def _delimiter_hint(text: bytes, delimiter: Optional[str]) -> Optional[UserError]:
    """When every line is wrong, the delimiter is the likely cause."""
    for other in (b"\t", b",", b";", b" "):
        if other.decode() == delimiter:
            continue
        parts = text.split(b"\n", 1)[0].rstrip().rsplit(other, 1)
        if len(parts) == 2 and parts[1].strip().isdigit():
            return UserError(f"every line is wrong; the first one looks divided by {other.decode()!r}",
                             do=f"write 'delimiter: {other.decode()!r}' in the config")
    return None
