# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: RUF009 - `key` returns a dataclass field
"""Opening of the data set of a TRAIN or VALID section: list, table, class folders, tar files or repacked shards.

In: a config section. Out: a `Source`, with its classes matched to known ones, at most `max_samples` images, and the
cache of the section.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Union

from ppclas_core.api import Reader
from ppclas_core.config.config import Config
from ppclas_core.config.fields import key, members
from ppclas_core.config.sections import DataSection
from ppclas_core.data.cache import cached
from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.label_list import read_label_list
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.selection import read, select_reader
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.table_labels import AUTO
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.paths import PathText

MOST_CLASSES = 2**24
"""Limit on labels, as arrays with one element per class must fit the memory. Product codes are not class indices."""


@dataclass(frozen=True)
class SourceSection(DataSection):
    """Section TRAIN or VALID, with the top-level keys that define the meaning of its labels."""

    label_list: Optional[PathText] = key(None, "file of class names")
    multilabel: bool = key(False, "images have label sets")
    classes_num: Optional[int] = key(None, "number of classes")


def source_section(config: Config, name: str) -> SourceSection:
    """Return the section TRAIN or VALID of a config for `open_source`.

    The top-level keys on labels are added. The key `labels` of VALID defaults to that of TRAIN.
    """
    section = config.data_section(name) or DataSection()
    classes = config.classes_num
    labels = config.train.labels if section.labels == AUTO and config.train is not None else section.labels
    return _source_section(replace(section, labels=labels), {
        "label_list": config.label_list,
        "multilabel": config.task == "multilabel",
        "classes_num": classes if isinstance(classes, int) else None,
    })


def config_section(config: Mapping[str, Any], name: str) -> Dict[str, Any]:
    """Return the section TRAIN or VALID of a config, or of the config in a `meta.yaml`, for `open_source`.

    The top-level keys on labels are added. The key `labels` of VALID defaults to that of TRAIN.
    """
    section = source_section(Config.of(config), name)
    return {**(config.get(name) or {}), "label_list": section.label_list, "multilabel": section.multilabel,
            "labels": section.labels, "classes_num": section.classes_num}


def _source_section(section: DataSection, label_keys: Mapping[str, object]) -> SourceSection:
    """Return a section of a config with the top-level keys on labels."""
    values = {member.field: getattr(section, member.field) for member in members(DataSection)}
    return SourceSection(**values, **label_keys)  # type: ignore[arg-type]  # keys of the top level, by their names


def open_source(section: Union[SourceSection, Mapping[str, Any]], *, where: Callable[[str], str],
                known: Optional[ClassNames] = None, what: str = "the data") -> Source:
    """Open the data set of a section.

    Args:
        section: the section, or its plain values. `file_list` (lines, or a table if it ends in .csv) with `data_dir`
            (default: the folder of the list), `delimiter` and `label_list`; or `data_dir` alone: a folder of class
            folders, tar files or shards of `ppclas repack`. `reader`: the storage format, if it is not to be detected.
            `multilabel`: images have label sets. `labels` and `classes_num` define the meaning of numbers in a table.
            Also `max_samples`, `cache`, `cache_limit_gb` and `cache_dir`.
        where: key -> location in the config, e.g. `config.yaml:14`, for errors.
        known: class names to which those of the data are matched; the source has its indices and names.
        what: name of the data, for messages: "VALID".

    Raises:
        UserError: no data is given, or it does not exist.
        UserErrors: lines of the list are invalid.
        UnknownClasses: `known`, or the label list of a folder, lacks a class with images.
    """
    if not isinstance(section, SourceSection):
        section = SourceSection.from_values(section)
    try:
        source = read(read_request(section, where, known), section.reader)
    except UserError as error:
        if section.reader is not None:
            error.at(where("reader"))
        raise
    location = where("file_list" if section.file_list else "data_dir")
    if len(source) and source.labels.max() >= MOST_CLASSES:
        raise UserError(f"label {source.labels.max()} is too high for a class index", where=location,
                        do="number the classes from 0; a table .csv with labels: names does it")
    if known is not None:
        source = source.matched(known, what=what, where=location)
    if section.max_samples:
        source = source.at_most(section.max_samples)
    try:
        return cached(source, section.cache or "none", section.cache_limit_gb, section.cache_dir)
    except UserError as error:
        raise error.at(where("cache")) from error


def reader_of(section: DataSection) -> Optional[Reader]:
    """Return the record of the reader that opens a section; None if no reader recognizes the data."""
    try:
        if section.reader is not None:
            record: Reader = catalogue().find("reader", section.reader.name).record
        else:
            record = select_reader(read_request(_source_section(section, {}), str, None)).record
        return record
    except UserError:
        return None


def read_request(section: SourceSection, where: Callable[[str], str], known: Optional[ClassNames]) -> ReadRequest:
    """Return the request for the reader of a section; arguments and errors as in `open_source`."""
    file_list = section.file_list
    data_dir = section.data_dir
    if data_dir and not Path(data_dir).is_dir():
        raise _missing("folder", data_dir, where("data_dir"))
    names = _class_names(section, where)
    if not file_list and not data_dir and section.reader is None:
        raise UserError("no data: neither file_list nor data_dir is given", where=where("data_dir"),
                        do="file_list: a list of 'path label' lines; data_dir alone: a folder per class")
    if file_list and not Path(file_list).is_file():
        raise _missing("list file", file_list, where("file_list"))
    return ReadRequest(
        file_list=Path(file_list) if file_list else None,
        data_dir=Path(data_dir) if data_dir else None,
        where=where,
        multilabel=section.multilabel,
        delimiter=section.delimiter or None,
        labels=section.labels or AUTO,
        num_classes=section.classes_num,
        label_list=names,
        known=known,
    )


def _class_names(section: SourceSection, where: Callable[[str], str]) -> Optional[ClassNames]:
    path = section.label_list
    if not path:
        return None
    if not Path(path).is_file():
        raise _missing("label list", path, where("label_list"))
    return ClassNames(read_label_list(path), f"the label list {path}")


def _missing(kind: str, path: str, where: str) -> UserError:
    return UserError(f"no such {kind}: {path}", where=where,
                     do=f"relative paths start at the working directory, {Path.cwd()}")
