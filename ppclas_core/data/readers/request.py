# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a reader gets: the keys of a config section that say where a data set is and what its labels mean."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.readers.table_labels import AUTO


@dataclass(frozen=True)
class ReadRequest:
    """The data set of a section of a config.

    Args:
        file_list: the key of this name; None where it is left out. The file exists.
        data_dir: likewise; the folder exists. Both are None only where the config names its reader.
        where: the place of a key in the config, `config.yaml:14`, for errors.
        multilabel: an image may have several labels, or none.
        delimiter: the key of this name.
        labels: the key of this name: `auto`, `indices` or `names`.
        num_classes: number of classes, where it is given.
        label_list: class names of the key `label_list`.
        known: class names that the labels will be matched to, where there is no label list.
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
        """`data_dir`, by default the folder of the list."""
        if self.data_dir is not None:
            return self.data_dir
        return Path() if self.file_list is None else self.file_list.parent

    @property
    def class_names(self) -> Optional[Sequence[str]]:
        """Class names of the label list; None without one."""
        return None if self.label_list is None else self.label_list.names

    def names(self) -> List[str]:
        """Return the names of what lies directly in `folder`; none where it cannot be read."""
        try:
            return os.listdir(self.folder)
        except OSError:
            return []
