# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of `ppclas predict --out`: tables and JSON lines, complete or absent, with names of any characters."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc
from pathlib import Path
from typing import Iterator

import pytest

from ppclas_core.errors import UserError
from ppclas_core.predict import ClassScore, Prediction
from ppclas_core.predict.output import check_output, open_output

NAMES = ['a,b;"c".png', "line\nbreak.png", "carriage\rreturn.png", "\x1b[31mred.png", "图片 ü.png",
         os.fsdecode(b"latin-1 \xe9.png"), "=1+1.png"]


def predictions() -> Iterator[Prediction]:
    for name in NAMES:
        yield Prediction(name, [ClassScore(1, name, 0.75), ClassScore(0, "b", 0.25)])
    yield Prediction("bad.png", error="not an image, \"perhaps\"")


def test_names_of_any_characters_survive_in_a_table(tmp_path: Path) -> None:
    file = tmp_path / "new" / "found.csv"
    with open_output(check_output(str(file), None), columns=2) as writer:
        for prediction in predictions():
            writer.write(prediction)
        assert not file.exists(), "it appears when it is complete"
    with open(file, encoding="utf-8", errors="surrogateescape", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["path"] for row in rows] == [*NAMES, "bad.png"]
    assert [row["class_1"] for row in rows] == [*NAMES, ""]
    assert (rows[0]["score_1"], rows[0]["class_2"], rows[0]["score_2"], rows[0]["error"]) == ("0.750000", "b",
                                                                                           "0.250000", "")
    assert rows[-1]["error"] == 'not an image, "perhaps"'
    assert b"latin-1 \xe9.png" in file.read_bytes()


def test_names_of_any_characters_survive_in_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "found.jsonl"
    with open_output(check_output(str(file), None), columns=2) as writer:
        for prediction in predictions():
            writer.write(prediction)
    rows = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert rows == [prediction.to_dict() for prediction in predictions()]
    assert b"\x1b" not in file.read_bytes()


def test_a_failure_leaves_the_earlier_file_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    file.write_text("earlier", encoding="utf-8")

    def interrupted() -> None:
        with open_output(file, columns=1) as writer:
            writer.write(Prediction("a.png", [ClassScore(0, "a", 1.0)]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert file.read_text(encoding="utf-8") == "earlier"
    assert os.listdir(tmp_path) == ["found.csv"]


@pytest.mark.parametrize("name", ["many.csv", "many.jsonl"])
def test_a_hundred_thousand_rows_are_written_in_the_memory_of_one(tmp_path: Path, name: str) -> None:
    prediction = Prediction("photos/" + "x" * 60, [ClassScore(0, "cat", 1.0)])
    with open_output(tmp_path / name, columns=1) as writer:
        writer.write(prediction)
        tracemalloc.start()
        try:
            for _ in range(100_000):
                writer.write(prediction)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (tmp_path / name).stat().st_size > 8_000_000
    assert peak < 500_000


def test_what_is_no_output_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    full = tmp_path / "photos"
    full.mkdir()
    (full / "a.png").write_bytes(b"")
    for out, sort, text in (("found.json", None, "'.json' is not a form of output"), ("found.csv", "copy", "--sort"),
                            ("photos", None, "the folder is not empty"), ("found.csv/", None, "stands for a file"),
                            ("photos/a.png", None, "is not a form of output")):
        with pytest.raises(UserError, match=text):
            check_output(f"{tmp_path}/{out}", sort)  # type: ignore[arg-type]  # a text stands for the literal
    assert check_output(f"{tmp_path}/results.v2/", None) == tmp_path / "results.v2"
    assert sorted(os.listdir(tmp_path)) == ["photos"]
