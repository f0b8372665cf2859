# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Gradient accumulation: the config key `TRAIN.accumulate`. A batch is computed in parts to save memory."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, ContextManager, List

import numpy as np

from ppclas_core.data.loader import Batch
from ppclas_core.system.rank import Rank
from ppclas_core.training.distributed.collectives import summed

if TYPE_CHECKING:
    from ppclas_core.training.forward import Forward


def split(batch: Batch, parts: int) -> List[Batch]:
    """Split a batch into at most `parts` parts of nearly equal size; none is empty."""
    if parts == 1:
        return [batch]
    edges = np.linspace(0, len(batch.indices), min(parts, len(batch.indices)) + 1).astype(int)
    return [_cut(batch, slice(start, end)) for start, end in zip(edges[:-1], edges[1:])]


def loss_weight(count: int, rank: Rank, *, always_full: bool) -> float:
    """Return the factor of the loss of this process; it is 1 if all processes have the same number of images.

    The gradients of the processes are averaged without weights, but an incomplete batch, or one with skipped images,
    may be divided unequally.

    Args:
        count: number of images of this process.
        rank: this process.
        always_full: no batch is incomplete or has skipped images; the same value in all processes.
    """
    if rank.world == 1 or always_full:
        return 1.0
    total = summed(np.array([count], np.float64), rank)[0]
    return float(count * rank.world / total)


def no_exchange(forward: Forward) -> ContextManager[None]:
    """Return a context in which a data-parallel model does not exchange gradients."""
    no_sync = getattr(forward, "no_sync", None)
    context: ContextManager[None] = nullcontext() if no_sync is None else no_sync()
    return context


def _cut(batch: Batch, part: slice) -> Batch:
    mixed = batch.mixed
    if mixed is not None:
        y_a, y_b, lam = mixed
        mixed = (y_a[part], y_b[part], lam[part] if isinstance(lam, np.ndarray) and lam.ndim else lam)
    return Batch(batch.images[part], batch.labels[part], mixed, batch.indices[part])
