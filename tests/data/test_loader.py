# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The loader: the same batches for any number of workers, exact resume, each sample once, bad images by name."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.data import BadImage, Loader, build_pipeline
from ppclas_core.data.errors import TransformError
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError

TRAIN = [{"DecodeImage": None}, {"RandCropImage": {"size": 8}}, {"RandFlipImage": None}, {"NormalizeImage": None},
         {"ToCHWImage": None}]
PLAIN = [{"DecodeImage": None}, {"ResizeImage": {"size": 8}}, {"NormalizeImage": None}, {"ToCHWImage": None}]


def make_source(folder: Path, count: int = 23) -> Source:
    rng = np.random.default_rng(0)
    for index in range(count):
        image = rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return Source.from_paths(str(folder), [f"{index}.png" for index in range(count)], [i % 5 for i in range(count)])


def load(source: Source, transforms: Any = TRAIN, size: int = 4, **options: Any) -> Loader:
    options = {"shuffle": True, "drop_last": False, "num_workers": 0, **options}
    return Loader(source, build_pipeline(transforms), size, **options)


def assert_equal(first: Any, second: Any) -> None:
    assert len(first) == len(second)
    for one, other in zip(first, second):
        assert np.array_equal(one.images, other.images)
        assert np.array_equal(one.labels, other.labels)
        assert np.array_equal(one.indices, other.indices)
        if one.mixed is not None:
            assert all(np.array_equal(a, b) for a, b in zip(one.mixed, other.mixed))


class Blend:
    """A mixing op that needs its generator."""

    def __call__(self, images, labels, rng):
        order, lam = rng.permutation(len(images)), rng.uniform()
        return (lam * images + (1 - lam) * images[order]).astype(np.float32), (labels, labels[order], lam)


def test_a_batch_has_the_stated_shapes_and_types(tmp_path):
    loader = load(make_source(tmp_path))
    batches = list(loader.epoch(0))
    assert len(batches) == len(loader) == 6
    images, labels, mixed, indices = batches[0]
    assert (images.shape, images.dtype) == ((4, 3, 8, 8), np.float32)
    assert (labels.shape, labels.dtype) == ((4,), np.int64)
    assert (indices.shape, indices.dtype) == ((4,), np.int64)
    assert np.array_equal(labels, indices % 5)
    assert mixed is None
    assert len(batches[-1].indices) == 3


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_the_number_of_workers_changes_nothing(tmp_path, workers):
    source = make_source(tmp_path)
    alone = list(load(source, mix=[Blend()]).epoch(2))
    assert_equal(alone, list(load(source, mix=[Blend()], num_workers=workers).epoch(2)))


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_that_starts_in_the_middle_continues_exactly(tmp_path, workers):
    loader = load(make_source(tmp_path), mix=[Blend()], num_workers=workers)
    assert_equal(list(loader.epoch(1))[2:], list(loader.epoch(1, start_step=2)))


def test_each_epoch_and_each_seed_has_its_own_order_and_crops(tmp_path):
    source = make_source(tmp_path)
    first, second = (next(iter(load(source).epoch(epoch))) for epoch in (0, 1))
    other = next(iter(load(source, seed=1).epoch(0)))
    assert not np.array_equal(first.indices, second.indices)
    assert not np.array_equal(first.indices, other.indices)
    plain = load(source, shuffle=False)
    first, second = (next(iter(plain.epoch(epoch))) for epoch in (0, 1))
    assert np.array_equal(first.indices, second.indices)
    assert not np.array_equal(first.images, second.images)


def test_every_batch_of_every_rank_and_epoch_is_mixed_by_its_own_draw(tmp_path):
    source = make_source(tmp_path)
    loaders = [load(source, size=4, mix=[Blend()], rank=rank, world_size=2) for rank in range(2)]
    batches = [batch for loader in loaders for epoch in range(2) for batch in loader.epoch(epoch)]
    assert len({batch.mixed[2] for batch in batches if batch.mixed}) == len(batches)


@pytest.mark.parametrize("world", [1, 2, 3, 7, 30])
@pytest.mark.parametrize("size", [1, 4, 64])
def test_evaluation_visits_every_sample_once_over_all_ranks(tmp_path, world, size):
    source = make_source(tmp_path)
    seen = []
    for rank in range(world):
        loader = load(source, PLAIN, size, shuffle=False, rank=rank, world_size=world)
        batches = list(loader.epoch(0))
        assert len(batches) == len(loader)
        seen += [index for batch in batches for index in batch.indices.tolist()]
    assert sorted(seen) == list(range(23))


@pytest.mark.parametrize("drop_last", [True, False])
def test_in_training_all_ranks_step_together_and_have_no_sample_in_common(tmp_path, drop_last):
    source = make_source(tmp_path)
    loaders = [load(source, size=3, drop_last=drop_last, rank=rank, world_size=3) for rank in range(3)]
    assert {len(loader) for loader in loaders} == {2 if drop_last else 3}
    per_rank = [[batch.indices for batch in loader.epoch(0)] for loader in loaders]
    assert {len(steps) for steps in per_rank} == {len(loaders[0])}
    seen = np.concatenate([indices for steps in per_rank for indices in steps])
    assert len(seen) == len(set(seen.tolist())) == (18 if drop_last else 23)


def test_two_ranks_take_together_what_one_takes_alone(tmp_path):
    source = make_source(tmp_path)
    alone = [set(batch.indices.tolist()) for batch in load(source, size=8).epoch(0)]
    pairs = zip(*(load(source, size=4, rank=rank, world_size=2).epoch(0) for rank in range(2)))
    assert alone == [set(one.indices.tolist()) | set(two.indices.tolist()) for one, two in pairs]


