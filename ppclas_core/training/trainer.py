# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Trainer`: the training loop, from the epochs down to one optimizer step."""

from __future__ import annotations

import functools
import logging
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.data.loader import Batch
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.runs.folder import BEST, LAST, RunFolder, epoch_name
from ppclas_core.runs.log import RunLog
from ppclas_core.system.rank import Rank
from ppclas_core.system.signals import StopRequest
from ppclas_core.training.best_checkpoint import update_best
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.components import Components, build_components
from ppclas_core.training.data_profile import log_profile, record_profile
from ppclas_core.training.distributed.collectives import average_statistics, maximum, merge_over_ranks
from ppclas_core.training.early_stop import due, is_over
from ppclas_core.training.evaluate import Evaluator
from ppclas_core.training.non_finite import NonFiniteLosses
from ppclas_core.training.resume import Start
from ppclas_core.training.save import save_run
from ppclas_core.training.statistics_hint import StatisticsHint
from ppclas_core.training.step import compute_gradients, train_step

_log = logging.getLogger(__name__)


class Trainer(Components):
    """Training loop. Callbacks receive it as `run`, so it has all components as attributes.

    Args:
        components: components of the training.
        folder: run folder.
        log: log of the run.

    Attributes:
        folder: run folder.
        log: log of the run.
        stop: whether the run ends after the current epoch, with its evaluation and checkpoint; a callback sets it.
        stop_request: signal that requests a stop within the epoch, if there was one.
        aux_weights: weight of each output of the model after the main one.
        topk: k of the metric `topk`.
        epochs: number of epochs.
        steps_per_epoch: number of optimizer steps per epoch.
        accumulate: number of parts in which a batch is computed.
        shown_in_steps: metrics in the log lines of steps and epochs.
        shown_in_evaluations: metrics in the log lines of evaluations.
        non_finite: counter of losses that are not finite.
    """

    def __init__(self, components: Components, folder: Path, log: RunLog) -> None:
        super().__init__(**vars(components))
        self.folder = folder
        self.log = log
        self.stop = False
        self.stop_request = StopRequest()
        self.aux_weights = self.record.aux_weights
        self.topk = self.task.topk
        self.epochs = self.config.require_epochs()
        self.steps_per_epoch = len(self.loader)
        self.accumulate = self.config.require_train().accumulate
        self.shown_in_steps = self.task.metrics_named(self.task.step_names)
        self.shown_in_evaluations = self.task.metrics_named(self.task.logged)
        self._step_metrics = self.task.step_metrics()
        self._hint = StatisticsHint(self)
        self.non_finite = NonFiniteLosses(self.path_of, self.folder)

    @classmethod
    def from_config(cls, config: Config, start: Start, folder: Path, rank: Rank, log: RunLog,
                    callbacks: Sequence[Callback] = ()) -> Trainer:
        """Build the trainer from a config. All user errors are raised before the run folder is created.

        Args:
            config: resolved config.
            start: start of the training: a new run, or a checkpoint.
            folder: run folder; it is created here.
            rank: this process.
            log: log of the run; it is opened here and has collected the lines so far.
            callbacks: further callbacks, called after those of the config.

        Raises:
            UserError: components, data or weights do not exist or do not fit the config.
        """
        saved_step = start.progress.step
        components = build_components(config, start, rank, callbacks)
        if rank.number == 0 and not start.same_run:
            moved = RunFolder(folder).make()
            if moved is not None:
                _log.info("the earlier run in %s is now %s", folder, moved)
        log.open(folder, position=(start.progress.epoch, saved_step) if start.same_run else None)
        trainer = cls(components, folder, log)
        valid = trainer.valid_loader
        _log.info("%s on %s: %d training images, %d steps per epoch, %d epochs; %s", trainer.record.name,
                  trainer.device, len(trainer.loader.source), trainer.steps_per_epoch, trainer.epochs,
                  "no validation" if valid is None else f"{len(valid.source)} validation images")
        return trainer

    def fit(self) -> None:
        """Train from the current position to the last epoch, or until a stop is requested, and write checkpoints.

        A signal requests a stop after the current step, a callback by `stop = True` one after the current epoch.

        Raises:
            UserError: the loss is no longer finite, or a checkpoint cannot be written.
        """
        progress = self.progress
        self.call("on_train_begin")
        self.log.start_progress(self.epochs * self.steps_per_epoch,
                                progress.epoch * self.steps_per_epoch + progress.step)
        for epoch in range(progress.epoch, self.epochs):
            started = time.perf_counter()
            training = self.train_epoch(epoch)
            average_statistics(self.model, self.rank)
            complete = not self.stopping()
            is_best = False
            if complete and self.valid_loader is not None and due(self.config, epoch):
                result = self.evaluate()
                complete = result is not None
                is_best = result is not None and self._handle_evaluation(result, epoch, training)
            progress.seconds += time.perf_counter() - started
            if not complete:  # the position stays in this epoch; a resumed run completes it
                self.save([LAST])
                break
            progress.epoch = epoch + 1
            progress.step = 0
            progress.epoch_sums = {}
            progress.stopped = self._ended_by_callback()
            progress.finished = bool(is_over(self.config, progress))
            self.save(self._checkpoint_names(epoch, is_best=is_best))
            if progress.finished or self.stopping():
                break
        if progress.finished and progress.epoch < self.epochs:
            _log.info(is_over(self.config, progress))
        self.call("on_train_end")

    def train_epoch(self, epoch: int) -> Dict[str, float]:
        """Take the steps of an epoch from the current position on.

        Returns:
            Metrics over the samples of the epoch; {} if a stop was requested.
        """
        progress = self.progress
        metrics = self._epoch_metrics()
        self.non_finite.reset()
        self.model.train()
        clock = time.perf_counter()
        batches = self.loader.epoch(epoch, start_step=progress.step) if progress.step < self.steps_per_epoch else ()
        for step, batch in enumerate(batches, start=progress.step):
            loss, lr, logits = self.train_step(batch, epoch, step)

            now = time.perf_counter()
            seconds = now - clock
            clock = now
            outputs = self.task.outputs(logits, batch.labels, batch.mixed, loss)
            metrics.update(outputs, seconds)
            self._step_metrics.reset()
            self._step_metrics.update(outputs)
            progress.step = step + 1
            progress.epoch_sums = metrics.to_dict()
            self._hint.keep(self, batch, epoch, step, logits)
            self.report_step({"epoch": epoch, "step": step, **self._step_metrics.compute(), "loss": loss, "lr": lr,
                              "seconds": seconds})
            if self.stopping():
                return {}
        own_seconds = metrics.seconds
        merge_over_ranks(metrics, self.rank)
        values = {"epoch": epoch, **metrics.compute(), "seconds": own_seconds}
        _log.info(lines.train_end_line(values, self.shown_in_steps))
        self.log.record("epoch", values)
        record_profile(self.loader, self.log, epoch)
        self.call("on_epoch_end", values)
        return values

    def train_step(self, batch: Batch, epoch: int, step: int) -> Tuple[float, float, np.ndarray]:
        """Take one optimizer step, `step` of the epoch; see `ppclas_core.training.step.train_step`.

        Returns:
            Loss, learning rate, and logits (N, K) float32 of the main output.
        """
        return train_step(self, batch, epoch, step)

    def compute_gradients(self, batch: Batch) -> Tuple[float, np.ndarray]:
        """Store the gradients of the mean loss of a batch in `parameter.grad`; an accelerator calls it to compare.

        Returns:
            Loss, and logits (N, K) float32 of the main output.
        """
        return compute_gradients(self, batch)

    def evaluate(self) -> Optional[Evaluation]:
        """Evaluate the model, with `ema` its moving averages, on the validation data.

        Returns:
            The result, or None if a stop was requested. With several processes an evaluation is always completed, as
            all of them must take the same steps.
        """
        assert self.valid_loader is not None
        with self.ema.applied() if self.ema is not None else nullcontext():
            return self._evaluator.evaluate(
                self.model, self.valid_loader,
                stopped=lambda: self.rank.world == 1 and self.stop_request.signum is not None)

    @functools.cached_property
    def _evaluator(self) -> Evaluator:
        return Evaluator.from_config(self.config, self.class_names, self.rank)

    def save(self, names: Sequence[str]) -> None:
        """Write checkpoint folders of these names, with equal content, in rank 0."""
        save_run(self, names)

    def report_step(self, values: Mapping[str, Union[int, float]]) -> None:
        """Log a step every `print_interval` steps, update the progress bar, and call the callbacks."""
        epoch = int(values["epoch"])
        step = int(values["step"])
        if step % self.config.print_interval == 0 or (epoch == 0 and step < lines.FIRST_STEPS):
            _log.info(lines.train_line(values, self.shown_in_steps))
            self.log.record("step", values)
            log_profile(self.loader)
        self.log.advance(epoch * self.steps_per_epoch + step + 1,
                         f"epoch {epoch + 1}/{self.epochs} loss {values['loss']:.3f}")
        self.call("on_step_end", values)

    def path_of(self, index: int) -> str:
        """Return the path of a training sample, for messages."""
        return self.loader.source.path(index)

    def stopping(self) -> bool:
        """Return whether a stop was requested; all processes return the same value at the same step."""
        if self.rank.world > 1:
            signum = maximum(self.stop_request.signum or 0, self.rank)
            if not signum:  # a signal that arrives now takes effect at the next call
                return False
            self.stop_request.signum = signum
        return self.stop_request.signum is not None

    def _ended_by_callback(self) -> bool:
        """Return whether a callback set `stop`, in any process."""
        return bool(maximum(int(bool(self.stop)), self.rank) if self.rank.world > 1 else self.stop)

    def call(self, event: str, *values: object) -> None:
        """Call one method of every callback, in order."""
        for callback in self.callbacks:
            with catalogue().calling_object("callback", callback):
                getattr(callback, event)(self, *values)

    def _epoch_metrics(self) -> MetricSet:
        """Return the metrics of the current epoch, restored when the run resumes within it."""
        metrics = self.task.step_metrics()
        if self.progress.epoch_sums:
            metrics.load(self.progress.epoch_sums)
        return metrics

    def _handle_evaluation(self, result: Evaluation, epoch: int, training: Mapping[str, float]) -> bool:
        """Log an evaluation, and return whether it is the best so far.

        Args:
            result: result of the evaluation.
            epoch: epoch, counted from 0.
            training: metrics of the training steps of the epoch.
        """
        progress = self.progress
        monitor = self.task.monitor
        is_best = update_best(self.config, progress, result, epoch, monitor=monitor.name, mode=monitor.mode)
        values = {"epoch": epoch, **{name: result.metrics[name] for name in ("loss", *self.task.logged)},
                  "samples": result.samples, "seconds": result.seconds}
        _log.info(lines.eval_end_line(values, self.shown_in_evaluations))
        if progress.best_epoch >= 0:
            _log.info(lines.best_line(monitor, progress.best, progress.best_epoch))
        self.log.record("eval", values)
        if "top1" in training and (line := self._hint.line(self, epoch, training["top1"], values["top1"])):
            _log.info(line)
        if result.profile:
            self.log.record("eval_data", {"epoch": epoch, **result.profile})
        self.call("on_eval_end", values)
        return is_best

    def _checkpoint_names(self, epoch: int, *, is_best: bool) -> List[str]:
        """Return the names of the checkpoints to write after an epoch.

        `save_interval` keeps epoch 0, its multiples and the last epoch; 0 keeps none. `last` is written last, so the
        best checkpoint that its progress names exists.
        """
        interval = self.config.save_interval
        is_last = epoch == self.epochs - 1 or self.progress.finished
        kept = [epoch_name(epoch)] if interval and (epoch % interval == 0 or is_last) else []
        return [*([BEST] if is_best else []), *kept, LAST]
