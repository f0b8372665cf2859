# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Selection of the reader of a data set: the one that the config names, else the one that recognizes the data."""

from __future__ import annotations

import fnmatch
from typing import Any, List, Mapping, Optional, Sequence

from ppclas_core.api import Reader
from ppclas_core.config.sections import ReaderSection
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Entry, catalogue, resolve

_ANY = "*"


def read(request: ReadRequest, chosen: Optional[ReaderSection] = None) -> Source:
    """Open a data set with its reader.

    Args:
        request: the data set.
        chosen: section `reader`; None: the reader that recognizes the data.

    Raises:
        UserError: the reader or a parameter is unknown, no reader or several recognize the data, or it is invalid.
        PluginError: the reader of a plugin fails.
    """
    if chosen is not None:
        return _call(chosen.name, request, chosen.params or {})
    return _call(select_reader(request).record.name, request)


def read_list_only(request: ReadRequest) -> Source:
    """Read `file_list` only, for a reader of containers whose images are named in a list.

    Raises:
        UserError: see `read`.
    """
    return _call(_of_list(request).record.name, request)


def select_reader(request: ReadRequest) -> Entry:
    """Return the reader that recognizes a data set.

    Readers that find one of their files in `data_dir` take precedence: by exact name or their `detect` function, then
    by pattern. Next is the longest matching ending of `file_list`; last are readers of any list or folder.

    Raises:
        UserError: no reader recognizes the data, or several do with equal precedence.
    """
    readers = catalogue().entries("reader")
    names = request.names()
    exact = [entry for entry in readers if _holds_exactly(entry.record, names) or _detects(entry, request)]
    found = exact or [entry for entry in readers if _holds_pattern(entry.record, names, request)]
    if found:
        return _only(found, request)
    if request.file_list is not None:
        return _of_list(request)
    return _only([entry for entry in readers if _ANY in entry.record.contains], request)


def _of_list(request: ReadRequest) -> Entry:
    """Return the reader with the longest matching ending of `file_list`."""
    assert request.file_list is not None
    file = request.file_list.name.lower()
    lengths = [(entry, _ending(entry.record, file)) for entry in catalogue().entries("reader")]
    longest = max((length for _, length in lengths), default=-1)
    return _only([entry for entry, length in lengths if length == longest >= 0], request)


def _ending(record: Reader, file: str) -> int:
    """Return the length of the longest ending of a file name that a reader accepts; 0 for any ending, -1 for none."""
    return max((0 if suffix == _ANY else len(suffix) for suffix in record.suffixes
                if suffix == _ANY or file.endswith(suffix)), default=-1)


def _holds_exactly(record: Reader, names: Sequence[str]) -> bool:
    return any(name in names for name in record.contains if not _is_pattern(name))


def _holds_pattern(record: Reader, names: Sequence[str], request: ReadRequest) -> bool:
    patterns = [pattern for pattern in record.contains if pattern != _ANY and _is_pattern(pattern)]
    return any((request.folder / name).is_file() for pattern in patterns
               for name in fnmatch.filter(names, pattern))


def _is_pattern(text: str) -> bool:
    return any(letter in text for letter in "*?[")


def _detects(entry: Entry, request: ReadRequest) -> bool:
    if not entry.record.detect:
        return False
    detect = resolve(entry.record.detect, owner=entry.component)
    with catalogue().calling("reader", entry.record.name):
        return bool(detect(request))


def _only(found: List[Entry], request: ReadRequest) -> Entry:
    """Return the reader if exactly one was found, else raise a UserError."""
    where = request.where("data_dir" if request.file_list is None else "file_list")
    if not found:
        raise UserError("no reader recognizes the data", where=where,
                        do="name one: 'ppclas list readers' shows them, and the config takes reader: {name: ...}")
    if len(found) > 1:
        names = ", ".join(f"{entry.record.name} ({entry.owner})" for entry in found)
        raise UserError(f"several readers recognize the data: {names}", where=where,
                        do=f"name one of them: reader: {{name: {found[0].record.name}}}")
    return found[0]


def _call(name: str, request: ReadRequest, params: Optional[Mapping[str, Any]] = None) -> Source:
    """Return the source that a reader makes; it knows the plugin of the reader."""
    source = catalogue().create("reader", name, params or {}, {"request": request})
    with catalogue().calling("reader", name):
        if not isinstance(source, Source):
            raise TypeError(f"it returned a {type(source).__name__}, not a Source")
    owner = catalogue().find("reader", name).component
    if not owner.is_core and source.reader is None:
        source.reader = owner
    return source
