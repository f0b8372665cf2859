# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Depth, alpha, frames, orientation and truncated files: DecodeImage returns the same under every OpenCV."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import numpy as np
import pytest

from ppclas_core.data import BadImage, DecodeImage
from ppclas_core.data.decoding.encoded_file import describe_file, is_cut_off
from ppclas_core.data.decoding.gif import read_gif
from ppclas_core.data.decoding.image_kinds import is_decoded
from ppclas_core.data.decoding.jpeg_header import jpeg_has_end
from ppclas_core.data.decoding.orientation import upright
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from tests.data.image_files import animated_webp, exif, float_tiff, gif, jpeg, picture, png, webp, webp_with_orientation

RNG = np.random.default_rng(0)
COLORS = RNG.integers(0, 256, (8, 3)).astype(np.uint8)


def levels(image: np.ndarray) -> int:
    return len(np.unique(image))


@pytest.mark.parametrize("fraction", [0.2, 0.4, 0.9])
@pytest.mark.parametrize("flags", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)], ids=["baseline", "progressive"])
def test_a_truncated_jpeg_is_refused_with_the_reason(fraction, flags):
    data = jpeg(picture(120, 160), *flags)
    cut = data[: int(len(data) * fraction)]
    reserved = cut + b"\0" * (len(data) - len(cut))  # a download that reserved its place and stopped
    for broken in (cut, reserved, data[:-2]):
        with pytest.raises(BadImage, match=f"cut off: a JPEG file of {len(broken)} bytes"):
            DecodeImage()(broken)


def test_the_end_marker_of_a_jpeg_is_searched_after_its_segments():
    whole = jpeg(picture(40, 60))
    thumbnail = jpeg(picture(8, 8))
    inner = whole[:2] + b"\xff\xe2" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + whole[2:]
    for data in (whole, whole + b"behind the end", whole + thumbnail, inner, inner + b"\0" * 9):
        assert jpeg_has_end(data)
        assert np.array_equal(DecodeImage()(data), DecodeImage()(whole))
    assert not jpeg_has_end(inner[:-2])
    assert not jpeg_has_end(inner[:-2] + b"\xff\0\xff\xd0")
    for cut in range(len(whole)):
        assert not jpeg_has_end(whole[:cut])


@pytest.mark.parametrize("data", [
    png(picture()), webp(picture()), cv2.imencode(".bmp", picture())[1].tobytes(),
    gif((8, 9), COLORS, (0, 0, RNG.integers(0, 8, (8, 9))))], ids=["png", "webp", "bmp", "gif"])
