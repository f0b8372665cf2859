# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Open the data set that a TRAIN, VALID or TEST section names: a list file, or a folder per class."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional

from ppclas_core.data.folder import scan_folders
from ppclas_core.data.labels import read_label_list
from ppclas_core.data.list_file import read_list
from ppclas_core.data.source import Source
from ppclas_core.errors import UserError


def open_source(section: Mapping[str, Any], *, where: Callable[[str], str]) -> Source:
    """The data set of a section.

    Args:
        section: `file_list` with `data_dir` (by default the folder of the list), `delimiter` and `label_list`; or
            `data_dir` alone: a folder per class.
        where: the place of a key in the config, `config.yaml:14`, for errors.

    Raises:
        UserError: neither is given, or it does not exist.
        UserErrors: bad lines of the list.
    """
    file_list, data_dir = section.get("file_list"), section.get("data_dir")
    if not file_list:
        if not data_dir:
            raise UserError("no data: neither file_list nor data_dir is given", where=where("data_dir"),
                            do="file_list: a list of 'path label' lines; data_dir alone: a folder per class")
        if not Path(data_dir).is_dir():
            raise _missing("folder", data_dir, where("data_dir"))
        return scan_folders(Path(data_dir))
    if not Path(file_list).is_file():
        raise _missing("list file", file_list, where("file_list"))
    if data_dir and not Path(data_dir).is_dir():
        raise _missing("folder", data_dir, where("data_dir"))
    root = str(data_dir) if data_dir else str(Path(file_list).parent)
    return read_list(Path(file_list), root, delimiter=section.get("delimiter") or None,
                     class_names=_class_names(section, where))


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
