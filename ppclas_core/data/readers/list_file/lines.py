# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Exact parser of list files, line by line, with an error per line."""

from __future__ import annotations

from typing import Callable, List, Optional, Tuple

from ppclas_core.data.readers.label_sets import parse_labels, parse_number

LabelParser = Callable[[bytes, bytes], Tuple[List[int], str]]
"""(path, text of the labels) -> (labels, error or "")."""


def parse_lines(text: bytes, begin: int, end: int, delimiter: Optional[bytes],
                 parse: LabelParser) -> Tuple[List[Tuple[int, int, List[int]]], List[Tuple[int, str]]]:
    """Parse the lines of a part of a list.

    Returns:
        (start and end of the path, labels) of the valid lines, and (line number from 1, error) of the others.
    """
    rows: List[Tuple[int, int, List[int]]] = []
    wrong: List[Tuple[int, str]] = []
    number = 0
    while begin < end:
        number += 1
        stop = text.find(b"\n", begin, end)
        stop = end if stop < 0 else stop
        row, what = _parse(text, begin, stop, delimiter, parse)
        if row is not None:
            rows.append(row)
        elif what:
            wrong.append((number, what))
        begin = stop + 1
    return rows, wrong


def _parse(text: bytes, start: int, end: int, delimiter: Optional[bytes],
           parse: LabelParser) -> Tuple[Optional[Tuple[int, int, List[int]]], str]:
    """Return ((start and end of the path, labels), "") or (None, error); (None, "") for a blank line."""
    line = text[start:end].rstrip()
    if not line.strip():
        return None, ""
    divider = delimiter or (b"\t" if b"\t" in line else b" ")
    cut = line.rfind(divider)
    name = line[:cut].rstrip()
    last = line[cut + len(divider) :].strip()
    if cut < 0 or not name.strip():
        return None, 'expected "<path> <label>", got 1 field'
    labels, what = parse(name, last)
    if what:
        return None, what
    skipped = len(name) - len(name.lstrip())
    return (start + skipped, start + len(name), labels), ""


def parse_label_set(name: bytes, text: bytes) -> Tuple[List[int], str]:
    """Parse labels separated by commas; return them and the error or ""."""
    if name.endswith(b","):
        return [], "there is a blank between the labels; write them as 1,4, or separate the path by a tab"
    return parse_labels(text)


def parse_one_label(name: bytes, text: bytes) -> Tuple[List[int], str]:
    """Parse a single label; return it and the error or ""."""
    if text.isdigit():
        number, what = parse_number(text)
        return [number], what
    shown = text.decode("utf-8", "backslashreplace")
    if text[:1] == b"-" and text[1:].isdigit():
        return [], f"label {shown} is negative; labels start at 0"
    several = "; several labels need 'task: multilabel'" if text.replace(b",", b"").isdigit() else ""
    return [], f'expected "<path> <label>", but the label {shown!r} is not a whole number{several}'


def limited(parse: LabelParser, most: Optional[int]) -> LabelParser:
    """Return a parser like `parse` that refuses labels >= `most`."""

    def checked(name: bytes, text: bytes) -> Tuple[List[int], str]:
        labels, what = parse(name, text)
        if not what and most is not None and labels and labels[-1] >= most:
            what = f"label {labels[-1]} has no name: the label list ends at {most - 1}"
        return labels, what

    return checked


def path_of(text: bytes, begin: int, end: int, delimiter: Optional[bytes]) -> bytes:
    """Return the path of a line without parsing its labels; empty if there is none."""
    row, _ = _parse(text, begin, end, delimiter, lambda name, last: ([], ""))
    return b"" if row is None else text[row[0] : row[1]]
