# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation: each sample counts exactly once, for any batch size and number of processes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Protocol, Sequence, Tuple, Union

import numpy as np
import paddle

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.evaluated import open_evaluated, select_evaluated
from ppclas_core.checks.components import check_components
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.data.loader import Batch, Loader
from ppclas_core.data.timing import ENGINE, EXPORT, METRICS
from ppclas_core.errors import UserError
from ppclas_core.losses.mixed_labels import LossFunction, mixed_loss
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.models.evaluated_weights import open_validation
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.runs.locate import run_of
from ppclas_core.runs.run_config import with_validation_data
from ppclas_core.runtimes.load import load_runtime
from ppclas_core.system.device import choose_device
from ppclas_core.system.rank import ALONE, Rank, rank_from_environment
from ppclas_core.system.signals import interruptible
from ppclas_core.tasks import Task, task_of
from ppclas_core.training.builders import build_evaluation_loss, build_model
from ppclas_core.training.data_profile import evaluation_profile
from ppclas_core.training.distributed.collectives import join, merge_over_ranks
from ppclas_core.training.evaluation_result import EvaluationResult
from ppclas_core.training.extremes import Extremes
from ppclas_core.training.inference_evaluation import quick
from ppclas_core.training.loss import checked_output
from ppclas_core.training.runtime_model import RuntimeModel, refuse_other_model
from ppclas_core.training.top_errors import KEPT, TopErrors

_log = logging.getLogger(__name__)


class EvaluatedModel(Protocol):
    """Methods of a `paddle.nn.Layer` that an evaluation calls; a runtime is evaluated through an adapter."""

    @property
    def training(self) -> bool:
        """Whether the model is in training mode."""

    def train(self) -> None:
        """Switch to training mode."""

    def eval(self) -> None:
        """Switch to evaluation mode."""

    def __call__(self, images: paddle.Tensor) -> Union[paddle.Tensor, Sequence[paddle.Tensor]]:
        """Return logits (N, K), or outputs whose first one is the logits, of images (N, C, H, W) float32."""


@interruptible
def evaluate(config: Union[Config, str, Path], weights: Union[Source, Bundle, None] = None, *,
             data: Optional[Union[str, Path]] = None,
             watch: Callable[[Batch, np.ndarray], None] = lambda batch, logits: None) -> EvaluationResult:
    """Evaluate weights on VALID of a config or run, or a model on data, each sample once.

    If the data and the weights have class names, the classes are matched by name.

    Args:
        config: the config; or a run folder, a config file or the name of an installed one; or a model that `Predictor`
            takes by itself: a bundle or a file in it, a folder of `save_checkpoint`, or published weights. A
            `TrainResult` stands for its run.
        weights: prefix, file, checkpoint or run folder, or a `Bundle`; default: the best checkpoint of the run, for a
            config that of its run, else its `checkpoints`, else its `pretrained_model`; see `select_weights`.
        data: folder of class folders or list file; default: that of VALID. Required for a model without config.
        watch: called with each batch of this process and its logits (N, K) float32.

    Raises:
        UserError: there are no weights, or weights or data do not fit the config.
    """
    if weights is not None and not isinstance(weights, (bool, str, Path, list, tuple, Bundle)):
        raise UserError(f"weights is a {type(weights).__name__}, not a path or a name",
                        do="save the model first: evaluate(config, ppc.save_checkpoint(model, FOLDER))")
    config = run_of(config)
    if not isinstance(config, (Config, str, Path)):
        raise UserError(f"evaluate takes a config, run, bundle, checkpoint or name, not a {type(config).__name__}",
                        do="save the model first: evaluate(ppc.save_checkpoint(model, FOLDER), data=DATA)")
    if isinstance(config, Config):
        config = config if data is None else with_validation_data(config, data)
    else:
        config, weights = open_evaluated(config, weights, data)
    config.require("VALID")
    selected = select_evaluated(config, weights)
    config = datasets.settle_classes(config, selected.num_classes)
    check_components(config)
    device = choose_device(config.device, use_gpu=config.use_gpu, warn="use_gpu" in config.origins)
    rank = join(rank_from_environment())
    source = open_validation(config, selected)
    loader = datasets.valid_loader(config, source, rank)
    datasets.check_size(config, "VALID", loader)
    for note in preprocessing_notes(config, weights if isinstance(weights, Bundle) else selected.source):
        if rank.number == 0:
            _log.warning("warning: %s", note)
    if isinstance(weights, Bundle):
        refuse_other_model(config, weights.num_classes, weights.task, pixels=weights.takes_pixels)
        runtime = load_runtime(weights, device="gpu" if config.device == "gpu" else None)
        model: EvaluatedModel = RuntimeModel(runtime, pixels=weights.takes_pixels)
    else:
        network, record = build_model(config)
        PretrainedSource(selected.source).load(network, record, allow_new_head=False)
        model = quick(network, len(source), device, rank)
    names = datasets.class_names(config.num_classes, source, selected.classes)
    result = Evaluator.from_config(config, names, rank).evaluate(model, loader, watch=watch, errors=KEPT)
    assert result is not None
    return result


