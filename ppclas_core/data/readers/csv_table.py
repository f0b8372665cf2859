# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of CSV tables with a column of paths and a column of labels; other columns are ignored."""

from __future__ import annotations

import contextlib
import csv
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Set, TextIO, Tuple

import numpy as np

from ppclas_core.data.class_match import in_class_order, repeated
from ppclas_core.data.class_names import check_class_names
from ppclas_core.data.readers.label_sets import NONE, LabelSets
from ppclas_core.data.readers.list_file.spelling import check_bytes, check_spelling
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import Files
from ppclas_core.data.readers.table_labels import AUTO, INDICES, as_index, meaning_of
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import as_utf8, encoding_of

PATHS = ("path", "file", "filename", "image", "image_path")
LABELS = ("label", "class", "target", "category", "labels")
"""Accepted names of the two columns, case-insensitive; the first one found is used."""


def open_csv_table(request: ReadRequest) -> Source:
    """Return the images of the table `file_list`.

    Raises:
        UserError, UserErrors: see `read_csv`.
    """
    assert request.file_list is not None
    return read_csv(request.file_list, str(request.folder), delimiter=request.delimiter, meaning=request.labels,
                    class_names=request.class_names, multilabel=request.multilabel, num_classes=request.num_classes,
                    known=request.known.names if request.known is not None else ())


