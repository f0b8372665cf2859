# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: every sample counts exactly once, whatever the batch size and the number of processes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np
import paddle

from ppclas_core.engine import log as lines
from ppclas_core.engine.device import ALONE, Rank
from ppclas_core.engine.losses import LossFunction, mixed_loss
from ppclas_core.engine.metrics import Counter, PerClass, ranks


@dataclass(frozen=True)
class EvalResult:
    """Averages over samples.

    Args:
        top1, topk: accuracies in 0..1; `k` is the k of the second, clipped to the classes.
        loss: mean loss, smoothed as in training.
        samples: how many were counted; seconds: wall-clock.
        per_class: one row per class that occurred or was predicted: class, samples, correct, recall, precision.
    """

    top1: float
    topk: float
    k: int
    loss: float
    samples: int
    seconds: float
    per_class: List[Dict[str, Any]] = field(default_factory=list)


def evaluate_model(
    model: Any,
    loader: Any,
    loss: LossFunction,
    *,
    topk: int,
    class_names: Sequence[str],
    rank: Rank = ALONE,
    print_interval: int = 10,
    say: Callable[[str], None] = lambda line: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Optional[EvalResult]:
    """Evaluate `model` as it stands, in evaluation mode and float32; its mode is restored.

    Args:
        loader: gives every sample of this process once (`drop_last=False`).
        class_names: one per logit.
        stopped: asked before each batch; when true the evaluation is given up and the result is None.
    """
    started = time.perf_counter()
    sums, classes = Counter(topk), PerClass(len(class_names))
    training = model.training
    model.eval()
    try:
        clock = time.perf_counter()
        for step, batch in enumerate(loader.epoch(0)):
            if stopped():
                return None
            with paddle.no_grad():
                output = model(paddle.to_tensor(batch.images))
                logits = output[0] if isinstance(output, (list, tuple)) else output
                value = mixed_loss(loss, logits, batch.labels, None).item()
            scores, labels = logits.astype("float32").numpy(), np.asarray(batch.labels)
            now = time.perf_counter()
            top1, within = sums.add(ranks(scores, labels), value, now - clock)
            classes.add(scores.argmax(axis=1), labels)
            if step % print_interval == 0:
                say(lines.eval_line({"step": step, "loss": value, "top1": top1, "topk": within,
                                     "seconds": now - clock}, topk))
            clock = now
    finally:
        if training:
            model.train()
    if rank.world > 1:
        _add_up(sums, classes)
    averages = sums.averages()
    return EvalResult(averages["top1"], averages["topk"], topk, averages["loss"], sums.samples,
                      time.perf_counter() - started, classes.table(list(class_names)))


def _add_up(sums: Counter, classes: PerClass) -> None:
    """Replace the counts of this process by those of all."""
    own = [sums.samples, sums.top1, sums.within_k, sums.loss]
    counts = np.concatenate([own, classes.samples, classes.correct, classes.predicted])
    total = paddle.to_tensor(counts, dtype="float64")
    paddle.distributed.all_reduce(total)
    counts = total.numpy()
    sums.samples, sums.top1, sums.within_k = (int(value) for value in counts[:3])
    sums.loss = float(counts[3])
    classes.samples, classes.correct, classes.predicted = np.split(counts[4:].astype(np.int64), 3)
