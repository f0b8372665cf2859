# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of millions of lines: read in seconds, within the stated memory, the same as line by line."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.data.readers.list_file import plain, read_list
from ppclas_core.data.readers.list_file.lines import parse_label_set, parse_lines, parse_one_label
from ppclas_core.data.readers.list_file.plain import plain_sets
from ppclas_core.errors import UserErrors

_MEASURE = """
import os, resource, sys, time
from pathlib import Path
from ppclas_core.data.readers.list_file import read_list
import numpy, cv2
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
path = Path(sys.argv[1])
source = read_list(path, "", multilabel=sys.argv[3] == "several")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
assert source.name(len(source) - 1) == sys.argv[2], source.name(len(source) - 1)
print(len(source), (after - before - path.stat().st_size) / len(source))
"""


def write_lines(path: Path, count: int, several: str = "") -> str:
    with open(path, "w", encoding="utf-8") as stream:
        for start in range(0, count, 100_000):
            stream.write("".join(f"train/n{index % 1000:08d}/n{index % 1000:08d}_{index}.JPEG {index % 1000}{several}\n"
                                 for index in range(start, start + 100_000)))
    last = count - 1
    return f"train/n{last % 1000:08d}/n{last % 1000:08d}_{last}.JPEG"


def bytes_per_line(path: Path, last: str, kind: str = "one") -> float:
    outcome = subprocess.run([sys.executable, "-c", _MEASURE, str(path), last, kind], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    return float(outcome.stdout.split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="needs the peak memory of a process")
def test_a_million_lines_take_their_bytes_and_a_few_numbers(tmp_path):
    path = tmp_path / "list.txt"
    # 80 bytes are the 80 MB that parts of 4 MB take while they are read; as strings, the paths would take 100 more
    assert bytes_per_line(path, write_lines(path, 1_000_000)) < 24 + 80


@pytest.mark.skipif(sys.platform != "linux", reason="needs the peak memory of a process")
def test_a_million_lines_of_three_labels_take_few_bytes_more(tmp_path):
    path = tmp_path / "list.txt"
    last = write_lines(path, 1_000_000, ",1000,2000")
    # besides the 80 for the parts: places of the labels (16 bytes), and the labels, in parts and put together; a list
    # of three ints for each line would take 170 bytes
    assert bytes_per_line(path, last, "several") < 24 + 80 + 16 + 2 * 3 * 4


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs the peak memory of a process")
def test_ten_million_lines_take_their_bytes_and_24_more_each(tmp_path):
    path = tmp_path / "list.txt"
    assert bytes_per_line(path, write_lines(path, 10_000_000)) < 24 + 8


def random_line(rng: random.Random) -> str:
    name = rng.choice(["a.jpg", "my cat.jpg", "图/片.png", "x", "a  b.jpg", " lead.jpg", "trail .jpg", "9", "7 7"])
    end = rng.choice(["\n", "\n", "\n", "\r\n", " \n", "\t\n"])
    divider = rng.choice([" ", " ", " ", "\t", "  "])
    label = rng.choice(["0", "12", "007", "123456789", "1234567890123", "x", "-1", ""])
    return rng.choice([name + divider + label, name + divider + label, "", " "]) + end


@pytest.mark.parametrize("delimiter", [None, " ", "\t", ",", "::"])
def test_the_quick_parser_agrees_with_that_of_single_lines_or_leaves_it_the_work(delimiter):
    rng, taken = random.Random(0), 0
    forced = None if delimiter is None else delimiter.encode()
    for _ in range(2000):
        text = "".join(random_line(rng) for _ in range(rng.choice([1, 1, 2, 3]))).encode()
        quick = plain.plain_rows(text, 0, len(text), forced)
        if quick is None:
            continue
        rows, wrong = parse_lines(text, 0, len(text), forced, parse_one_label)
        assert not wrong, text
        assert quick.T.tolist() == [[start, end, *labels] for start, end, labels in rows], text
        taken += 1
    assert taken > {None: 50, " ": 50, "\t": 5}.get(delimiter, -1)


@pytest.mark.parametrize("delimiter", [None, " ", "\t", "::"])
def test_the_fast_parser_of_label_sets_agrees_too(delimiter):
    rng, taken = random.Random(1), 0
    forced = None if delimiter is None else delimiter.encode()
    labels = ["0", "12,3", "3,12", "007,8,9", "1,1", "-", "-1", "1,", ",1", "1,,2", "1, 2", "123456789,1", "x,1",
              "2147483648"]
    for _ in range(3000):
        lines = [random_line(rng).split("\n")[0].rstrip() for _ in range(rng.choice([1, 1, 2, 3]))]
        divider = rng.choice([" ", " ", "\t"])
        text = "".join(f"{line}{divider}{rng.choice(labels)}\n" for line in lines).encode()
        quick = plain_sets(text, 0, len(text), forced)
        if quick is None:
            continue
        rows, wrong = parse_lines(text, 0, len(text), forced, parse_label_set)
        assert not wrong, text
        assert quick[0].T.tolist() == [[start, end, len(found)] for start, end, found in rows], text
        assert quick[1].tolist() == [label for *_, found in rows for label in found], text
        taken += 1
    assert taken > {None: 50, " ": 50, "\t": 5}.get(delimiter, -1)


def test_parts_are_put_together_and_errors_keep_their_line(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr(plain, "_CHUNK", 20)
    path = tmp_path / "list.txt"
    lines = [f"image {index}.jpg {index}\n" for index in range(50)]
    path.write_text("".join(lines), encoding="utf-8")
    source = read_list(path, "")
    assert [source.name(index) for index in range(50)] == [f"image {index}.jpg" for index in range(50)]
    assert source.labels.tolist() == list(range(50))
    lines[33] = "nothing\n"
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(UserErrors, match=r"list.txt:34: expected"):
        read_list(path, "")
