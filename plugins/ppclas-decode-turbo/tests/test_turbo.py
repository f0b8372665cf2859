# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""TurboDecode gives the pixels of OpenCV, of every file and every box, or leaves the file to it."""

from __future__ import annotations

import os
import struct
import threading
from pathlib import Path
from typing import Any, Optional

import cv2
import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.data import BadImage, DecodeImage, build_pipeline
from ppclas_core.data.decoding.decoders import choose_decoder, decoders, transcoder
from ppclas_core.data.decoding.jpeg_restart import DividedJpeg, divide, row_interval
from ppclas_core.data.fused import WHOLE, FusedPipeline
from ppclas_core.errors import UserError

try:
    from ppclas_decode_turbo.decode import TurboDecode
except UserError as error:
    pytest.skip(str(error), allow_module_level=True)

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
TRAIN: list[Any] = [{"DecodeImage": {}}, {"RandCropImage": {"size": 40}}, {"RandFlipImage": {}}, {"NormalizeImage": {}},
                    {"ToCHWImage": {}}]
SAMPLINGS = [getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{name}") for name in ("411", "420", "422", "440", "444")]


def photo(height: int = 150, width: int = 210, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (max(height // 5, 2), max(width // 5, 2), 3)).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def jpeg(image: np.ndarray, *flags: int) -> bytes:
    return cv2.imencode(".jpg", image, list(flags))[1].tobytes()


def with_orientation(data: bytes, orientation: int, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tiff = mark + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def opencv(data: bytes) -> Optional[np.ndarray]:
    try:
        return DecodeImage()(data)
    except BadImage:
        return None


def pixels_of(data: bytes) -> np.ndarray:
    """Return the pixels of a whole file, decoded by OpenCV."""
    return DecodeImage()(data)


def compare(data: bytes, name: object, boxes: int = 10) -> bool:
    """Compare whole image and boxes with OpenCV; whether parts could be decoded."""
    turbo, expected = TurboDecode(), opencv(data)
    if expected is None:
        with pytest.raises(BadImage):
            turbo(data)
        return False
    assert np.array_equal(turbo(data), expected), name
    opened = turbo.open(data)
    if opened is None:
        return False
    assert opened.size == expected.shape[:2], name
    rng, (height, width) = np.random.default_rng(0), opened.size
    for _ in range(boxes):
        wide, tall = int(rng.integers(1, width + 1)), int(rng.integers(1, height + 1))
        x, y = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
        part = opened.region((x, y, wide, tall))
        if part is None:
            return False
        assert np.array_equal(part, expected[y : y + tall, x : x + wide]), (name, x, y, wide, tall)
    return True


def test_every_real_and_odd_file_gives_the_pixels_of_opencv_whole_and_in_parts():
    folder = SHARED / "varied_images"
    if not folder.is_dir():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    quick = sum(compare(path.read_bytes(), path.name) for path in sorted(folder.iterdir()) if path.suffix != ".csv")
    assert quick > 80


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("size", [(150, 210), (97, 61), (16, 16), (17, 15), (1, 1), (1, 90), (90, 1), (8, 300)])
def test_every_sampling_and_size_is_exact(sampling, size):
    assert compare(jpeg(photo(*size), cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling), (sampling, size), boxes=60)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", "<>")
def test_orientations_are_applied_as_opencv_does(orientation, order):
    assert compare(with_orientation(jpeg(photo(60, 90)), orientation, order), orientation, boxes=40)


@pytest.mark.parametrize("data", [
    jpeg(photo(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    cv2.imencode(".png", photo())[1].tobytes(),
    jpeg(photo()) + b"behind the end",
    jpeg(photo())[:-2],
    jpeg(photo())[: len(jpeg(photo())) // 2],
    with_orientation(jpeg(photo()), 9),
    with_orientation(with_orientation(jpeg(photo()), 6), 3),
    b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"text",
], ids=range(11))
def test_what_is_out_of_the_ordinary_is_left_to_opencv(data):
    assert TurboDecode().open(data) is None
    assert not compare(data, "odd")


def test_grey_images_have_three_channels():
    assert compare(jpeg(photo()[:, :, 0]), "grey")


def test_blue_first_and_planes():
    data = jpeg(photo())
    assert np.array_equal(TurboDecode(to_rgb=False)(data), TurboDecode()(data)[:, :, ::-1])
    assert np.array_equal(TurboDecode(channel_first=True)(data), TurboDecode()(data).transpose(2, 0, 1))
    assert TurboDecode(channel_first=True).open(data) is None


def test_damage_is_noticed_and_left_to_opencv():
    rng, refused = np.random.default_rng(0), 0
    data = jpeg(photo(300, 300), cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLINGS[1])
    for _ in range(200):
        broken = bytearray(data)
        for place in rng.integers(600, len(data) - 2, 4):
            broken[place] = rng.integers(256)
        expected = opencv(bytes(broken))
        turbo = TurboDecode()
        if expected is not None:
            assert np.array_equal(turbo(bytes(broken)), expected)
        opened = turbo.open(bytes(broken))
        refused += opened is not None and opened.region((100, 100, 50, 50)) is None
    assert refused > 0


def test_options_of_other_files_and_refusals_of_cut_ones_are_those_of_the_default_decoder():
    image = np.dstack([photo(60, 90), np.repeat(np.arange(90, dtype=np.uint8)[None] * 2, 60, axis=0)])
    deep = cv2.imencode(".png", photo(60, 90).astype(np.uint16) * 16)[1].tobytes()
    whole = jpeg(photo())
    files = [whole, cv2.imencode(".png", image)[1].tobytes(), deep]
    for options in ({}, {"alpha": "white"}, {"alpha": "black", "depth": "scale"}, {"depth": 12}):
        pipeline: list[Any] = [{"DecodeImage": options}]
        chosen, plain = choose_decoder("auto", build_pipeline(pipeline)), DecodeImage(**options)
        assert type(chosen) is TurboDecode
        for data in files:
            assert np.array_equal(chosen(data), plain(data))
    assert not np.array_equal(DecodeImage(depth=12)(deep), DecodeImage()(deep))
    for cut in (whole[: len(whole) // 2], whole[:-2], whole[: len(whole) // 2] + bytes(500)):
        reasons = []
        for decode in (TurboDecode(), DecodeImage()):
            with pytest.raises(BadImage, match="cut off: a JPEG") as error:
                decode(cut)
            reasons.append(error.value.reason)
        assert reasons[0] == reasons[1]
        assert TurboDecode().open(cut) is None


def test_a_box_outside_of_the_image_is_refused_and_a_wrong_buffer_is_an_error():
    from ppclas_decode_turbo import _turbo

    data, out = jpeg(photo(50, 60)), np.empty((10, 10, 3), np.uint8)
    assert _turbo.decode(data, (0, 0, 10, 10), True, out)
    for box in ((51, 0, 10, 10), (0, 41, 10, 10), (4294967295, 0, 10, 10), (0, 4294967290, 10, 10)):
        assert not _turbo.decode(data, box, True, out)
    with pytest.raises(ValueError, match="out has not"):
        _turbo.decode(data, (0, 0, 10, 11), True, out)
    out.setflags(write=False)
    with pytest.raises((BufferError, ValueError, TypeError)):
        _turbo.decode(data, (0, 0, 10, 10), True, out)


def test_many_threads_decode_at_once():
    images = [jpeg(photo(seed=seed)) for seed in range(4)]
    expected, wrong = [pixels_of(data) for data in images], []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(60):
            number, x, y = int(rng.integers(4)), int(rng.integers(100)), int(rng.integers(100))
            opened = TurboDecode().open(images[number])
            part = None if opened is None else opened.region((x, y, 50, 50))
            if part is None or not np.array_equal(part, expected[number][y : y + 50, x : x + 50]):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def transcoded(data: bytes, interval: int) -> bytes:
    written = TurboDecode.transcode(data, interval)
    assert written is not None
    return written


def test_a_transcoded_jpeg_has_the_same_pixels():
    for sampling in SAMPLINGS:
        data = jpeg(photo(), cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling)
        written = transcoded(data, 3)
        assert written != data
        assert np.array_equal(pixels_of(written), pixels_of(data))
    progressive = jpeg(photo(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    assert np.array_equal(pixels_of(transcoded(progressive, 3)), pixels_of(progressive))
    assert TurboDecode.transcode(jpeg(photo())[:-900], 3) is None
    assert TurboDecode.transcode(b"text", 3) is None
    assert transcoder() is not None


def test_boxes_of_divided_jpegs_are_those_of_the_whole_and_damaged_tables_are_refused():
    rng = np.random.default_rng(0)
    for number, sampling in enumerate(SAMPLINGS * 2):
        image = photo(150 + 7 * number, 210 - 5 * number)
        plain = jpeg(image, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling)
        written = transcoded(plain, row_interval(plain))
        parts = divide(written)
        assert parts is not None
        divided = DividedJpeg(memoryview(written), *parts)
        expected = pixels_of(plain)
        turbo = TurboDecode()
        for _ in range(40):
            w, h = int(rng.integers(1, image.shape[1] + 1)), int(rng.integers(1, image.shape[0] + 1))
            x, y = int(rng.integers(0, image.shape[1] - w + 1)), int(rng.integers(0, image.shape[0] - h + 1))
            part = turbo.divided(divided, (x, y, w, h))
            assert part is not None
            assert np.array_equal(part, expected[y : y + h, x : x + w])
        for _ in range(200):
            starts = divided.starts.copy()
            starts[rng.integers(len(starts), size=2)] = rng.integers(0, 2**32, 2, dtype=np.uint32)
            turbo.divided(DividedJpeg(divided.data, divided.grid, starts), (3, 4, 100, 90))
        assert turbo.divided(DividedJpeg(divided.data[:-900], divided.grid, divided.starts), (3, 4, 100, 90)) is None
        assert turbo.divided(DividedJpeg(divided.data, divided.grid, divided.starts[:4]), (3, 4, 100, 90)) is None


def test_training_takes_it_by_itself_and_gets_the_same_batches():
    pipeline = build_pipeline(TRAIN)
    assert type(choose_decoder("auto", pipeline)) is TurboDecode
    assert type(choose_decoder("turbo", pipeline)) is TurboDecode
    assert choose_decoder("opencv", pipeline) is None
    assert decoders() == ["auto", "opencv", "turbo"]
    plan = FusedPipeline(pipeline, choose_decoder("auto", pipeline))
    for seed, data in enumerate([jpeg(photo()), cv2.imencode(".png", photo())[1].tobytes(),
                                 with_orientation(jpeg(photo()), 6)]):
        image = plan.image(data, np.random.default_rng(seed))
        out = np.empty(plan.shape(image), np.float32)
        plan.write(image, out)
        assert np.array_equal(out, pipeline(data, np.random.default_rng(seed)))
    assert plan.stages.counts == {WHOLE: 1}


def test_it_can_stand_in_a_list_of_transforms():
    data = jpeg(photo())
    named = build_pipeline([{"TurboDecode": {}}, *TRAIN[1:]])
    plain = build_pipeline(TRAIN)
    assert np.array_equal(named(data, np.random.default_rng(1)), plain(data, np.random.default_rng(1)))
    assert np.array_equal(ppc.create("op", "turbo", to_rgb=False)(data), DecodeImage(to_rgb=False)(data))
    with pytest.raises(UserError, match="an op that does not decode"):
        choose_decoder("CropImage", plain)
