# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Column of a CSV table that assigns its rows to training, validation and test."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import List, Optional

from ppclas_core.data.readers.csv_table import opened_table
from ppclas_core.data.readers.image_splits import split_of
from ppclas_core.errors import UserError, UserErrors

COLUMNS = ("split", "set", "subset", "is_valid")
"""Accepted names of the column, case-insensitive; the first one found is used. `is_valid` has True or False."""
_IS_VALID = {"true": "valid", "1": "valid", "false": "train", "0": "train"}


def read_split_column(path: Path) -> Optional[List[str]]:
    """Return the split of each row of a table, `train`, `valid` or `test`; None without such a column.

    Rows are counted as by `read_csv`, which is called first and reports damaged tables.

    Raises:
        UserErrors: rows whose split has another name, each with its line.
    """
    found: List[str] = []
    errors: List[UserError] = []
    with opened_table(path) as stream:
        rows = csv.reader(stream)
        header = [name.strip().lower() for name in next(rows, [])]
        column = next((header.index(name) for name in COLUMNS if name in header), None)
        if column is None:
            return None
        for row in rows:
            if not any(row):
                continue
            word = row[column].strip() if column < len(row) else ""
            flag = header[column] == "is_valid"
            found.append(_IS_VALID.get(word.lower(), "") if flag else split_of(word))
            if not found[-1]:
                allowed = "True or False" if flag else "train, val or test"
                errors.append(UserError(f"{header[column]} is '{word}'; it must be {allowed}",
                                        where=f"{path}:{rows.line_num}"))
    if errors:
        raise UserErrors(errors)
    return found
