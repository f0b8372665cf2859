# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a user gives becomes a stream of single images; what is unusable does not stop the others."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

import numpy as np
import pytest

from ppclas_core.data.readers.image_walk import LeftOut
from ppclas_core.errors import UserError
from ppclas_core.predict.inputs import Input, inputs


def names(images: Any, every: int = 1) -> List[Optional[str]]:  # Any: also what a user gives by mistake
    return [each.name for each in inputs(images, every)]


def errors(images: Any) -> List[str]:  # Any: as above
    return [each.error.reason if each.error else "" for each in inputs(images)]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with images at two depths, a list in each of its forms, and other files."""
    root = tmp_path / "photos"
    for name in ("b.jpg", "a.PNG", "sub/c.jpg", "sub/d 1.jpg", "notes.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_files_and_folders_come_in_order(photos: Path) -> None:
    left = LeftOut()
    found = [each.name for each in inputs([str(photos / "b.jpg"), photos], left=left)]
    assert found == [str(photos / name) for name in ("b.jpg", "a.PNG", "b.jpg", "sub/c.jpg", "sub/d 1.jpg")]
    assert left.text() == "files that are no images: 1 (.md)"


@pytest.mark.parametrize(("pattern", "found"), [
    ("*.jpg", ["b.jpg"]), ("*", ["a.PNG", "b.jpg"]), ("**/*.jpg", ["b.jpg", "sub/c.jpg", "sub/d 1.jpg"]),
    ("**", ["a.PNG", "b.jpg", "sub/c.jpg", "sub/d 1.jpg"]), ("sub/[cx].jpg", ["sub/c.jpg"])])
def test_patterns_that_no_shell_expanded_match_images(photos: Path, pattern: str, found: List[str]) -> None:
    assert names(str(photos / pattern)) == [str(photos / name) for name in found]


def test_a_file_that_is_called_like_a_pattern_is_that_file(photos: Path) -> None:
    (photos / "x[1].jpg").write_bytes(b"x")
    assert names(str(photos / "x[1].jpg")) == [str(photos / "x[1].jpg")]


def test_a_list_names_images_relative_to_its_folder_with_or_without_labels(photos: Path) -> None:
    lines = ["b.jpg 3", "", "sub/c.jpg\t1,4", "sub/d 1.jpg 0", "sub/d 1.jpg", "a.PNG", f"{photos / 'b.jpg'} -"]
    (photos / "list.txt").write_text("\n".join(lines), encoding="utf-8")
    expected = [str(photos / name) for name in ("b.jpg", "sub/c.jpg", "sub/d 1.jpg", "sub/d 1.jpg", "a.PNG", "b.jpg")]
    assert names(photos / "list.txt") == expected


def test_a_table_names_images_by_its_column_of_paths(photos: Path) -> None:
    (photos / "table.csv").write_text('label,path\n3,b.jpg\n\n"x, y","sub/d 1.jpg"\n,a.PNG\n', encoding="utf-8")
    assert names(photos / "table.csv") == [str(photos / name) for name in ("b.jpg", "sub/d 1.jpg", "a.PNG")]
    (photos / "TABLE.CSV").write_text("Image\nb.jpg\n", encoding="utf-16")
    assert names(photos / "TABLE.CSV") == [str(photos / "b.jpg")]


@pytest.mark.parametrize(("text", "reason"), [
    ("name;label\nb.jpg;3\n", "the table has no column 'path'; its columns: name;label"), ("", "no column 'path'"),
    ("path,label\n", "this list is empty"), ("path,label\nb.jpg,1\n,2\n", "line 3 has no path")])
def test_a_table_without_paths_is_reported(photos: Path, text: str, reason: str) -> None:
    (photos / "table.csv").write_text(text, encoding="utf-8")
    [error] = errors(photos / "table.csv")
    assert reason in error


def test_paths_of_a_list_may_be_relative_to_the_working_directory(
        photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (photos / "lists").mkdir()
    (photos / "lists" / "list.txt").write_text("b.jpg\nno.jpg\n", encoding="utf-8")
    (photos / "lists" / "table.csv").write_text("path\nb.jpg\nno.jpg\n", encoding="utf-8")
    monkeypatch.chdir(photos)
    for file in ("list.txt", "table.csv"):
        assert names(photos / "lists" / file) == ["b.jpg", "no.jpg"]
        assert names(f"lists/{file}") == ["b.jpg", "no.jpg"]


def test_what_is_missing_or_empty_is_reported_and_the_others_follow(photos: Path) -> None:
    (photos / "empty").mkdir()
    (photos / "none.txt").write_text("\n", encoding="utf-8")
    (photos / "binary.txt").write_bytes(b"\0\1\2" * 10)
    given = [photos / name for name in ("no.jpg", "b.jpg", "empty", "none.txt", "binary.txt", "no*.jpg", "a.PNG")]
    reasons = errors([str(path) for path in given])
    assert [bool(reason) for reason in reasons] == [True, False, True, True, True, True, False]
    assert reasons[0] == "no such file or folder"
    assert reasons[2] == "no images in this folder"
    assert reasons[3] == "this list is empty"
    assert "NUL bytes" in reasons[4]
    assert reasons[5] == "no image matches this pattern"


def test_the_frames_of_a_video_have_numbers(tmp_path: Path, write_video: Callable[..., Path]) -> None:
    video = write_video(tmp_path / "film.avi", [(9, 9, 9)] * 5)
    assert names(video, every=2) == [f"{video}#0", f"{video}#2", f"{video}#4"]
    (tmp_path / "bad.mp4").write_bytes(b"")
    assert names([tmp_path / "bad.mp4", video], every=4) == [str(tmp_path / "bad.mp4"), f"{video}#0", f"{video}#4"]
    assert errors(tmp_path / "bad.mp4")[0].endswith("cannot open this video")
    with pytest.raises(UserError, match="at least 1"):
        next(inputs(video, every=0))


def test_the_frames_of_an_open_capture_have_numbers_and_it_stays_open(
        tmp_path: Path, write_video: Callable[..., Path]) -> None:
    from ppclas_core.data.opencv import cv2

    capture = cv2.VideoCapture(str(write_video(tmp_path / "film.avi", [(9, 9, 9)] * 5)))
    capture.grab()
    stream = inputs(capture, every=2)
    assert next(stream).name == "capture#0"
    assert capture.get(cv2.CAP_PROP_POS_FRAMES) == 2  # read no further than asked
    assert [each.name for each in stream] == ["capture#2"]
    assert capture.isOpened()
    assert errors([capture]) == ["this cv2.VideoCapture has no frames left"]
    capture.release()
    assert errors(capture) == ["this cv2.VideoCapture is not open"]


def test_images_in_memory_are_single_or_a_batch() -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    assert [np.asarray(each.image).shape for each in inputs(pixels)] == [(4, 5, 3)]
    assert [np.asarray(each.image).shape for each in inputs(np.stack([pixels] * 3))] == [(4, 5, 3)] * 3
    assert [each.image for each in inputs(b"bytes")] == [b"bytes"]
    assert [each.image for each in inputs((b"1", b"2"))] == [b"1", b"2"]


def test_open_files_are_read_in_binary_mode_alone(photos: Path) -> None:
    with open(photos / "b.jpg", "rb") as file:
        assert list(inputs(file)) == [Input(str(photos / "b.jpg"), b"x")]
    assert [each.image for each in inputs([io.BytesIO(b"1"), io.BytesIO(b"2")])] == [b"1", b"2"]
    with open(photos / "b.jpg", encoding="utf-8") as text:
        assert errors(text) == ["the file is open in text mode"]
    assert errors(file)[0].startswith("cannot be read")  # it is closed


def test_a_generator_is_read_as_far_as_needed(photos: Path) -> None:
    given: List[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(0)
            yield b"x"

    stream = inputs(endless())
    assert [next(stream).image, next(stream).image] == [b"x", b"x"]
    assert len(given) == 2
