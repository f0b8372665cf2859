# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`TRAIN.accumulate`: one batch computed in parts, with the gradient of the whole batch."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager, List

import numpy as np

from ppclas_core.data.loader import Batch
from ppclas_core.system.rank import Rank
from ppclas_core.training.distributed.collectives import summed


def split(batch: Batch, parts: int) -> List[Batch]:
    """Return a batch in at most `parts` parts of nearly equal size, none of them empty."""
    if parts == 1:
        return [batch]
    edges = np.linspace(0, len(batch.indices), min(parts, len(batch.indices)) + 1).astype(int)
    return [_cut(batch, slice(start, end)) for start, end in zip(edges[:-1], edges[1:])]


def loss_weight(count: int, rank: Rank, *, always_full: bool) -> float:
    """Return the factor on the loss of this process, 1 where all processes have equally many images.

    The gradients of the processes are averaged, and an incomplete or thinned batch may be divided unequally.

    Args:
        count: images of this process; always_full: no batch is incomplete or thinned, the same in all processes.
    """
    if rank.world == 1 or always_full:
        return 1.0
    total = summed(np.array([count], np.float64), rank)[0]
    return float(count * rank.world / total)


def no_exchange(forward: Any) -> ContextManager[Any]:
    """Return a context in which a data-parallel model does not exchange gradients."""
    no_sync = getattr(forward, "no_sync", None)
    return no_sync() if no_sync is not None else nullcontext()


def _cut(batch: Batch, part: slice) -> Batch:
    mixed = batch.mixed
    if mixed is not None:
        y_a, y_b, lam = mixed
        mixed = (y_a[part], y_b[part], lam[part] if getattr(lam, "ndim", 0) else lam)
    return Batch(batch.images[part], batch.labels[part], mixed, batch.indices[part])
