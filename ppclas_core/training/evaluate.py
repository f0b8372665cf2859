# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: every sample counts exactly once, whatever the batch size and the number of processes."""

from __future__ import annotations

import time
from typing import Any, Callable, Optional, Sequence, Tuple

import numpy as np
import paddle

from ppclas_core.data.timing import ENGINE, EXPORT, METRICS
from ppclas_core.losses.cross_entropy import LossFunction, mixed_loss
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.system.rank import ALONE, Rank
from ppclas_core.tasks.task import Task
from ppclas_core.training.data_profile import evaluation_profile
from ppclas_core.training.distributed.collectives import merge_over_ranks


def evaluate_model(
    model: Any,
    loader: Any,
    loss: LossFunction,
    *,
    task: Task,
    class_names: Sequence[str],
    rank: Rank = ALONE,
    print_interval: int = 10,
    say: Callable[[str], None] = lambda line: None,
    stopped: Callable[[], bool] = lambda: False,
    watch: Callable[[Any, np.ndarray], None] = lambda batch, scores: None,
) -> Optional[Evaluation]:
    """Evaluate `model` as it stands, in evaluation mode and float32; its mode is restored.

    Args:
        loader: gives every sample of this process once (`drop_last=False`).
        task: gives the metrics.
        class_names: one per logit.
        stopped: asked before each batch; when true the evaluation is given up and the result is None.
        watch: gets each batch of this process and its logits (N, K) float32.
    """
    started = time.perf_counter()
    metrics, of_batch = task.evaluation_metrics(len(class_names)), task.step_metrics()
    shown = task.metrics_named(task.step_names)
    training, stages = model.training, loader.stages
    model.eval()
    try:
        clock = time.perf_counter()
        for step, batch in enumerate(loader.epoch(0)):
            if stopped():
                return None
            with stages.measure(ENGINE):
                logits, scores = _answers(model, batch.images)
            with stages.measure(METRICS):
                value = _loss(loss, logits, batch.labels)
                now = time.perf_counter()
                outputs = task.outputs(scores, batch.labels, None, value)
                metrics.update(outputs, now - clock)
            watch(batch, scores)
            if step % print_interval == 0:
                of_batch.reset()
                of_batch.update(outputs)
                values = {**of_batch.compute(), "loss": value, "step": step, "seconds": now - clock}
                say(lines.eval_line(values, shown))
            clock = now
    finally:
        if training:
            model.train()
    with stages.measure(METRICS):
        merge_over_ranks(metrics, rank)
        found = metrics.compute()
        tables = metrics.rows(class_names)
    if stages.timed and (preparing := getattr(model, "preparing", 0.0)):
        stages.add(EXPORT, preparing)
        stages.add(ENGINE, -preparing)
    if loader.bad_images:
        path, reason = loader.bad_images[0]
        say(f"{len(loader.bad_images)} images could not be used and are not counted; the first: {path}: {reason}")
    return Evaluation(found, metrics.samples, time.perf_counter() - started, metrics.settings(), tables,
                      evaluation_profile(loader, say))


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
