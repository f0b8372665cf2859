# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of the samples of an epoch; every kind of worker calls it.

In: the key of a sample (`sampler`). Out: its image as `FusedPipeline.image` returns it. The source reads the bytes, the
fused pipeline transforms them, and the random draws depend on seed, epoch and key only.
"""

from __future__ import annotations

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.fused import FusedPipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.data.sampler import sample_rng
from ppclas_core.data.timing import READ


class SampleReader:
    """Reader of the samples of one epoch by key.

    Args:
        source: data set.
        plan: fused pipeline of the epoch.
        seed: seed of all randomness.
        epoch: epoch, counted from 0.
    """

    def __init__(self, source: Source, plan: FusedPipeline, seed: int, epoch: int) -> None:
        self.source = source
        self.plan = plan
        self.seed = seed
        self.epoch = epoch

    def index(self, key: int) -> int:
        """Return the index in the source that a key of `EpochOrder.samples` stands for."""
        return key % len(self.source)

    def load(self, key: int) -> np.ndarray:
        """Return the image as output by `FusedPipeline.image`.

        Raises:
            BadImage: the image is unusable; the error has its path.
            TransformError, UserError: an op failed.
        """
        index = self.index(key)
        path = self.source.path(index)
        try:
            with self.plan.stages.measure(READ):
                data = self.source.open(index)
            return self.plan.image(data, sample_rng(self.seed, self.epoch, key), path)
        except BadImage as error:
            raise error.at(path) from error.__cause__
