# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Open the data set that a TRAIN or VALID section names: list, table, folder per class, tar or repacked shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional

from ppclas_core.data.cache import cached
from ppclas_core.data.csv_file import read_csv
from ppclas_core.data.folder import scan_folders
from ppclas_core.data.labels import read_label_list
from ppclas_core.data.list_file import read_list
from ppclas_core.data.shards import is_repacked, open_shards
from ppclas_core.data.source import Source
from ppclas_core.data.tar_shards import open_tars, tar_files
from ppclas_core.errors import UserError


def open_source(section: Mapping[str, Any], *, where: Callable[[str], str]) -> Source:
    """The data set of a section.

    Args:
        section: `file_list` (lines, or a table where it ends in .csv) with `data_dir` (by default the folder of the
            list), `delimiter` and `label_list`; or `data_dir` alone: a folder per class, of tar files, or what
            `ppclas repack` wrote. `multilabel`: an image may have several labels. Then `max_samples`,
            `cache`, `cache_limit_gb` and `cache_dir`.
        where: the place of a key in the config, `config.yaml:14`, for errors.

    Raises:
        UserError: neither is given, or it does not exist.
        UserErrors: bad lines of the list.
    """
    source = _open(section, where)
    if section.get("max_samples"):
        source = source.at_most(section["max_samples"])
    try:
        return cached(source, section.get("cache") or "none", section.get("cache_limit_gb", 4.0),
                      section.get("cache_dir"))
    except UserError as error:
        raise error.at(where("cache")) from error


def _open(section: Mapping[str, Any], where: Callable[[str], str]) -> Source:
    file_list, data_dir, multilabel = (section.get(key) for key in ("file_list", "data_dir", "multilabel"))
    if data_dir and not Path(data_dir).is_dir():
        raise _missing("folder", data_dir, where("data_dir"))
    names = _class_names(section, where)
    if not file_list:
        if not data_dir:
            raise UserError("no data: neither file_list nor data_dir is given", where=where("data_dir"),
                            do="file_list: a list of 'path label' lines; data_dir alone: a folder per class")
        return _open_folder(Path(data_dir), names, bool(multilabel), where("data_dir"))
    if not Path(file_list).is_file():
        raise _missing("list file", file_list, where("file_list"))
    root = Path(data_dir) if data_dir else Path(file_list).parent
    if is_repacked(root):
        raise UserError(f"{root} holds repacked images, which carry their labels: file_list has no effect",
                        where=where("file_list"), do="remove file_list")
    read = read_csv if Path(file_list).suffix.lower() == ".csv" else read_list
    listed = read(Path(file_list), str(root), delimiter=section.get("delimiter") or None, class_names=names,
                  multilabel=bool(multilabel))
    return open_tars(root, listed, multilabel=bool(multilabel)) if tar_files(root) else listed


def _open_folder(folder: Path, names: Optional[List[str]], multilabel: bool, where: str) -> Source:
    if is_repacked(folder):
        shards = open_shards(folder, names)
        if shards.multilabel != multilabel:
            raise UserError(f"its images were repacked with {'several labels' if shards.multilabel else 'one label'} "
                            f"each; this needs {'several' if multilabel else 'one'}", where=str(folder),
                            do=f"task: {'multilabel' if shards.multilabel else 'multiclass'}, or repack the list again "
                               f"{'with' if multilabel else 'without'} --multilabel")
        return shards
    if tar_files(folder):
        return open_tars(folder, None, names, multilabel=multilabel)
    if multilabel:
        raise UserError("a folder per class gives each image one label; several need a list", where=where,
                        do="file_list: lines of 'path 1,4', or a table .csv")
    return scan_folders(folder)


def _class_names(section: Mapping[str, Any], where: Callable[[str], str]) -> Optional[List[str]]:
    path = section.get("label_list")
    if not path:
        return None
    if not Path(path).is_file():
        raise _missing("label list", path, where("label_list"))
    return read_label_list(path)


def _missing(kind: str, path: str, where: str) -> UserError:
    return UserError(f"no such {kind}: {path}", where=where,
                     do=f"relative paths start at the working directory, {Path.cwd()}")
