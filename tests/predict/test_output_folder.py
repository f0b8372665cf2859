# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of an output folder: annotated copies, or copies and links by class; the images stay as they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterable, Iterator, List, Optional

import numpy as np
import pytest

from ppclas_core.data.opencv import cv2
from ppclas_core.predict import ClassScore, Prediction
from ppclas_core.predict.output import open_output

CLASSES = [ClassScore(0, "cat", 0.75), ClassScore(1, "dog", 0.25)]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Images of equal names in two folders, one of a kind that figures are not written in."""
    folder = tmp_path / "photos"
    for name in ("a/1.png", "b/1.png", "b/2.jpg", "3.gif"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        data = cv2.imencode(".png" if name.endswith("gif") else name[-4:], np.full((20, 30, 3), 99, np.uint8))[1]
        data.tofile(str(folder / name))
    return folder


def files(folder: Path) -> List[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def write(out: Path, found: Iterable[Prediction], roots: List[Path], sort: Optional[str] = None, *,
          multilabel: bool = False) -> List[str]:
    with open_output(out, columns=2, roots=[str(root) for root in roots], multilabel=multilabel,
                     sort=sort) as writer:  # type: ignore[arg-type]  # a text stands for the literal
        for prediction in found:
            writer.write(prediction)
        assert not out.exists(), "it appears when it is complete"
    return files(out)


def test_annotated_copies_keep_their_folders(photos: Path, tmp_path: Path) -> None:
    before = {name: (photos / name).read_bytes() for name in files(photos)}
    found = [Prediction(str(photos / name), CLASSES) for name in before]
    found.append(Prediction(str(photos / "bad, one.png"), error="not an image"))
    out = photos / "out"  # inside the folder of the images
    assert write(out, found, [photos]) == ["3.gif.png", "a/1.png", "b/1.png", "b/2.jpg", "errors.csv"]
    assert cv2.imdecode(np.fromfile(str(out / "b/2.jpg"), np.uint8), cv2.IMREAD_COLOR) is not None
    assert (out / "errors.csv").read_text(encoding="utf-8").splitlines() == [
        "path,error", f'"{photos / "bad, one.png"}",not an image']
    assert {name: (photos / name).read_bytes() for name in before} == before


def test_equal_names_do_not_replace_each_other(photos: Path, tmp_path: Path) -> None:
    found = [Prediction(str(photos / name), CLASSES) for name in ("a/1.png", "b/1.png", "a/1.png")]
    assert write(tmp_path / "out", found, [photos / "a", photos / "b"]) == ["1.png", "1_2.png", "1_3.png"]


def test_images_are_sorted_into_class_folders_as_copies_or_links(photos: Path, tmp_path: Path) -> None:
    found = [Prediction(str(photos / "a/1.png"), CLASSES), Prediction(str(photos / "b/2.jpg"), CLASSES[::-1])]
    assert write(tmp_path / "copies", found, [photos], "copy") == ["cat/a/1.png", "dog/b/2.jpg"]
    assert write(tmp_path / "links", found, [photos], "link") == ["cat/a/1.png", "dog/b/2.jpg"]
    copy, link = tmp_path / "copies/cat/a/1.png", tmp_path / "links/cat/a/1.png"
    assert copy.read_bytes() == (photos / "a/1.png").read_bytes()
    assert not copy.is_symlink()
    assert link.resolve() == (photos / "a/1.png").resolve()


def test_a_multi_label_image_is_in_each_class_that_it_shows(photos: Path, tmp_path: Path) -> None:
    found = [Prediction(str(photos / "a/1.png"), CLASSES), Prediction(str(photos / "b/2.jpg"), [])]
    assert write(tmp_path / "out", found, [photos], "copy", multilabel=True) == [
        "cat/a/1.png", "dog/a/1.png", "no class/b/2.jpg"]


def test_class_names_never_lead_out_of_the_folder(photos: Path, tmp_path: Path) -> None:
    names = ["../up", "..", "a/b", "", "x" * 300, "con:*", "\x1b[31m", "plain"]
    found = [Prediction(str(photos / "a/1.png"), [ClassScore(number, name, 1.0)]) for number, name in enumerate(names)]
    written = write(tmp_path / "out", found, [photos], "copy")
    assert len(written) == len(names)
    assert "plain/a/1.png" in written
    assert sorted(os.listdir(tmp_path)) == ["out", "photos"]


def test_images_in_memory_and_frames_are_written_too(photos: Path, tmp_path: Path) -> None:
    pixels = np.full((20, 30, 3), 99, np.uint8)
    found = [Prediction("film.mp4#0", CLASSES, image=pixels), Prediction(None, CLASSES, image=pixels)]
    assert write(tmp_path / "bars", found, []) == ["film.mp4#0.png", "image.png"]
    assert write(tmp_path / "sorted", found, [], "link") == ["cat/film.mp4#0.png", "cat/image.png"]


def test_an_image_that_was_removed_is_an_error_of_its_own(photos: Path, tmp_path: Path) -> None:
    found = [Prediction(str(photos / "gone.png"), CLASSES), Prediction(str(photos / "a/1.png"), CLASSES)]
    assert write(tmp_path / "out", found, [photos]) == ["a/1.png", "errors.csv"]


def test_a_failure_leaves_nothing(photos: Path, tmp_path: Path) -> None:
    def interrupted() -> Iterator[Prediction]:
        yield Prediction(str(photos / "a/1.png"), CLASSES)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out", interrupted(), [photos])
    assert os.listdir(tmp_path) == ["photos"]
