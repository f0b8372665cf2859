# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Input of a reader: the keys of a config section that define a data set and its labels."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.readers.table_labels import AUTO


@dataclass(frozen=True)
class ReadRequest:
    """Data set of a config section.

    Args:
        file_list: key `file_list`, an existing file; None if omitted.
        data_dir: key `data_dir`, an existing folder; None if omitted. Both are None only if the config names a reader.
        where: key -> location in the config, e.g. `config.yaml:14`, for errors.
        multilabel: images have label sets.
        delimiter: key `delimiter`.
        labels: key `labels`: `auto`, `indices` or `names`.
        num_classes: number of classes, if it is configured.
        label_list: class names of the key `label_list`.
        known: class names to which the labels are matched if there is no label list.
    """

    file_list: Optional[Path]
    data_dir: Optional[Path]
    where: Callable[[str], str] = str
    multilabel: bool = False
    delimiter: Optional[str] = None
    labels: str = AUTO
    num_classes: Optional[int] = None
    label_list: Optional[ClassNames] = None
    known: Optional[ClassNames] = None

    @property
    def folder(self) -> Path:
        """`data_dir`; default: the folder of the list."""
        if self.data_dir is not None:
            return self.data_dir
        return Path() if self.file_list is None else self.file_list.parent

    @property
    def class_names(self) -> Optional[Sequence[str]]:
        """Class names of the label list; None if there is none."""
        return None if self.label_list is None else self.label_list.names

    def names(self) -> List[str]:
        """Return the names of the entries of `folder`; empty if it cannot be read."""
        try:
            return os.listdir(self.folder)
        except OSError:
            return []