def test_fewer_samples_than_processes_at_the_end_are_left_out(tmp_path):
    source = make_source(tmp_path, 9)  # 2 ranks x 4, and one is left
    loaders = [load(source, size=4, rank=rank, world_size=2) for rank in range(2)]
    assert [len(list(loader.epoch(0))) for loader in loaders] == [1, 1]


def test_a_training_set_below_one_batch_is_refused_with_the_fix(tmp_path):
    with pytest.raises(UserError, match=r"3 images .*takes 64") as caught:
        load(make_source(tmp_path, 3), size=64, drop_last=True)
    assert caught.value.do == "lower batch_size"


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_a_bad_image_fails_with_its_path(tmp_path, workers):
    source = make_source(tmp_path)
    (tmp_path / "7.png").write_bytes(b"no image")
    with pytest.raises(BadImage, match=r"7.png: not an image") as caught:
        list(load(source, num_workers=workers).epoch(0))
    assert "on_bad_image: skip" in str(caught.value)


@pytest.mark.parametrize("workers", [0, 3])
def test_bad_images_can_be_skipped_and_are_listed(tmp_path, workers):
    source = make_source(tmp_path)
    (tmp_path / "7.png").write_bytes(b"no image")
    (tmp_path / "2.png").unlink()
    loader = load(source, num_workers=workers, on_bad_image="skip", bad_image_budget=0.1)
    for epoch in range(2):
        batches = list(loader.epoch(epoch))
        assert sorted(np.concatenate([batch.indices for batch in batches])) == sorted({*range(23)} - {2, 7})
        assert all(np.array_equal(batch.labels, batch.indices % 5) for batch in batches)
    assert [(Path(path).name, reason[:12]) for path, reason in loader.bad_images] == [
        ("2.png", "no such file"), ("7.png", "not an image")]


def test_more_bad_images_than_the_budget_stop_the_run_and_are_shown(tmp_path):
    source = make_source(tmp_path)
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(b"")
    loader = load(source, PLAIN, shuffle=False, on_bad_image="skip", bad_image_budget=0.05)
    with pytest.raises(UserError, match=r"3 of 23 images are bad, more than the budget of 2") as caught:
        list(loader.epoch(0))
    assert "0.png: the file is empty" in str(caught.value)


def test_a_batch_that_lost_all_its_images_is_left_out(tmp_path):
    source = make_source(tmp_path, 3)
    (tmp_path / "1.png").write_bytes(b"")
    loader = load(source, PLAIN, 1, shuffle=False, on_bad_image="skip", bad_image_budget=0.5)
    assert [batch.indices.tolist() for batch in loader.epoch(0)] == [[0], [2]]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_defect_of_an_op_is_never_skipped(tmp_path, workers):
    loader = load(make_source(tmp_path), num_workers=workers, on_bad_image="skip", bad_image_budget=1.0)

    def broken(image, rng):
        raise ZeroDivisionError("oh")

    loader.pipeline.steps[1] = loader.pipeline.steps[1]._replace(op=broken)
    with pytest.raises(TransformError, match=r"op 'RandCropImage' failed on '.*png': ZeroDivisionError: oh"):
        list(loader.epoch(0))


def test_images_of_several_sizes_name_two_files(tmp_path):
    source = make_source(tmp_path)
    (tmp_path / "1.png").write_bytes(cv2.imencode(".png", np.zeros((5, 6, 3), np.uint8))[1].tobytes())
    with pytest.raises(UserError, match=r"1.png: .*\(3, 5, 6\) here, \(3, 20, 24\) for .*0.png"):
        list(load(source, [PLAIN[0], *PLAIN[2:]], shuffle=False).epoch(0))


def test_closing_the_iterator_ends_the_threads_and_restores_opencv(tmp_path):
    def alive() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("ppclas-loader")]

    before = cv2.getNumThreads()
    batches = load(make_source(tmp_path), size=2, num_workers=3).epoch(0)
    next(batches)
    assert alive()
    batches.close()
    assert not alive()
    assert cv2.getNumThreads() == before


def test_no_more_than_a_few_batches_are_read_ahead(tmp_path, monkeypatch):
    source = make_source(tmp_path)
    read = []
    original = source.open

    def counted(index):
        read.append(index)
        return original(index)

    monkeypatch.setattr(source, "open", counted)
    batches = load(source, size=2, num_workers=1).epoch(0)
    next(batches)
    time.sleep(0.2)
    assert 2 <= len(read) <= 2 * 4
    batches.close()


@pytest.mark.parametrize(("transforms", "message"), [
    (PLAIN[:2], "end in HWC uint8.*NormalizeImage and ToCHWImage"), (PLAIN[:3], "end in HWC float32.*add ToCHWImage"),
])
def test_transforms_that_do_not_end_in_what_a_network_takes_are_refused(tmp_path, transforms, message):
    with pytest.raises(UserError, match=f"(?s){message}"):
        load(make_source(tmp_path, 2), transforms)


@pytest.mark.parametrize("options", [
    {"num_workers": -1}, {"num_workers": "many"}, {"on_bad_image": "ignore"}, {"bad_image_budget": 2}, {"size": 0},
])
def test_a_wrong_option_is_named(tmp_path, options):
    name = {"size": "batch_size"}.get(next(iter(options)), next(iter(options)))
    with pytest.raises(UserError, match=name):
        load(make_source(tmp_path, 2), **options)