@dataclass
class _Rows:
    """Rows of a table in flat arrays, without a Python object per row.

    Args:
        names: concatenated names of the images.
        ends: end of each name in `names`.
        labels: concatenated numbers of the labels of all rows, see `words`.
        counts: number of labels of each row.
        words: label as written -> its number.
    """

    names: bytearray = field(default_factory=bytearray)
    ends: array[int] = field(default_factory=lambda: array("q"))
    labels: array[int] = field(default_factory=lambda: array("i"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    words: Dict[str, int] = field(default_factory=dict)

    def add(self, name: bytes, words: Sequence[str]) -> None:
        """Add an image and its labels."""
        self.names += name
        self.ends.append(len(self.names))
        self.labels.extend(self.words.setdefault(word, len(self.words)) for word in words)
        self.counts.append(len(words))


def read_csv(path: Path, root: str, *, delimiter: Optional[str] = None,
             class_names: Optional[Sequence[str]] = None, multilabel: bool = False, meaning: str = AUTO,
             num_classes: Optional[int] = None, known: Sequence[str] = ()) -> Source:
    """Read a table with a header line, UTF-8.

    The labels are indices from 0, or names: those of `class_names`, else all that occur, in class order;
    `table_labels.meaning_of` decides between indices and names.

    Args:
        path: path of the table.
        root: folder to which the image paths are relative.
        delimiter: delimiter of the cells; None: a comma.
        class_names: names of the label list.
        multilabel: each cell has any number of labels, see `_several`; the labels of the source are `LabelSets`.
        meaning: `indices`, `names` or `auto`.
        num_classes: number of classes, if it is configured.
        known: class names to which the labels are matched if there is no label list.

    Raises:
        UserError: the file is not UTF-8, lacks a column, has no rows, or its labels may be both indices and names.
        UserErrors: rows without a path or with an invalid label, each with its line.
    """
    with _table_errors(path):
        rows = _read_rows(path, root, delimiter or ",", multilabel)
    if not rows.ends:
        raise UserError("the table holds no image", where=str(path))
    check_class_names(rows.words, where=str(path), what="label",
                      do="save the table as UTF-8, and spell each label the same in all rows")
    numbers_of, class_names = _classes(path, list(rows.words), class_names, meaning, num_classes, known)
    table = np.array([numbers_of[word] for word in rows.words], np.int64)
    numbers = table[np.array(rows.labels, np.int64)]
    names = PackedNames.joined(bytes(rows.names), np.array(rows.ends, np.int64))
    if not multilabel:
        return Source(Files(root), names, numbers, class_names)
    counts = np.array(rows.counts, np.int64)
    row_of = np.repeat(np.arange(len(counts)), counts)
    sets = LabelSets.from_counts(counts, numbers[np.lexsort((numbers, row_of))])  # ascending within each row
    return Source(Files(root), names, sets, class_names)


def read_path_column(path: Path) -> List[str]:
    """Return the image paths of a table with a header line; it needs no other column.

    Raises:
        UserError: the table cannot be read, has no such column, or a row has no path.
        OSError: the file cannot be read.
    """
    with _table_errors(path), opened_table(path) as stream:
        rows = csv.reader(stream)
        column = _column(path, next(rows, []), PATHS)
        found: List[str] = []
        for row in rows:
            if not any(row):
                continue
            found.append(row[column].strip() if column < len(row) else "")
            if not found[-1]:
                raise UserError(f"line {rows.line_num} has no {PATHS[0]}", where=f"{path}:{rows.line_num}")
    return found


@contextlib.contextmanager
def _table_errors(path: Path) -> Iterator[None]:
    """Convert errors of decoding and of parsing a table to `UserError`."""
    try:
        yield
    except UnicodeDecodeError:
        raise UserError("the table is not UTF-8", where=str(path), do="save it as UTF-8") from None
    except csv.Error as error:
        raise UserError(f"the table cannot be read: {error}", where=str(path)) from error


def _read_rows(path: Path, root: str, delimiter: str, multilabel: bool) -> _Rows:
    """Read the rows of a table.

    Raises:
        UserError: a column is missing, or the paths are written for another system.
        UserErrors: rows without a path or with an invalid label, each with its line.
        UnicodeDecodeError: the file is not in its encoding.
        csv.Error: the file is not a table.
    """
    found = _Rows()
    errors: List[UserError] = []
    checked: Set[Tuple[bool, bool]] = set()  # kinds of names checked: (has a backslash, has non-ASCII letters)
    with opened_table(path) as stream:
        rows = csv.reader(stream, delimiter=delimiter)
        header = next(rows, [])
        file_column = _column(path, header, PATHS)
        label_column = _column(path, header, LABELS)
        for row in rows:
            if not any(row):
                continue
            if (len(row) <= max(file_column, label_column) or not row[file_column].strip() or
                    not row[label_column].strip()):
                errors.append(UserError("the row lacks its path or label", where=f"{path}:{rows.line_num}"))
                continue
            words, wrong = [row[label_column].strip()], ""
            if multilabel:
                words, wrong = _several(row, label_column, len(header))
            if wrong:
                errors.append(UserError(wrong, where=f"{path}:{rows.line_num}"))
                continue
            name = row[file_column].strip().encode("utf-8", "surrogateescape")
            kind = b"\\" in name, not name.isascii()
            if any(kind) and kind not in checked:
                checked.add(kind)
                _check_name(name, root, f"{path}:{rows.line_num}")
            found.add(name, words)
    if errors:
        raise UserErrors(errors)
    return found


def opened_table(path: Path) -> TextIO:
    """Open a table with its encoding, see `as_utf8`."""
    with open(path, "rb") as stream:
        head = stream.read(4096)
    encoding = encoding_of(head)
    if encoding == "utf-8":
        as_utf8(head, str(path))
    return open(path, encoding=encoding, errors="surrogateescape" if "8" in encoding else "strict", newline="")


def _check_name(name: bytes, root: str, where: str) -> None:
    """Check the spelling and encoding of a name against the files, as for list files."""
    check_spelling(name, root, where)
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        check_bytes(name, root, where, "table")


def _several(row: Sequence[str], column: int, columns: int) -> Tuple[List[str], str]:
    """Return the labels of a row of multi-label data, and the error or "".

    Labels are separated by `;`, else by `,`. If they are the last column, a row may be longer than the header. `-`
    means no labels.
    """
    cell = ",".join(row[column:]) if column == columns - 1 else row[column]
    if len(row) > columns and column < columns - 1:
        return [], f"the row has {len(row)} cells, the header {columns}; quote labels that have commas between them"
    if cell.strip() == NONE:
        return [], ""
    words = [word.strip() for word in cell.strip().rstrip(";").split(";" if ";" in cell else ",")]
    if not all(words):
        return [], f"a label is missing in {cell!r}; an image of no class has the label {NONE}"
    return words, f"a label occurs twice in {cell!r}" if len(set(words)) < len(words) else ""


def _column(path: Path, header: Sequence[str], wanted: Sequence[str]) -> int:
    """Return the index of the first wanted column that the header has."""
    found = [name.strip().lower() for name in header]
    for name in wanted:
        if name in found:
            return found.index(name)
    raise UserError(f"the table has no column '{wanted[0]}'; its columns: {', '.join(header) or 'none'}",
                    where=f"{path}:1", do=f"name the columns {PATHS[0]} and {LABELS[0]} in the header line")


def _classes(path: Path, words: Sequence[str], class_names: Optional[Sequence[str]], meaning: str,
             num_classes: Optional[int], known: Sequence[str]) -> Tuple[Dict[str, int], Optional[List[str]]]:
    """Return label text -> class index, and the class names."""
    names = None if class_names is None else list(class_names)
    if meaning_of(words, meaning, names if names is not None else known, num_classes, str(path)) == INDICES:
        numbers = {word: as_index(word) for word in words}
        if names is not None and max(numbers.values(), default=0) >= len(names):
            raise UserError(f"label {max(numbers.values())} has no name: the label list ends at {len(names) - 1}",
                            where=str(path))
        return numbers, names
    if names is None:
        names = in_class_order(words)
    unknown = sorted(set(words) - set(names))
    if unknown:
        raise UserError(f"labels that the label list lacks: {', '.join(map(one_line, unknown[:10]))}",
                        where=str(path))
    twice = sorted(set(words) & set(repeated(names)))
    if twice:
        raise UserError(f"the label list has the name '{one_line(twice[0])}' more than once, for classes "
                        f"{', '.join(map(str, repeated(names)[twice[0]]))}: the class of such a label is ambiguous",
                        where=str(path), do="give each class of the label list a name of its own")
    return {name: index for index, name in enumerate(names)}, names
