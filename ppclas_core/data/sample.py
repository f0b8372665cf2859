# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of samples of an epoch, used by all kinds of workers."""

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
        plan: fused pipeline.
        seed, epoch: they determine the random draws.
    """

    def __init__(self, source: Source, plan: FusedPipeline, seed: int, epoch: int) -> None:
        self.source, self.plan, self.seed, self.epoch = source, plan, seed, epoch

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