@dataclass(frozen=True)
class Evaluator:
    """Evaluation of models by the metrics of a task.

    Args:
        task: the task.
        loss: loss for the metric `loss`.
        class_names: class names in the order of the logits.
        rank: this process; the metrics are merged over all processes.
        print_interval: number of batches between two log lines.
    """

    task: Task
    loss: LossFunction
    class_names: Sequence[str]
    rank: Rank = ALONE
    print_interval: int = 10

    @classmethod
    def from_config(cls, config: Config, class_names: Sequence[str], rank: Rank = ALONE) -> Evaluator:
        """Return the evaluator of a config."""
        return cls(task_of(config), build_evaluation_loss(config), class_names, rank, config.print_interval)

    def evaluate(self, model: EvaluatedModel, loader: Loader, *, stopped: Callable[[], bool] = lambda: False,
                 watch: Callable[[Batch, np.ndarray], None] = lambda batch, logits: None,
                 errors: int = 0) -> Optional[EvaluationResult]:
        """Evaluate a model in evaluation mode and float32; its mode is restored.

        Args:
            model: the model.
            loader: loader that returns each sample of this process once (`drop_last=False`).
            stopped: called before each batch; if it returns True, the evaluation is abandoned.
            watch: called with each batch of this process and its logits (N, K) float32.
            errors: number of wrong predictions to keep for `EvaluationResult.top_errors`.

        Returns:
            The result, or None if the evaluation was abandoned.
        """
        started = time.perf_counter()
        metrics = self.task.evaluation_metrics(len(self.class_names))
        extremes = Extremes(self.task, errors)

        def seen(batch: Batch, logits: np.ndarray) -> None:
            if errors:
                extremes(batch, logits)
            watch(batch, logits)

        training = model.training
        model.eval()
        try:
            if not self._update_metrics(metrics, model, loader, stopped, seen):
                return None
        finally:
            if training:
                model.train()
        stages = loader.stages
        with stages.measure(METRICS):
            merge_over_ranks(metrics, self.rank)
            values = metrics.compute()
            tables = metrics.rows(self.class_names)
        if stages.timed and (preparing := getattr(model, "preparing", 0.0)):
            stages.add(EXPORT, preparing)
            stages.add(ENGINE, -preparing)
        if loader.bad_images:
            path, reason = loader.bad_images[0]
            _log.warning("%d images could not be used and are not counted; the first: %s: %s", len(loader.bad_images),
                         path, reason)
        kept = TopErrors.of(extremes.worst, self.task, self.class_names, loader.source) if errors else None
        return EvaluationResult(values, metrics.samples, time.perf_counter() - started, metrics.settings(), tables,
                                evaluation_profile(loader), tuple(self.class_names), kept)

    def _update_metrics(self, metrics: MetricSet, model: EvaluatedModel, loader: Loader, stopped: Callable[[], bool],
                        watch: Callable[[Batch, np.ndarray], None]) -> bool:
        """Update metrics with all batches and log some of them; return False if the evaluation is abandoned."""
        of_batch = self.task.step_metrics()
        logged = self.task.metrics_named(self.task.step_names)
        stages = loader.stages
        clock = time.perf_counter()
        for step, batch in enumerate(loader.epoch(0)):
            if stopped():
                return False
            with stages.measure(ENGINE):
                tensor, logits = _logits(model, batch.images)
            with stages.measure(METRICS):
                loss = _loss(self.loss, tensor, batch.labels)
                now = time.perf_counter()
                outputs = self.task.outputs(logits, batch.labels, None, loss)
                metrics.update(outputs, now - clock)
            watch(batch, logits)
            if step % self.print_interval == 0:
                of_batch.reset()
                of_batch.update(outputs)
                values = {**of_batch.compute(), "loss": loss, "step": step, "seconds": now - clock}
                _log.info(lines.eval_line(values, logged))
            clock = now
        return True


def _logits(model: EvaluatedModel, images: np.ndarray) -> Tuple[paddle.Tensor, np.ndarray]:
    """Return the logits (N, K) of the main output, as a tensor and as a float32 array."""
    with paddle.no_grad():
        with catalogue().calling_object("backbone", model):
            output = checked_output(model(paddle.to_tensor(images)))
        logits: paddle.Tensor = output[0] if isinstance(output, (list, tuple)) else output
        return logits, logits.astype("float32").numpy()


def _loss(loss: LossFunction, logits: paddle.Tensor, labels: np.ndarray) -> float:
    with paddle.no_grad(), catalogue().calling_object("loss", loss):
        return float(mixed_loss(loss, logits, labels, None).item())
