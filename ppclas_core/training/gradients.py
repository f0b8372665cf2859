# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The gradients of one batch, computed whole or in parts (`TRAIN.accumulate`)."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager, List, Tuple

import numpy as np
import paddle

from ppclas_core.data.loader import Batch
from ppclas_core.losses.cross_entropy import training_loss
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.training.distributed.collectives import summed
from ppclas_core.training.run_state import Run


def compute_gradients(run: Run, batch: Batch) -> Tuple[float, np.ndarray]:
    """Leave the gradients of the mean loss of a batch in the parameters; give that loss and the logits.

    A part counts by its number of images, so that the sum over parts is the gradient of the whole batch. Several
    processes exchange gradients at the last part only.

    Returns:
        The loss, and (N, K) float32 logits of the main output.
    """
    parts, weight = split(batch, run.config["TRAIN"]["accumulate"]), _weight(run, len(batch.indices))
    loss, logits = 0.0, []
    known, architecture = catalogue(), run.config["ARCHITECTURE"]["name"]
    for number, part in enumerate(parts):
        share = len(part.indices) / len(batch.indices)
        run.call("on_batch", part)
        with _silent(run.forward, number < len(parts) - 1):
            with run.amp.autocast():
                with known.calling("backbone", architecture):
                    output = run.forward(paddle.to_tensor(part.images))
                with known.calling("loss", run.config["LOSS"]["name"]):
                    value, main = training_loss(run.loss, output, part.labels, part.mixed, run.aux_weights,
                                                teacher_first=run.has_teacher)
                    if not isinstance(value, paddle.Tensor):
                        raise TypeError(f"it gave a {type(value).__name__}, not a tensor")
            run.amp.backward(value if share * weight == 1.0 else value * (share * weight))
        loss += value.item() * share
        logits.append(main.astype("float32").numpy())
    return loss, logits[0] if len(logits) == 1 else np.concatenate(logits)


def _weight(run: Run, count: int) -> float:
    """What the loss of this process counts, 1 where all have equally many images: the processes' gradients are
    averaged, and an incomplete or thinned batch may have dealt them unequally."""
    train = run.config["TRAIN"]
    always_full = train["drop_last"] and len(run.loader.source) >= train["batch_size"]
    if run.rank.world == 1 or (always_full and train["on_bad_image"] == "fail"):  # the same answer everywhere
        return 1.0
    total = summed(np.array([count], np.float64), run.rank)[0]
    return float(count * run.rank.world / total)


def split(batch: Batch, parts: int) -> List[Batch]:
    """A batch in at most `parts` parts of nearly equal size, none of them empty."""
    if parts == 1:
        return [batch]
    edges = np.linspace(0, len(batch.indices), min(parts, len(batch.indices)) + 1).astype(int)
    return [_cut(batch, slice(start, end)) for start, end in zip(edges[:-1], edges[1:])]


def _cut(batch: Batch, part: slice) -> Batch:
    mixed = batch.mixed
    if mixed is not None:
        y_a, y_b, lam = mixed
        mixed = (y_a[part], y_b[part], lam[part] if getattr(lam, "ndim", 0) else lam)
    return Batch(batch.images[part], batch.labels[part], mixed, batch.indices[part])


def _silent(forward: Any, wanted: bool) -> ContextManager[Any]:
    """Inside, a data-parallel model does not exchange gradients."""
    no_sync = getattr(forward, "no_sync", None)
    return no_sync() if wanted and no_sync is not None else nullcontext()
