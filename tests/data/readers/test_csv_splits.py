# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The column of a table that assigns its rows to splits."""

from __future__ import annotations

import pytest

from ppclas_core.data.readers.csv_splits import read_split_column
from ppclas_core.errors import UserError


@pytest.mark.parametrize("column", ["split", "Set", "subset"])
def test_the_names_of_splits_are_those_of_folders(tmp_path, column):
    file = tmp_path / "a.csv"
    file.write_text(f"path,{column},label\na,training,x\n\nb,VAL,x\nc,dev,x\nd,test,x\n", encoding="utf-8")
    assert read_split_column(file) == ["train", "valid", "valid", "test"]


def test_a_column_is_valid_has_true_and_false(tmp_path):
    (tmp_path / "a.csv").write_text("name,label,is_valid\na,x,False\nb,x,TRUE\nc,x,1\nd,x,0\n", encoding="utf-8")
    assert read_split_column(tmp_path / "a.csv") == ["train", "valid", "valid", "train"]
    (tmp_path / "a.csv").write_text("name,label,is_valid\na,x,val\n", encoding="utf-8")
    with pytest.raises(UserError, match="is_valid is 'val'; it must be True or False"):
        read_split_column(tmp_path / "a.csv")


def test_a_table_without_the_column_has_no_splits(tmp_path):
    (tmp_path / "a.csv").write_text("path,label\na,x\n", encoding="utf-8")
    assert read_split_column(tmp_path / "a.csv") is None


def test_all_rows_with_another_split_are_reported_with_their_lines(tmp_path):
    (tmp_path / "a.csv").write_text("path,label,split\na,x,train\nb,x,\nc,x,trian\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_split_column(tmp_path / "a.csv")
    assert "a.csv:3: split is ''" in str(caught.value)
    assert "a.csv:4: split is 'trian'" in str(caught.value)
