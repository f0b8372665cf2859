# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of CSV tables with a column of paths and a column of labels; other columns are ignored."""

from __future__ import annotations

import csv
from array import array
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Set, TextIO, Tuple

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


def read_csv(path: Path, root: str, *, delimiter: Optional[str] = None,
             class_names: Optional[Sequence[str]] = None, multilabel: bool = False, meaning: str = AUTO,
             num_classes: Optional[int] = None, known: Sequence[str] = ()) -> Source:
    """Read a table with a header line, UTF-8.

    The labels are indices from 0, or names: those of `class_names`, else all that occur, in class order;
    `table_labels.meaning_of` decides between them.

    Args:
        class_names: names of the label list.
        multilabel: each cell has any number of labels, see `_several`; the labels of the source are `LabelSets`.
        meaning: `indices`, `names` or `auto`.
        num_classes: number of classes, if it is configured.
        known: class names to which the labels are matched if there is no label list.

    Raises:
        UserError: the file is not UTF-8, lacks a column, has no rows, or its labels may be both indices and names.
        UserErrors: rows without a path or with an invalid label, each with its line.
    """
    names, ends, labels, counts = bytearray(), array("q"), array("i"), array("q")
    met: Dict[str, int] = {}  # label as written -> number
    errors: List[UserError] = []
    checked: Set[Tuple[bool, bool]] = set()  # kinds checked: (has a backslash, has non-ASCII letters)
    try:
        with _opened(path) as stream:
            rows = csv.reader(stream, delimiter=delimiter or ",")
            header = next(rows, [])
            file_at, label_at = _column(path, header, PATHS), _column(path, header, LABELS)
            for row in rows:
                if not any(row):
                    continue
                if len(row) <= max(file_at, label_at) or not row[file_at].strip() or not row[label_at].strip():
                    errors.append(UserError("the row lacks its path or label", where=f"{path}:{rows.line_num}"))
                    continue
                words, what = [row[label_at].strip()], ""
                if multilabel:
                    words, what = _several(row, label_at, len(header))
                if what:
                    errors.append(UserError(what, where=f"{path}:{rows.line_num}"))
                    continue
                name = row[file_at].strip().encode("utf-8", "surrogateescape")
                kind = b"\\" in name, not name.isascii()
                if any(kind) and kind not in checked:
                    checked.add(kind)
                    _check_name(name, root, f"{path}:{rows.line_num}")
                names += name
                ends.append(len(names))
                labels.extend(met.setdefault(word, len(met)) for word in words)
                counts.append(len(words))
    except UnicodeDecodeError:
        raise UserError("the table is not UTF-8", where=str(path), do="save it as UTF-8") from None
    except csv.Error as error:
        raise UserError(f"the table cannot be read: {error}", where=str(path)) from error
    if errors:
        raise UserErrors(errors)
    if not ends:
        raise UserError("the table holds no image", where=str(path))
    check_class_names(met, where=str(path), what="label", do="save the table as UTF-8, and write each label in one way")
    numbers_of, class_names = _classes(path, list(met), class_names, meaning, num_classes, known)
    table = np.array([numbers_of[word] for word in met], np.int64)
    numbers = table[np.array(labels, np.int64)]
    packed = PackedNames.joined(bytes(names), np.array(ends, np.int64))
    if not multilabel:
        return Source(Files(root), packed, numbers, class_names)
    rows_of = np.repeat(np.arange(len(counts)), np.array(counts, np.int64))
    ascending = numbers[np.lexsort((numbers, rows_of))]
    sets = LabelSets.from_counts(np.array(counts, np.int64), ascending)
    return Source(Files(root), packed, sets, class_names)


def _opened(path: Path) -> TextIO:
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
    """Return the labels of a row, and their error or "".

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
    return words, f"a label stands twice in {cell!r}" if len(set(words)) < len(words) else ""


def _column(path: Path, header: Sequence[str], wanted: Sequence[str]) -> int:
    found = [name.strip().lower() for name in header]
    for name in wanted:
        if name in found:
            return found.index(name)
    raise UserError(f"the table has no column '{wanted[0]}'; its columns: {', '.join(header) or 'none'}",
                    where=f"{path}:1", do=f"the header line names the columns {PATHS[0]} and {LABELS[0]}")


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
        raise UserError(f"labels that the label list does not know: {', '.join(map(one_line, unknown[:10]))}",
                        where=str(path))
    twice = sorted(set(words) & set(repeated(names)))
    if twice:
        raise UserError(f"the label list names '{one_line(twice[0])}' more than once, as classes "
                        f"{', '.join(map(str, repeated(names)[twice[0]]))}: the name does not say which one is meant",
                        where=str(path), do="give each class of the label list a name of its own")
    return {name: index for index, name in enumerate(names)}, names