def test_other_truncated_files_are_reported_as_truncated(data):
    assert not is_cut_off(data)
    with pytest.raises(BadImage, match="cut off"):
        DecodeImage()(data[: len(data) * 7 // 10])


def test_sixteen_bits_keep_the_high_byte_by_default():
    full = np.arange(24 * 36, dtype=np.uint16).reshape(24, 36) * 75
    twelve = full // 16
    assert np.array_equal(DecodeImage()(png(full))[..., 0], full >> 8)
    assert levels(DecodeImage()(png(twelve))) == 16
    for decode in (DecodeImage(depth="scale"), DecodeImage(depth=12)):
        assert np.array_equal(decode(png(twelve))[..., 1], np.rint(twelve * 255.0 / 4095))
        assert levels(decode(png(twelve))) > 240
    assert np.array_equal(DecodeImage(depth="scale")(png(full))[..., 2], np.rint(full * 255.0 / 65535))


def test_a_number_of_bits_keeps_the_brightness_of_dark_images_and_scale_does_not():
    dark = np.full((4, 5), 1000, np.uint16)  # 10 of 12 bits
    assert np.unique(DecodeImage(depth=12)(png(dark))) == [62]
    assert np.unique(DecodeImage(depth="scale")(png(dark))) == [249]
    assert np.unique(DecodeImage(depth="scale")(png(dark, (b"sBIT", b"\x0c")))) == [62]  # the file says 12 bits
    assert np.unique(DecodeImage(depth=9)(png(dark))) == [255]


def test_a_pgm_that_declares_its_highest_value_is_scaled_by_it():
    values = np.array([[0, 500, 1000]], np.uint16)
    data = b"P5\n# a comment\n3 1\n1000\n" + values.astype(">u2").tobytes()
    assert DecodeImage(depth="scale")(data)[0, :, 0].tolist() == [0, 128, 255]
    assert describe_file(data).highest == 1000


@pytest.mark.parametrize(("values", "expected"), [
    ([0.0, 0.5, 1.0], [0, 128, 255]), ([0.0, 100.2, 255.0], [0, 100, 255]), ([-1.0, 0.0, 1.0], [0, 128, 255]),
    ([0.0, float("nan"), 1000.0], [0, 0, 255]),
])
def test_floats_are_refused_with_the_option_that_takes_them(values, expected):
    data = float_tiff(np.repeat(np.array([values], np.float32)[..., None], 3, axis=2))
    with pytest.raises(BadImage, match="TIFF file of 32-bit floats") as error:
        DecodeImage()(data)
    assert "depth: scale" in (error.value.do or "")
    assert DecodeImage(depth="scale")(data)[0, :, 0].tolist() == expected


def with_hole() -> np.ndarray:
    image = picture(channels=4)
    image[..., 3] = 255
    image[:8, :, 3] = 0
    image[8:12, :, 3] = 128
    return image


@pytest.mark.parametrize("write", [png, webp], ids=["png", "webp"])
def test_transparent_pixels_take_the_background_and_hidden_colors_do_not_matter(write):
    image = with_hole()
    if write is webp:  # libwebp writes what lies under transparent pixels as it likes
        image[:8, :, :3] = 0
    other = image.copy()
    other[:8, :, :3] = 77
    assert np.array_equal(DecodeImage()(write(image)), image[..., :3])
    for name, value in (("white", 255), ("black", 0)):
        found = DecodeImage(alpha=name)(write(image))
        assert np.array_equal(found, DecodeImage(alpha=name)(write(other)))
        assert (found[:8] == value).all()
        expected = np.rint((image[8:12, :, :3] * 128.0 + value * 127.0) / 255)
        assert np.array_equal(found[8:12], expected)
        assert np.array_equal(found[12:], image[12:, :, :3])
        assert np.array_equal(DecodeImage(to_rgb=False, alpha=name)(write(image)), found[..., ::-1])


def test_transparency_of_sixteen_bits_grey_and_single_colors_counts_too():
    deep, flat = png(with_hole().astype(np.uint16) * 257), DecodeImage(alpha="white")(png(with_hole()))
    assert np.array_equal(DecodeImage(alpha="white")(deep), flat)
    assert np.array_equal(DecodeImage(alpha="white", depth="scale")(deep), flat)
    grey = np.array([[10, 20, 30]], np.uint8)
    assert DecodeImage(alpha="white")(png(grey, (b"tRNS", b"\0\x14")))[0, :, 0].tolist() == [10, 255, 30]
    assert DecodeImage(alpha="black")(png(grey[..., None].repeat(2, 2)))[0, :, 2].tolist() == [0, 2, 4]
    color = picture()
    key = b"".join(bytes([0, value]) for value in color[3, 5])
    assert (DecodeImage(alpha="white")(png(color, (b"tRNS", key)))[3, 5] == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_in_png_and_webp_is_applied_by_every_version(orientation):
    image, hole = picture(), with_hole()
    expected = upright(image, orientation)
    assert np.array_equal(DecodeImage()(webp_with_orientation(image, orientation)), expected)
    assert np.array_equal(DecodeImage()(png(image, (b"eXIf", exif(orientation)))), expected)
    decode = DecodeImage(alpha="white")
    assert np.array_equal(decode(png(hole, (b"eXIf", exif(orientation)))), upright(decode(png(hole)), orientation))


def test_the_first_frame_of_an_animation_is_taken():
    first, second = picture(seed=1), picture(seed=2)
    assert np.array_equal(DecodeImage()(png(first, frames=[second])), first)
    assert np.array_equal(DecodeImage()(png(picture(seed=3), frames=[first, second], default_is_first=False)), first)
    assert np.array_equal(DecodeImage()(animated_webp((24, 36), (0, 0, first), (0, 0, second))), first)
    indices = RNG.integers(0, 8, (8, 9))
    animated = gif((8, 9), COLORS, (0, 0, indices), (2, 3, indices[:4, :5]))
    assert np.array_equal(DecodeImage()(animated), COLORS[indices])
    assert describe_file(animated).frames == 2


def test_a_frame_smaller_than_its_canvas_lies_where_the_file_says():
    frame = picture(8, 10)
    canvas = np.zeros((24, 36, 3), np.uint8)
    canvas[4:12, 6:16] = frame
    assert np.array_equal(DecodeImage()(animated_webp((24, 36), (4, 6, frame))), canvas)
    hole = with_hole()[4:12, :10]
    opaque = DecodeImage(alpha="white")(animated_webp((24, 36), (4, 6, hole)))
    assert (opaque[:4] == 255).all()
    with pytest.raises(BadImage):
        DecodeImage()(animated_webp((10, 36), (4, 6, frame)))


@pytest.mark.parametrize("options", [
    {}, {"transparent": 3}, {"transparent": 3, "background": 5}, {"interlaced": True}, {"background": 2}], ids=range(5))
@pytest.mark.parametrize("place", [(0, 0, 16, 20), (4, 5, 7, 9)], ids=["whole", "part"])
def test_gifs_are_decoded_without_opencv_as_opencv_does(options: dict[str, Any], place: Any):
    y, x, height, width = place
    indices = RNG.integers(0, 8, (height, width))
    data = gif((16, 20), COLORS, (y, x, indices), **options)
    canvas = np.empty((16, 20, 3), np.uint8)
    canvas[...] = COLORS[options.get("background", 0)]
    part = COLORS[indices]
    part[indices == options.get("transparent", -1)] = COLORS[options.get("background", 0)]
    canvas[y : y + height, x : x + width] = part
    found = read_gif(data)
    assert found is not None
    assert np.array_equal(found[..., 2::-1], canvas)
    assert np.array_equal(DecodeImage()(data), canvas)
    if "transparent" in options:
        shown = np.zeros((16, 20), bool)
        shown[y : y + height, x : x + width] = indices != 3
        assert np.array_equal(found[..., 3] == 255, shown)
        assert (DecodeImage(alpha="white")(data)[~shown] == 255).all()


def test_a_gif_of_long_codes_is_read(monkeypatch):
    """Compressed by hand: a table that grows past 4 bits."""
    indices = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
    codes = [(8, 4), (0, 4), (10, 4), (11, 4), (1, 4), (13, 4), (2, 4), (9, 4)]
    held = sum(code << 4 * number for number, (code, _) in enumerate(codes))
    coded = held.to_bytes(4, "little")
    plain = gif((1, 10), COLORS, (0, 0, np.array([indices])))
    start = 13 + COLORS.size + 10
    data = plain[:start] + b"\3" + bytes([len(coded)]) + coded + b"\0\x3b"
    found = read_gif(data)
    assert found is not None
    assert np.array_equal(found[0], COLORS[indices][:, ::-1])
    monkeypatch.setattr("ppclas_core.data.transforms.decode._opencv_reads_gif", lambda: False)
    assert np.array_equal(DecodeImage()(data)[0], COLORS[indices])


@pytest.mark.parametrize("data", [
    gif((8, 9), COLORS), gif((8, 9), COLORS, (0, 0, RNG.integers(0, 8, (8, 8))))[:-1],
    gif((8, 9), COLORS, (0, 5, RNG.integers(0, 8, (8, 8)))), b"GIF89a", b"GIF89a" + bytes(20)], ids=range(5))
def test_a_damaged_gif_is_refused_by_both_ways(data):
    assert read_gif(data) is None
    with pytest.raises(BadImage):
        DecodeImage()(data)


def test_random_bytes_raise_only_bad_image():
    rng = np.random.default_rng(3)
    files = [png(picture(), frames=[picture(seed=1)], default_is_first=False), webp_with_orientation(picture(), 6),
             animated_webp((24, 36), (4, 6, picture(8, 10))), gif((8, 9), COLORS, (0, 0, RNG.integers(0, 8, (8, 9)))),
             cv2.imencode(".tif", picture())[1].tobytes(), b"P7\nMAXVAL x\nENDHDR\n", b"P5 3"]
    for data in files:
        for _ in range(30):
            broken = bytearray(data[: int(rng.integers(1, len(data) + 1))])
            broken[int(rng.integers(0, min(len(broken), 60)))] = int(rng.integers(256))
            describe_file(bytes(broken))
            is_cut_off(bytes(broken))
            for decode in (DecodeImage(), DecodeImage(alpha="white", depth="scale")):
                with contextlib.suppress(BadImage):
                    decode(bytes(broken))


@pytest.mark.parametrize("params", [{"alpha": "grey"}, {"depth": "high"}, {"depth": 8}, {"depth": 17}, {"depth": True}])
def test_an_unknown_choice_is_refused(params):
    with pytest.raises(UserError, match=next(iter(params))):
        DecodeImage(**params)


@pytest.mark.parametrize(("start", "kind"), [(b"\0\0\0\x18ftypheic", "HEIF"), (b"\0\0\0\x0cJXL ", "JPEG XL")])
def test_kinds_that_opencv_never_reads_are_reported_by_name(start, kind):
    with pytest.raises(BadImage, match=f"does not read {kind} files; convert it"):
        DecodeImage()(start + bytes(40))


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("to_rgb", [True, False])
def test_a_pam_keeps_red_and_blue_apart(channels, to_rgb):
    image = picture(channels=4)[..., :channels]
    if channels == 4:
        image[..., 3] = 255
    kind = {1: b"GRAYSCALE", 3: b"RGB", 4: b"RGB_ALPHA"}[channels]
    header = b"P7\nWIDTH 36\nHEIGHT 24\nDEPTH %d\nMAXVAL 255\nTUPLTYPE %s\nENDHDR\n" % (channels, kind)
    data = header + image.tobytes()
    expected = np.repeat(image, 3, axis=2) if channels == 1 else image[..., :3]
    expected = expected if to_rgb else expected[..., ::-1]
    assert np.array_equal(DecodeImage(to_rgb=to_rgb)(data), expected)
    assert np.array_equal(DecodeImage(to_rgb=to_rgb, alpha="white")(data), expected)


@pytest.mark.skipif(not is_decoded("AVIF"), reason="this OpenCV has no AVIF")
def test_an_avif_with_alpha_keeps_red_and_blue_apart():
    image = np.zeros((24, 36, 4), np.uint8)
    image[..., 0] = 220  # red
    image[..., 3] = 255
    image[:8, :, 3] = 0
    data = cv2.imencode(".avif", cv2.cvtColor(image, cv2.COLOR_RGBA2BGRA))[1].tobytes()
    assert DecodeImage()(data)[20, 20, 0] > 150
    assert DecodeImage()(data)[20, 20, 2] < 50
    assert DecodeImage(to_rgb=False)(data)[20, 20, 2] > 150
    assert DecodeImage(alpha="white")(data)[20, 20, 0] > 150
    assert (DecodeImage(alpha="white")(data)[:7] > 250).all()
