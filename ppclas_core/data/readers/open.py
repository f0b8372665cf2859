# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Open the data set that a TRAIN or VALID section names: list, table, folder per class, tar or repacked shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional

from ppclas_core.data.cache import cached
from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.label_list import read_label_list
from ppclas_core.data.readers.csv_table import read_csv
from ppclas_core.data.readers.folder import scan_folders
from ppclas_core.data.readers.image_splits import refuse_splits
from ppclas_core.data.readers.list_file import read_list
from ppclas_core.data.readers.repacked import is_repacked, open_shards
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.table_labels import AUTO
from ppclas_core.data.readers.tar_shards import open_tars, tar_files
from ppclas_core.errors import UserError

MOST_CLASSES = 2**24
"""No label is higher: tables of one number per class must fit the memory, and codes of products are no indices."""


def config_section(config: Mapping[str, Any], name: str) -> Dict[str, Any]:
    """Return the section TRAIN or VALID of a config, or of the config in a `meta.yaml`, for `open_source`: with what
    the whole config says of its labels. Tables of VALID are read as those of TRAIN unless they say otherwise."""
    section, training = config.get(name) or {}, config.get("TRAIN") or {}
    labels = section.get("labels") or AUTO
    classes = config.get("classes_num")
    return {**section, "label_list": config.get("label_list"), "multilabel": config.get("task") == "multilabel",
            "labels": training.get("labels") if labels == AUTO else labels,
            "classes_num": classes if isinstance(classes, int) else None}


def open_source(section: Mapping[str, Any], *, where: Callable[[str], str], known: Optional[ClassNames] = None,
                what: str = "the data") -> Source:
    """The data set of a section.

    Args:
        section: `file_list` (lines, or a table where it ends in .csv) with `data_dir` (by default the folder of the
            list), `delimiter` and `label_list`; or `data_dir` alone: a folder per class, of tar files, or what
            `ppclas repack` wrote. `multilabel`: an image may have several labels. `labels` and `classes_num` say what
            the numbers of a table mean. Then `max_samples`, `cache`, `cache_limit_gb` and `cache_dir`.
        where: the place of a key in the config, `config.yaml:14`, for errors.
        known: names of classes that those of the data are matched to: its indices and names are those of the source.
        what: the data, for messages: "VALID".

    Raises:
        UserError: neither is given, or it does not exist.
        UserErrors: bad lines of the list.
        UnknownClasses: images of a class that `known`, or the label list of a folder, lacks.
    """
    source = _open(section, where, known)
    place = where("file_list" if section.get("file_list") else "data_dir")
    if len(source) and source.labels.max() >= MOST_CLASSES:
        raise UserError(f"label {source.labels.max()} is too high for the index of a class", where=place,
                        do="number the classes from 0; a table .csv with labels: names does it")
    if known is not None:
        source = source.matched(known, what=what, where=place)
    if section.get("max_samples"):
        source = source.at_most(section["max_samples"])
    try:
        return cached(source, section.get("cache") or "none", section.get("cache_limit_gb", 4.0),
                      section.get("cache_dir"))
    except UserError as error:
        raise error.at(where("cache")) from error


def _open(section: Mapping[str, Any], where: Callable[[str], str], known: Optional[ClassNames]) -> Source:
    file_list, data_dir, multilabel = (section.get(key) for key in ("file_list", "data_dir", "multilabel"))
    if data_dir and not Path(data_dir).is_dir():
        raise _missing("folder", data_dir, where("data_dir"))
    names = _class_names(section, where)
    if not file_list:
        if not data_dir:
            raise UserError("no data: neither file_list nor data_dir is given", where=where("data_dir"),
                            do="file_list: a list of 'path label' lines; data_dir alone: a folder per class")
        return _open_folder(Path(data_dir), names, bool(multilabel), where)
    if not Path(file_list).is_file():
        raise _missing("list file", file_list, where("file_list"))
    root = Path(data_dir) if data_dir else Path(file_list).parent
    if is_repacked(root):
        raise UserError(f"{root} holds repacked images, which carry their labels: file_list has no effect",
                        where=where("file_list"), do="remove file_list")
    options: Dict[str, Any] = {"delimiter": section.get("delimiter") or None, "multilabel": bool(multilabel),
                               "class_names": None if names is None else names.names}
    if Path(file_list).suffix.lower() == ".csv":
        listed = read_csv(Path(file_list), str(root), meaning=section.get("labels") or AUTO,
                          num_classes=section.get("classes_num"), known=known.names if known is not None else (),
                          **options)
    else:
        listed = read_list(Path(file_list), str(root), **options)
    return open_tars(root, listed, multilabel=bool(multilabel)) if tar_files(root) else listed


def _open_folder(folder: Path, names: Optional[ClassNames], multilabel: bool, where: Callable[[str], str]) -> Source:
    """What a folder holds. Of classes that have names there and in the label list, the order of the list decides."""
    if is_repacked(folder):
        shards = open_shards(folder)
        if shards.class_names is None and names is not None:
            shards.class_names = list(names.names)
        if shards.multilabel != multilabel:
            raise UserError(f"its images were repacked with {'several labels' if shards.multilabel else 'one label'} "
                            f"each; this needs {'several' if multilabel else 'one'}", where=str(folder),
                            do=f"task: {'multilabel' if shards.multilabel else 'multiclass'}, or repack the list again "
                               f"{'with' if multilabel else 'without'} --multilabel")
        return shards if names is None else shards.matched(names, what=str(folder), where=where("label_list"))
    if tar_files(folder):
        return open_tars(folder, None, None if names is None else names.names, multilabel=multilabel)
    if multilabel:
        raise UserError("a folder per class gives each image one label; several need a list", where=where("data_dir"),
                        do="file_list: lines of 'path 1,4', or a table .csv")
    refuse_splits(folder, where("data_dir"))
    found = scan_folders(folder)
    return found if names is None else found.matched(names, what=str(folder), where=where("label_list"))


def _class_names(section: Mapping[str, Any], where: Callable[[str], str]) -> Optional[ClassNames]:
    path = section.get("label_list")
    if not path:
        return None
    if not Path(path).is_file():
        raise _missing("label list", path, where("label_list"))
    return ClassNames(read_label_list(path), f"the label list {path}")


def _missing(kind: str, path: str, where: str) -> UserError:
    return UserError(f"no such {kind}: {path}", where=where,
                     do=f"relative paths start at the working directory, {Path.cwd()}")
