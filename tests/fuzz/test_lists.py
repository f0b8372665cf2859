# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A damaged list, table or label list is read, or refused with its line; never a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from ppclas_core.data.label_list import read_label_list
from ppclas_core.data.readers.csv_table import read_csv
from ppclas_core.data.readers.list_file import read_list
from ppclas_core.errors import UserError
from tests.fuzz.mutations import check, damaged, damaged_lines, lengths

LIST = b"a.jpg 0\nfolder/b c.jpg 1\n\xe7\x8c\xab.png 2\nd.png 1\ne.png 0\n"
SETS = b"a.jpg 0,2\nb.jpg -\nc d.jpg 1\ne.jpg 0,1,2\n"
TABLE = b'path,label,note\na.jpg,cat,x\n"b, c.jpg",dog,"y\nz"\nd.jpg,cat,\n'
NUMBERS = b"image;class\na.jpg;0\nb.jpg;1\nc.jpg;2\n"
LABELS = b"0 cat\n1 sports car\n2 \xe7\x8c\xab\n3 dog\n"


def read(reader: Callable[[Path], Any], path: Path, data: bytes) -> None:
    """Read; a source holds labels of its own length, and a `UserError` names the file."""
    path.write_bytes(data)
    found: Any = []
    refusal = path.name
    try:
        found = reader(path)
    except UserError as error:
        refusal = str(error)
    assert path.name in refusal
    if not isinstance(found, list):
        assert len(found.labels) == len(found)
        for index in range(min(len(found), 3)):
            found.name(index)


@pytest.mark.parametrize("multilabel", [False, True])
@lengths
def test_a_damaged_list_is_read_or_refused(examples: int, multilabel: bool, tmp_path: Path) -> None:
    text = SETS if multilabel else LIST

    def reader(path: Path) -> Any:
        return read_list(path, str(tmp_path), multilabel=multilabel)

    check(examples, lambda data: read(reader, tmp_path / "list.txt", data),
          damaged([text]) | damaged_lines(text.split(b"\n")))


@pytest.mark.parametrize(("text", "delimiter"), [(TABLE, None), (NUMBERS, ";")])
@lengths
def test_a_damaged_table_is_read_or_refused(examples: int, text: bytes, delimiter: str, tmp_path: Path) -> None:
    def reader(path: Path) -> Any:
        return read_csv(path, str(tmp_path), delimiter=delimiter)

    check(examples, lambda data: read(reader, tmp_path / "table.csv", data),
          damaged([text]) | damaged_lines(text.split(b"\n")))


@lengths
def test_a_damaged_label_list_is_read_or_refused(examples: int, tmp_path: Path) -> None:
    check(examples, lambda data: read(read_label_list, tmp_path / "labels.txt", data),
          damaged([LABELS]) | damaged_lines(LABELS.split(b"\n")))
