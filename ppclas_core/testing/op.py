# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of ops: shapes, dtypes, determinism, no mutation, replay, pickling, identity at zero strength."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar, Iterator, Mapping, Tuple

import numpy as np
import pytest

from ppclas_core.api import IMAGENET_MEAN, IMAGENET_STD, ImageState, Op
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters
from ppclas_core.testing.base import Conformance

SIZES = ((224, 224), (223, 225), (97, 41), (1, 300), (300, 1), (32, 32))


class OpConformance(Conformance):
    """Tests of a plugin's ops; subclasses set `plugin`.

    Attributes for the subclass:
        identity: op name -> parameters that make the op an identity.
    """

    kind = "op"
    identity: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def make(self, record: Op, **params: object) -> Any:  # noqa: ANN401  # Any: methods differ by kind of op
        """Return the op; its parameters are checked like those of a config."""
        target = resolve(record.target, owner=record.name)
        return target(**bind_parameters(target, {**self.build_params(record), **params}, owner=record.name))

    def inputs(self, record: Op) -> Iterator[Tuple[ImageState, np.ndarray]]:
        """Yield (state, image) for every state that the record accepts, at usual and odd sizes."""
        rng = np.random.default_rng(5)
        for layout in record.layouts:
            for dtype in record.dtypes:
                for height, width in SIZES:
                    shape = (height, width, 3) if layout == "HWC" else (3, height, width)
                    if dtype == "uint8":
                        yield ImageState(layout, dtype), rng.integers(0, 256, shape, dtype=np.uint8)
                    else:
                        state = ImageState(layout, dtype, IMAGENET_MEAN, IMAGENET_STD)
                        yield state, rng.standard_normal(shape).astype(np.float32)

    def bound(self, op: Any, state: ImageState) -> Any:  # noqa: ANN401  # Any: as `make`
        """Return the op bound to the image state, as in the pipeline."""
        return op.bind(state) if hasattr(op, "bind") else op

    def _sample_level(self, record: Op) -> None:
        if record.level != "sample":
            pytest.skip("this test is for ops on single images")

    def test_the_same_generator_gives_the_same_result(self, record: Op) -> None:
        """The generator argument is the only source of randomness."""
        self._sample_level(record)
        for state, image in self.inputs(record):
            op = self.bound(self.make(record), state)
            np.random.seed(0)
            first = op(image, np.random.default_rng(9))
            assert np.random.random_sample() == np.random.RandomState(0).random_sample(), (
                "the op uses the global generator of numpy; draw from the argument `rng`")
            np.testing.assert_array_equal(first, op(image, np.random.default_rng(9)))

    def test_the_input_is_never_changed(self, record: Op) -> None:
        """The caller may keep the image, for example in a cache."""
        self._sample_level(record)
        for state, image in self.inputs(record):
            before = image.copy()
            self.bound(self.make(record), state)(image, np.random.default_rng(9))
            np.testing.assert_array_equal(image, before)

    def test_dtype_and_layout_are_kept_or_declared(self, record: Op) -> None:
        """The output has the state that `out_state` declares, by default that of the input."""
        self._sample_level(record)
        for state, image in self.inputs(record):
            op = self.bound(self.make(record), state)
            out = op(image, np.random.default_rng(9))
            after = op.out_state(state) if hasattr(op, "out_state") else state
            assert out.dtype == np.dtype(after.dtype)
            assert out.shape[2 if after.layout == "HWC" else 0] == 3

    def test_a_draw_can_be_replayed(self, record: Op) -> None:
        """Random ops are split into `sample` and `apply`."""
        self._sample_level(record)
        for state, image in self.inputs(record):
            op = self.bound(self.make(record), state)
            if not hasattr(op, "sample"):
                pytest.skip("not a random op")
            draw = op.sample(np.random.default_rng(9), image.shape)
            np.testing.assert_array_equal(op.apply(image, draw), op.apply(image, draw))
            np.testing.assert_array_equal(op.apply(image, draw), op(image, np.random.default_rng(9)))

    def test_an_epoch_gives_a_copy(self, record: Op) -> None:
        """Loaders of several epochs use one op; its result depends only on the epoch and the generator."""
        op = self.make(record)
        if not hasattr(op, "at_epoch"):
            pytest.skip("an op that does not depend on the epoch")
        before = pickle.dumps(op)
        first, again = op.at_epoch(3), op.at_epoch(3)
        assert type(first) is type(op)
        assert first is not op
        assert pickle.dumps(op) == before, "at_epoch changes the op itself"
        assert pickle.dumps(first) == pickle.dumps(again)

    def test_it_travels_to_a_worker_process(self, record: Op) -> None:
        """Pickling keeps the behavior."""
        op = self.make(record)
        copy = pickle.loads(pickle.dumps(op))
        if record.level == "sample":
            state, image = next(self.inputs(record))
            np.testing.assert_array_equal(self.bound(op, state)(image, np.random.default_rng(1)),
                                          self.bound(copy, state)(image, np.random.default_rng(1)))

    def test_zero_strength_changes_nothing(self, record: Op) -> None:
        """The subclass's `identity` parameters leave the image unchanged."""
        if record.name not in self.identity:
            pytest.skip("no identity parameters are named for this op")
        for state, image in self.inputs(record):
            op = self.bound(self.make(record, **self.identity[record.name]), state)
            np.testing.assert_array_equal(op(image, np.random.default_rng(2)), image)

    def test_a_batch_op_keeps_the_label_contract(self, record: Op) -> None:
        """Images keep shape and dtype for any batch size; lam is in 0..1; y_b is a permutation of the labels."""
        if record.level != "batch":
            pytest.skip("this test is for ops on batches")
        for count in (1, 2, 5):
            images = np.random.default_rng(6).standard_normal((count, 3, 33, 47)).astype(np.float32)
            labels = np.arange(count, dtype=np.int64)
            before = images.copy()
            out, (y_a, y_b, lam) = self.make(record)(images, labels, np.random.default_rng(7))
            np.testing.assert_array_equal(images, before)
            assert out.shape == images.shape
            assert out.dtype == images.dtype
            np.testing.assert_array_equal(y_a, labels)
            assert sorted(y_b) == sorted(labels)
            assert np.all((np.asarray(lam) >= 0) & (np.asarray(lam) <= 1))
