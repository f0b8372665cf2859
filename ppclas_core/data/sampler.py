# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Sampler: which samples form a batch, in which order, and their random number generators.

In: the number of samples, seed, epoch, step, rank and world size. Out: the keys of the samples of a batch, which
`SampleReader` loads. All is a function of these inputs, so neither the number of workers nor resuming changes the data.
"""

from __future__ import annotations

from typing import Optional

import numpy as np

_ORDER, _SAMPLE, _MIX = 0, 1, 2


def sample_rng(seed: int, epoch: int, key: int) -> np.random.Generator:
    """Return the random number generator of a sample, or of a repeat of it, in an epoch."""
    return _generator(seed, _SAMPLE, epoch, key)


def batch_rng(seed: int, epoch: int, batch: int) -> np.random.Generator:
    """Return the random number generator of the mixing op for a batch; `batch` is step * world size + rank."""
    return _generator(seed, _MIX, epoch, batch)


def _generator(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


class EpochOrder:
    """Order of samples and batches of one process.

    In training (`shuffle` or `drop_last`) every process takes the same number of steps. Step s takes the next
    `batch_size * world_size` samples of the epoch's permutation and divides them over the ranks. If `drop_last` is off
    and fewer samples than processes remain at the end of an epoch, they are omitted, as every process needs a sample
    per step. In evaluation each sample is assigned to exactly one rank; the number of steps of two ranks differs by at
    most one.

    Args:
        size: number of samples.
        batch_size: batch size of one process.
        shuffle: new permutation in each epoch.
        drop_last: omit an incomplete last batch.
        seed: seed of the permutations.
        rank: rank of this process.
        world_size: number of processes.
        balance: (size,) int64 labels, to draw each class equally often in an epoch; None: draw each sample once.
    """

    def __init__(self, size: int, batch_size: int, *, shuffle: bool, drop_last: bool, seed: int,
                 rank: int, world_size: int, balance: Optional[np.ndarray] = None) -> None:
        self._balance = balance
        self._size = size
        self._batch_size = batch_size
        self._shuffle = shuffle
        self._seed = seed
        self._rank = rank
        self._world_size = world_size
        self._equal_steps = shuffle or drop_last
        per_step = batch_size * world_size
        rest = size % per_step
        if not self._equal_steps:
            self.steps = -(-len(range(rank, size, world_size)) // batch_size)
        else:
            self.steps = size // per_step + (0 if drop_last or rest < world_size else 1)

    def samples(self, epoch: int) -> np.ndarray:
        """Return (size,) int64: the keys of all samples in the order of this epoch, for `batch`.

        A key is the index of a sample; the n-th repeat of a sample in an epoch has `index + n * size`.
        """
        if not self._shuffle:
            return np.arange(self._size, dtype=np.int64)
        rng = _generator(self._seed, _ORDER, epoch)
        if self._balance is not None:
            return balanced_epoch(self._balance, rng)
        return rng.permutation(self._size).astype(np.int64)

    def batch(self, samples: np.ndarray, step: int) -> np.ndarray:
        """Return the sample keys of this process at a step."""
        if not self._equal_steps:
            own = samples[self._rank :: self._world_size]
            return own[step * self._batch_size : (step + 1) * self._batch_size]
        per_step = self._batch_size * self._world_size
        return np.array_split(samples[step * per_step : (step + 1) * per_step], self._world_size)[self._rank]


def balanced_epoch(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (N,) int64 sample keys in which each class has N / classes samples, up to rounding.

    Images of small classes are repeated; large classes omit different images in each epoch. A repeat has its own key:
    the second occurrence of sample i is i + N, the third i + 2 N, so each gets different augmentations.

    Args:
        labels: (N,) int64.
        rng: random number generator of the epoch.
    """
    size = len(labels)
    order = rng.permutation(size)
    by_class = order[np.argsort(labels[order], kind="stable")]  # members of each class, shuffled
    _, counts = np.unique(labels, return_counts=True)
    ends = np.cumsum(counts)
    draws = np.full(len(counts), size // len(counts))  # samples of each class in the epoch
    draws[rng.permutation(len(counts))[: size % len(counts)]] += 1
    parts = []
    for end, count, wanted in zip(ends, counts, draws):
        number = np.arange(wanted, dtype=np.int64)
        parts.append(by_class[end - count + number % count] + number // count * size)
    keys: np.ndarray = np.concatenate(parts)
    return keys[rng.permutation(size)]
