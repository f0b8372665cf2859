# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What decoding discards is counted by kind with an example, also in `data stats`."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ppclas_core.cli import main
from ppclas_core.data import DecodeImage
from ppclas_core.data.decoding.notes import TEXTS, count_notes, decoding_notes
from tests.data.image_files import exif, float_tiff, gif, jpeg, picture, png, webp, webp_with_orientation

COLORS = np.arange(24, dtype=np.uint8).reshape(8, 3)


def with_hole(opacity: int = 0) -> np.ndarray:
    image = picture(channels=4)
    image[..., 3] = 255
    image[:8, :, 3] = opacity
    return image


def turned_jpeg() -> bytes:
    data, body = jpeg(picture()), b"Exif\0\0" + exif(6)
    return data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


INDICES = np.zeros((8, 9), np.int64)
CASES = [
    (jpeg(picture()), ()), (png(picture()), ()), (webp(picture()), ()), (turned_jpeg(), ("turned",)),
    (webp_with_orientation(picture(), 3), ("turned",)), (png(picture(), (b"eXIf", exif(2))), ("turned",)),
    (png(with_hole()), ("transparent",)), (png(with_hole(254)), ("transparent",)), (png(with_hole(255)), ()),
    (png(picture().astype(np.uint16) * 257), ("16 bits",)), (png(picture().astype(np.uint16) * 16), ("16 bits, dark",)),
    (png(with_hole().astype(np.uint16) * 257), ("16 bits", "transparent")),
    (float_tiff(picture() / 255), ("floats",)), (png(picture(), frames=[picture(seed=1)]), ("several frames",)),
    (gif((8, 9), COLORS, (0, 0, INDICES), (0, 0, INDICES)), ("several frames",)),
    (gif((8, 9), COLORS, (0, 0, INDICES + 1), transparent=1), ("transparent",)),
]


@pytest.mark.parametrize(("data", "kinds"), CASES, ids=range(len(CASES)))
def test_kinds_of_a_file(data, kinds):
    assert decoding_notes(data) == kinds


def test_an_option_that_handles_an_effect_removes_its_note():
    deep = png(with_hole().astype(np.uint16) * 257)
    assert decoding_notes(deep, DecodeImage(alpha="white")) == ("16 bits",)
    assert decoding_notes(deep, DecodeImage(depth=12)) == ("transparent",)
    assert decoding_notes(deep, DecodeImage(alpha="black", depth="scale")) == ()


def test_counts_keep_the_first_example_of_each_kind():
    found = count_notes([("a", ()), ("b", ("turned",)), ("c", ("16 bits", "turned"))])
    assert [tuple(noted) for noted in found] == [("16 bits", 1, "c"), ("turned", 2, "b")]
    assert found[1].text() == f"2, such as b: {TEXTS['turned']}"


def test_stats_count_what_decoding_loses_and_why_files_are_unusable(tmp_path, capsys):
    folder = tmp_path / "photos" / "a"
    folder.mkdir(parents=True)
    whole = jpeg(picture(120, 160))
    for name, data in {"0.jpg": whole, "1.jpg": whole[: len(whole) // 2], "2.jpg": whole[:-2], "3.png": b"no image",
                       "4.png": png(with_hole()), "5.png": png(picture().astype(np.uint16)),
                       "6.png": png(picture(seed=4).astype(np.uint16))}.items():
        (folder / name).write_bytes(data)
    for quick in ([], ["--quick"]):
        assert main(["data", "stats", str(tmp_path / "photos"), *quick]) == 0
        text = re.sub(" +", " ", capsys.readouterr().out)
        assert "cannot be used 3 (2 cut off, 1 not an image)" in text
        assert "a/1.jpg: cut off: a JPEG file" in text
        assert "16 bits, dark 2, such as a/5.png: values use less than half" in text
        assert "transparent 1, such as a/4.png" in text
    assert main(["data", "stats", str(tmp_path / "photos"), "--html", str(tmp_path / "page.html")]) == 0
    assert "transparent</td>" in (tmp_path / "page.html").read_text(encoding="utf-8")
