# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: every sample counts exactly once, whatever the batch size and the number of processes."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
import paddle

from ppclas_core.data.timing import ENGINE, EXPORT, METRICS
from ppclas_core.losses.cross_entropy import LossFunction, mixed_loss
from ppclas_core.metrics.evaluation import Tally
from ppclas_core.metrics.multilabel_evaluation import MultilabelResult, MultilabelTally
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.system.rank import ALONE, Rank
from ppclas_core.training.data_profile import evaluation_profile


@dataclass(frozen=True)
class EvalResult:
    """Averages over samples.

    Args:
        top1, topk: accuracies in 0..1; `k` is the k of the second, clipped to the classes.
        loss: mean loss, smoothed as in training.
        samples: how many were counted; seconds: wall-clock.
        ece: expected calibration error, 0..1; balanced_accuracy: mean recall of the classes; macro_f1: their mean F1.
        per_class: one row per class that occurred or was predicted: class, samples, correct, recall, precision, f1.
        confusion: counts, a row per true class, a column per predicted one; None for more than 1000 classes.
        profile: milliseconds per image by stage; empty unless the loader measures them.
    """

    top1: float
    topk: float
    k: int
    loss: float
    samples: int
    seconds: float
    ece: float = 0.0
    balanced_accuracy: float = 0.0
    macro_f1: float = 0.0
    per_class: List[Dict[str, Any]] = field(default_factory=list)
    confusion: Optional[List[List[int]]] = None
    profile: Dict[str, float] = field(default_factory=dict)


AnyResult = Union[EvalResult, MultilabelResult]


def evaluate_model(
    model: Any,
    loader: Any,
    loss: LossFunction,
    *,
    topk: int,
    class_names: Sequence[str],
    threshold: Optional[float] = None,
    rank: Rank = ALONE,
    print_interval: int = 10,
    say: Callable[[str], None] = lambda line: None,
    stopped: Callable[[], bool] = lambda: False,
    watch: Callable[[Any, np.ndarray], None] = lambda batch, scores: None,
) -> Optional[AnyResult]:
    """Evaluate `model` as it stands, in evaluation mode and float32; its mode is restored.

    Args:
        loader: gives every sample of this process once (`drop_last=False`).
        class_names: one per logit.
        threshold: None: each image has one label. Else labels are multi-hot, the result is a `MultilabelResult`, and
            this is the sigmoid score from which a class counts as found.
        stopped: asked before each batch; when true the evaluation is given up and the result is None.
        watch: gets each batch of this process and its logits (N, K) float32.
    """
    started = time.perf_counter()
    tally: Any = Tally(topk, len(class_names)) if threshold is None else MultilabelTally(threshold, len(class_names))
    training, stages = model.training, loader.stages
    model.eval()
    try:
        clock = time.perf_counter()
        for step, batch in enumerate(loader.epoch(0)):
            if stopped():
                return None
            logits, scores = stages.run(ENGINE, _answers, model, batch.images)
            value = stages.run(METRICS, _loss, loss, logits, batch.labels)
            now = time.perf_counter()
            figures = stages.run(METRICS, tally.add, scores, np.asarray(batch.labels), value, now - clock)
            watch(batch, scores)
            if step % print_interval == 0:
                say(lines.eval_line({"step": step, "loss": value, **figures, "seconds": now - clock}, topk))
            clock = now
    finally:
        if training:
            model.train()
    result: AnyResult = stages.run(METRICS, _result, tally, rank, topk, class_names, started)
    if stages.timed and (preparing := getattr(model, "preparing", 0.0)):
        stages.add(EXPORT, preparing)
        stages.add(ENGINE, -preparing)
    if loader.bad_images:
        path, reason = loader.bad_images[0]
        say(f"{len(loader.bad_images)} images could not be used and are not counted; the first: {path}: {reason}")
    profile = evaluation_profile(loader, say)
    return dataclasses.replace(result, profile=profile) if profile else result


def _answers(model: Any, images: np.ndarray) -> Tuple[paddle.Tensor, np.ndarray]:
    """The logits (N, K) of the main output, and the same as float32 array."""
    with paddle.no_grad():
        with catalogue().calling_object("backbone", model):
            output = model(paddle.to_tensor(images))
        logits = output[0] if isinstance(output, (list, tuple)) else output
        return logits, logits.astype("float32").numpy()


def _loss(loss: LossFunction, logits: paddle.Tensor, labels: np.ndarray) -> float:
    with paddle.no_grad(), catalogue().calling_object("loss", loss):
        return float(mixed_loss(loss, logits, labels, None).item())


def _result(tally: Any, rank: Rank, topk: int, class_names: Sequence[str], started: float) -> AnyResult:
    """What was counted by all processes."""
    tally.add_up(rank)
    if isinstance(tally, MultilabelTally):
        return tally.result(class_names, time.perf_counter() - started)
    return EvalResult(**tally.averages(), k=topk, samples=tally.samples, seconds=time.perf_counter() - started,
                      per_class=tally.table(class_names), confusion=tally.confusion())
