# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: The loader passes the epoch to ops that depend on it; mixed labels become class probabilities."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from ppclas_core.data import DecodeImage, Loader, NormalizeImage, ToCHWImage, build_pipeline
from ppclas_core.data.loader import Batch
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, Step
from ppclas_core.data.readers.source import Source
from ppclas_core.data.soft_labels import class_probabilities


class WithEpoch:
    """An op whose `epoch` the loader sets; -1 without a loader."""

    epoch = -1

    def at_epoch(self, epoch):
        op = copy.copy(self)
        op.epoch = epoch
        return op


class FillWithEpoch(WithEpoch):
    """Every pixel becomes the epoch and a random number below 1."""

    def __call__(self, image, rng=None):
        return np.full_like(image, self.epoch + rng.random())


class MixWithEpoch(WithEpoch):
    def __call__(self, images, labels, rng=None):
        return images, (labels, labels[::-1], np.full(len(labels), self.epoch / 10))


@pytest.fixture
def loader_of(tmp_path):
    image = np.zeros((8, 8, 3), np.uint8)
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    source = Source.from_paths(str(tmp_path), ["a.png"] * 6, [0, 1, 2, 0, 1, 2])
    ops = [DecodeImage(), NormalizeImage(), FillWithEpoch(), ToCHWImage()]

    def make(workers):
        known = {step.name: step.record for step in build_pipeline([{"DecodeImage": None}, {"NormalizeImage": None},
                                                                    {"ToCHWImage": None}]).steps}
        steps = [Step(type(op).__name__, op, known.get(type(op).__name__)) for op in ops]
        return Loader(source, Pipeline(steps, lambda index: None), 3, shuffle=True, drop_last=True,
                      num_workers=workers, mix=[MixWithEpoch()])

    return make


@pytest.mark.parametrize("workers", [0, 3])
def test_the_loader_passes_the_epoch_to_ops_and_mixing_ops(loader_of, workers):
    loader = loader_of(workers)
    for epoch in (0, 4, 2):
        batches = list(loader.epoch(epoch))
        assert len(batches) == 2
        for batch in batches:
            assert (np.floor(batch.images) == epoch).all()
            assert np.allclose(batch.mixed[2], epoch / 10)


def test_two_epochs_can_run_at_once(loader_of):
    loader = loader_of(2)
    for first, second in zip(loader.epoch(1), loader.epoch(7)):
        assert np.floor(first.images.max()) == 1
        assert np.floor(second.images.min()) == 7


def test_the_images_of_an_epoch_depend_neither_on_workers_nor_on_epochs_before(loader_of):
    straight = [batch.images for batch in loader_of(0).epoch(3)]
    loader = loader_of(3)
    list(loader.epoch(0))
    assert all(np.array_equal(one, other.images) for one, other in zip(straight, loader.epoch(3)))


def test_a_pipeline_without_such_ops_is_its_own_copy():
    pipeline = build_pipeline([{"DecodeImage": None}])
    assert pipeline.at_epoch(5) is pipeline


@pytest.mark.parametrize("lam", [0.25, np.float64(0.25), np.array([0.25, 0.25, 0.25])])
def test_mixed_labels_as_probabilities(lam):
    target = class_probabilities((np.array([0, 1, 2]), np.array([2, 1, 0]), lam), 4)
    assert target.dtype == np.float32
    assert np.allclose(target, np.array([[0.25, 0, 0.75, 0], [0, 1, 0, 0], [0.75, 0, 0.25, 0]]))


def test_a_batch_gives_probabilities_mixed_or_not():
    labels = np.array([1, 0])
    plain = Batch(np.zeros((2, 3, 1, 1), np.float32), labels, None, labels)
    assert plain.probabilities(2).tolist() == [[0, 1], [1, 0]]
    mixed = plain._replace(mixed=(labels, labels[::-1], np.array([0.5, 1.0])))
    assert mixed.probabilities(2).tolist() == [[0.5, 0.5], [1, 0]]
