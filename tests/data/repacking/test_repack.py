# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Repacking loses nothing and resumes where it stopped; every box cut from a divided JPEG has the right pixels."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any, Dict, Optional

import numpy as np
import pytest

from ppclas_core.data import DecodeImage, Loader, build_pipeline, open_source
from ppclas_core.data.decoding.decoders import transcoder
from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.decoding.jpeg_restart import DividedJpeg, best_interval, divide, row_interval
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.repacked import open_shards
from ppclas_core.data.readers.source import Source
from ppclas_core.data.repacking.image import Options
from ppclas_core.data.repacking.repack import repack
from ppclas_core.errors import UserError

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
TRAIN: list[Any] = [{"DecodeImage": {}}, {"RandCropImage": {"size": 24}}, {"RandFlipImage": {}}, {"NormalizeImage": {}},
                    {"ToCHWImage": {}}]
SAMPLINGS = {name: getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{name}") for name in ("411", "420", "422", "440", "444")}


def photo(height: int, width: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (max(height // 6, 2), max(width // 6, 2), 3)).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def jpeg(image: np.ndarray, interval: int = 0, sampling: str = "420", progressive: int = 0) -> bytes:
    flags = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_RST_INTERVAL, interval,
             cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLINGS[sampling], cv2.IMWRITE_JPEG_PROGRESSIVE, progressive]
    return cv2.imencode(".jpg", image, flags)[1].tobytes()


def rewrite(data: Encoded, interval: int) -> Optional[bytes]:
    """Stands in for a transcoder in these tests: images of one color lose nothing when they are written anew."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return jpeg(image, interval)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("size", [(64, 96), (61, 97), (200, 130), (17, 16), (8, 8), (1, 1), (31, 500)])
def test_every_box_of_a_divided_jpeg_has_the_pixels_of_the_whole(sampling, size):
    image = photo(*size)
    plain = jpeg(image, sampling=sampling)
    data = jpeg(image, row_interval(plain), sampling)
    assert divide(plain) is None
    divided = divide(data)
    assert divided is not None
    whole, divided_jpeg = DecodeImage()(data), DividedJpeg(memoryview(data), *divided)
    assert divided_jpeg.size == size
    assert divided_jpeg.whole() == data
    rng = np.random.default_rng(0)
    for _ in range(60):
        width, height = int(rng.integers(1, size[1] + 1)), int(rng.integers(1, size[0] + 1))
        x, y = int(rng.integers(0, size[1] - width + 1)), int(rng.integers(0, size[0] - height + 1))
        part, left, top = divided_jpeg.cut((x, y, width, height))
        found = DecodeImage()(bytes(part))[top : top + height, left : left + width]
        assert np.array_equal(found, whole[y : y + height, x : x + width]), (x, y, width, height)


def test_a_cut_leaves_out_what_the_box_does_not_need():
    data = jpeg(photo(320, 480), row_interval(jpeg(photo(320, 480))))
    part, _, _ = DividedJpeg(memoryview(data), *divide(data)).cut((200, 100, 100, 100))  # type: ignore[misc]
    assert len(part) < len(data) / 4


@pytest.mark.parametrize(("mcus", "interval"), [(30, 6), (28, 7), (16, 4), (63, 7), (47, 47), (1, 1), (2, 2), (34, 34)])
def test_the_interval_divides_the_row(mcus, interval):
    assert best_interval(mcus) == interval
    assert mcus % best_interval(mcus) == 0


def test_what_is_not_divided_evenly_is_left_alone():
    image = photo(64, 96)
    assert divide(jpeg(image, 5)) is None  # 6 MCUs in a row
    assert divide(jpeg(image, 6, progressive=1)) is None
    assert divide(b"text") is None
    assert divide(jpeg(image, 6)[:-2]) is None
    assert row_interval(cv2.imencode(".png", image)[1].tobytes()) == 0


def plain_source(folder: Path, count: int = 7) -> Source:
    """Write JPEGs of one color, a PNG, and a file that is not an image."""
    folder.mkdir(exist_ok=True)
    names = []
    for index in range(count):
        image = np.full((40 + index, 60, 3), 30 * index, np.uint8)
        (folder / f"{index}.jpg").write_bytes(jpeg(image))
        names.append(f"{index}.jpg")
    (folder / "p.png").write_bytes(cv2.imencode(".png", photo(50, 60))[1].tobytes())
    (folder / "bad.jpg").write_bytes(b"no image")
    names += ["p.png", "bad.jpg"]
    return Source.from_paths(str(folder), names, range(len(names)), [f"class {index}" for index in range(len(names))])


def test_a_repacked_set_gives_the_same_pixels_labels_and_names(tmp_path):
    source = plain_source(tmp_path / "data")
    done = repack(source, tmp_path / "out", Options(rewrite), per_shard=4)
    assert (done.images, done.written, done.kept) == (9, 3, 0)
    assert done.kinds == {"divided": 7, "as it was: no plain JPEG": 1, "as it was: cannot be decoded": 1}
    packed = open_source({"data_dir": str(tmp_path / "out")}, where=str)
    assert packed.class_names == source.class_names
    assert [packed.name(index) for index in range(9)] == [source.name(index) for index in range(9)]
    assert packed.labels.tolist() == list(range(9))
    for index in range(8):
        assert np.array_equal(DecodeImage()(packed.read(index)), DecodeImage()(source.read(index)))
    assert [isinstance(packed.open(index), DividedJpeg) for index in range(9)] == [True] * 7 + [False] * 2
    assert packed.read(7) == source.read(7)


def test_a_loader_reads_repacked_images_as_it_reads_the_files(tmp_path):
    source = plain_source(tmp_path / "data")
    repack(source, tmp_path / "out", Options(rewrite), per_shard=4)
    options: Dict[str, Any] = {"shuffle": True, "drop_last": False, "on_bad_image": "skip", "bad_image_budget": 0.2}
    for transforms in (TRAIN, [TRAIN[0], {"ResizeImage": {"size": 24}}, *TRAIN[3:]]):
        for workers in (0, 2):
            pair = [Loader(one, build_pipeline(transforms), 4, num_workers=workers, **options)
                    for one in (source, open_shards(tmp_path / "out"))]
            for files, shards in zip(*(loader.epoch(1) for loader in pair)):
                assert np.array_equal(files.images, shards.images)
                assert np.array_equal(files.indices, shards.indices)


def test_repacking_resumes_where_it_stopped(tmp_path):
    source, out = plain_source(tmp_path / "data"), tmp_path / "out"
    calls = []

    def breaks(data: Encoded, interval: int) -> Optional[bytes]:
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return rewrite(data, interval)

    with pytest.raises(KeyboardInterrupt):
        repack(source, out, Options(breaks), per_shard=4, workers=1)
    with pytest.raises(UserError, match="was not finished"):
        open_shards(out)
    first = (out / "shard-00000.bin").stat().st_mtime_ns
    done = repack(source, out, Options(rewrite), per_shard=4)
    assert (done.written, done.kept) == (2, 1)
    assert (out / "shard-00000.bin").stat().st_mtime_ns == first
    assert not list(out.glob(".*"))
    assert repack(source, out, Options(rewrite), per_shard=4).kept == 3


def test_a_pixel_that_would_change_keeps_the_file_as_it_was(tmp_path):
    source = plain_source(tmp_path / "data")
    darker = lambda data, interval: jpeg(np.zeros_like(DecodeImage()(data)), interval)  # noqa: E731
    done = repack(source, tmp_path / "out", Options(darker))
    assert done.kinds["as it was: its pixels would change"] == 6  # image 0 is black
    packed = open_shards(tmp_path / "out")
    assert packed.read(3) == source.read(3)


def test_a_shard_that_was_damaged_is_found(tmp_path):
    source, out = plain_source(tmp_path / "data"), tmp_path / "out"
    repack(source, out, Options(rewrite))
    data = bytearray((out / "shard-00000.bin").read_bytes())
    data[len(data) // 2] ^= 1
    (out / "shard-00000.bin").write_bytes(data)
    with pytest.raises(UserError, match="differs from what was written"):
        repack(source, out, Options(rewrite))
    (out / "shard-00000.bin").write_bytes(data[:50])
    with pytest.raises(UserError, match="less than its index says|was not finished"):
        open_shards(out)


def test_other_data_or_options_do_not_mix_into_a_folder(tmp_path):
    source, out = plain_source(tmp_path / "data"), tmp_path / "out"
    repack(source, out, Options())
    with pytest.raises(UserError, match="another repacked data set"):
        repack(source.at_most(5), out, Options())
    with pytest.raises(UserError, match="another repacked data set"):
        repack(source, out, Options(resize_short=20))
    with pytest.raises(UserError, match="not empty"):
        repack(source, tmp_path / "data", Options())
    (tmp_path / "data" / "3.jpg").unlink()
    with pytest.raises(BadImage, match=r"3.jpg: no such file"):
        repack(source, tmp_path / "new", Options())


def test_resized_images_are_smaller_and_divided(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for index, size in enumerate([(300, 200), (100, 400), (50, 60)]):
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", photo(*size))[1].tobytes())
    source = Source.from_paths(str(folder), ["0.png", "1.png", "2.png"], [0, 1, 2])
    done = repack(source, tmp_path / "out", Options(resize_short=64))
    assert done.kinds == {"resized": 2, "as it was": 1}
    packed = open_shards(tmp_path / "out")
    assert [DecodeImage()(packed.read(index)).shape[:2] for index in range(3)] == [(96, 64), (64, 256), (50, 60)]
    assert isinstance(packed.open(0), DividedJpeg)


def test_tar_shards_are_plain_tar_files(tmp_path):
    source, out = plain_source(tmp_path / "data"), tmp_path / "out"
    repack(source, out, Options(), tar=True, per_shard=5)
    with tarfile.open(out / "shard-00001.tar") as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    assert list(members) == [f"{index:08d}.{end}" for index, kind in ((5, "jpg"), (6, "jpg"), (7, "png"), (8, "jpg"))
                             for end in (kind, "cls")]
    assert members["00000007.png"] == source.read(7)
    assert members["00000007.cls"] == b"7"
    packed = open_shards(out)
    assert [packed.read(index) for index in range(9)] == [source.read(index) for index in range(9)]
    (out / "repack.json").unlink()  # any other program's shards
    assert [open_source({"data_dir": str(out)}, where=str).read(index) == source.read(index) for index in range(9)]


def test_real_images_are_repacked_without_a_change(tmp_path):
    transcode = transcoder()
    if transcode is None:
        pytest.skip("no decoder with a transcoder is installed (ppclas-decode-turbo)")
    folder = SHARED / "varied_images"
    if not folder.is_dir():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    names = sorted(path.name for path in folder.iterdir() if path.suffix != ".csv")
    source = Source.from_paths(str(folder), names, [0] * len(names))
    done = repack(source, tmp_path / "out", Options(transcode))
    assert done.kinds["divided"] > 60
    assert done.kinds.get("as it was: its pixels would change", 0) < 5
    packed, pipeline = open_shards(tmp_path / "out"), build_pipeline(TRAIN)
    options: Dict[str, Any] = {"shuffle": False, "drop_last": False, "on_bad_image": "skip", "bad_image_budget": 1.0,
                               "num_workers": 0}
    loaders = [Loader(one, pipeline, 16, **options) for one in (source, packed)]
    for files, shards in zip(*(loader.epoch(0) for loader in loaders)):
        assert np.array_equal(files.indices, shards.indices)
        for index, one, other in zip(files.indices, files.images, shards.images):
            assert np.array_equal(one, other), names[index]
