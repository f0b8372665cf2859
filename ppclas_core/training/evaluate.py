# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: every sample counts exactly once, at any batch size and number of processes."""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, Optional, Sequence, Tuple

import numpy as np
import paddle

from ppclas_core.checks.components import check_components
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.data.timing import ENGINE, EXPORT, METRICS
from ppclas_core.losses.mixed_labels import LossFunction, mixed_loss
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.models.evaluated_weights import select_weights
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.system.device import choose_device
from ppclas_core.system.rank import ALONE, Rank, rank_from_environment
from ppclas_core.system.signals import interruptible
from ppclas_core.tasks import Task, task_of
from ppclas_core.training.builders import build_evaluation_loss, build_model
from ppclas_core.training.data_profile import evaluation_profile
from ppclas_core.training.distributed.collectives import join, merge_over_ranks
from ppclas_core.training.inference_evaluation import quick

_log = logging.getLogger(__name__)


@interruptible
def evaluate(config: Config, weights: Optional[Source] = None, *,
             watch: Callable[[Any, np.ndarray], None] = lambda batch, logits: None) -> Evaluation:
    """Evaluate weights on VALID of a config, each sample once.

    The classes of the data are matched to those of the weights by name, where both have names.

    Args:
        weights: prefix, file, checkpoint or run folder; by default the best checkpoint of the config's own run, else
            its `checkpoints`, else its `pretrained_model`; see `select_weights`.
        watch: called with each batch of this process and its logits (N, K) float32.

    Raises:
        UserError: no weights, weights or data that do not fit the config.
    """
    config.require("VALID")
    selected = select_weights(config, weights)
    config = datasets.settle_classes(config, selected.num_classes)
    check_components(config)
    device = choose_device(config.device, use_gpu=config.use_gpu, warn="use_gpu" in config.origins)
    rank = join(rank_from_environment())
    source = datasets.open_checked(config, "VALID", selected.classes)
    loader = datasets.valid_loader(config, source, rank)
    datasets.check_size(config, "VALID", loader)
    for note in preprocessing_notes(config, selected.source):
        if rank.number == 0:
            _log.warning("warning: %s", note)
    model, record = build_model(config)
    PretrainedSource(selected.source).load(model, record, rename_head=False)
    names = datasets.class_names(config.num_classes, source, selected.classes)
    result = evaluate_model(quick(model, len(source), device, rank), loader, build_evaluation_loss(config),
                            task=task_of(config), class_names=names, rank=rank,
                            print_interval=config.print_interval, watch=watch)
    assert result is not None
    return result


def evaluate_model(
    model: Any,
    loader: Any,
    loss: LossFunction,
    *,
    task: Task,
    class_names: Sequence[str],
    rank: Rank = ALONE,
    print_interval: int = 10,
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
                logits, scores = _logits(model, batch.images)
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
                _log.info(lines.eval_line(values, shown))
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
        _log.warning("%d images could not be used and are not counted; the first: %s: %s", len(loader.bad_images), path,
                     reason)
    return Evaluation(found, metrics.samples, time.perf_counter() - started, metrics.settings(), tables,
                      evaluation_profile(loader))


def _logits(model: Any, images: np.ndarray) -> Tuple[paddle.Tensor, np.ndarray]:
    """Return the logits (N, K) of the main output, as a tensor and as a float32 array."""
    with paddle.no_grad():
        with catalogue().calling_object("backbone", model):
            output = model(paddle.to_tensor(images))
        logits = output[0] if isinstance(output, (list, tuple)) else output
        return logits, logits.astype("float32").numpy()


def _loss(loss: LossFunction, logits: paddle.Tensor, labels: np.ndarray) -> float:
    with paddle.no_grad(), catalogue().calling_object("loss", loss):
        return float(mixed_loss(loss, logits, labels, None).item())
