# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Trainer`: the training loop, from the epochs down to one optimizer step."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
import paddle

from ppclas_core.config.config import Config
from ppclas_core.data.bad_images import write_bad_images
from ppclas_core.data.loader import Batch
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.optim.state import optimizer_state
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import log as lines
from ppclas_core.runs.checkpoint import save_checkpoint
from ppclas_core.runs.folder import BEST, LAST, RunFolder, epoch_name
from ppclas_core.runs.log import RunLog
from ppclas_core.system.rank import Rank
from ppclas_core.system.signals import StopRequest
from ppclas_core.training.best_checkpoint import update_best
from ppclas_core.training.builders import (
    build_evaluation_loss,
    build_meta,
)
from ppclas_core.training.components import Components, build_components
from ppclas_core.training.data_profile import log_profile, record_profile
from ppclas_core.training.distributed.collectives import average_statistics, merge_over_ranks
from ppclas_core.training.early_stop import due, is_over
from ppclas_core.training.evaluate import evaluate_model
from ppclas_core.training.gradient_accumulation import loss_weight, no_exchange, split
from ppclas_core.training.loss import training_loss
from ppclas_core.training.non_finite import NonFiniteLosses
from ppclas_core.training.resume import Start
from ppclas_core.training.statistics_hint import StatisticsHint

_log = logging.getLogger(__name__)

@dataclass
class Trainer(Components):
    """One training: its components, and the loop that uses them. Callbacks get it as `run`.

    Args:
        folder: the run folder.
        log: lines and records of the run.
    """

    folder: Path
    log: RunLog

    def __post_init__(self) -> None:
        self.stop = StopRequest()
        self.aux_weights = self.record.aux_weights
        self.topk = self.task.topk
        self.epochs = self.config.require_epochs()
        self.steps_per_epoch = len(self.loader)
        self.accumulate = self.config.require_train().accumulate
        self.shown_in_steps = self.task.metrics_named(self.task.step_names)
        self.shown_in_evaluations = self.task.metrics_named(self.task.logged)
        self._of_step = self.task.step_metrics()
        self._hint = StatisticsHint(self)
        self._evaluation_loss: Optional[Callable[[Any, Any], Any]] = None
        self._non_finite = NonFiniteLosses(self.path_of, self.folder)

    @classmethod
    def from_config(cls, config: Config, start: Start, folder: Path, rank: Rank, log: RunLog) -> Trainer:
        """Build the trainer from a config. All user errors are raised before the run folder is created.

        Args:
            start: the checkpoint that the run continues, if any.
            folder: the run folder; created here, last.
            log: opened in the run folder; it keeps what is logged before.

        Raises:
            UserError: components, data or weights that do not exist or do not fit.
        """
        saved_step = start.progress.step
        components = build_components(config, start, rank)
        if rank.number == 0 and not start.same_run:
            moved = RunFolder(folder).make()
            if moved is not None:
                _log.info("the earlier run in %s is now %s", folder, moved)
        log.open(folder, position=(start.progress.epoch, saved_step) if start.same_run else None)
        trainer = cls(**vars(components), folder=folder, log=log)
        valid = trainer.valid_loader
        _log.info("%s on %s: %d training images, %d steps per epoch, %d epochs; %s", trainer.record.name,
                  trainer.device, len(trainer.loader.source), trainer.steps_per_epoch, trainer.epochs,
                  "no validation" if valid is None else f"{len(valid.source)} validation images")
        return trainer

    def fit(self) -> None:
        """Train from the current position to the last epoch, or until a stop is requested, and write checkpoints.

        Raises:
            UserError: the loss is not finite any more, or a checkpoint cannot be written.
        """
        progress, steps = self.progress, self.steps_per_epoch
        self.call("on_train_begin")
        self.log.start_progress(self.epochs * steps, progress.epoch * steps + progress.step)
        for epoch in range(progress.epoch, self.epochs):
            started, is_best = time.perf_counter(), False
            training = self.train_epoch(epoch)
            average_statistics(self.model, self.rank)
            complete = not self.stopping()
            if complete and self.valid_loader is not None and due(self.config, epoch):
                result = self.evaluate()
                complete = result is not None
                is_best = result is not None and self._count_evaluation(result, epoch, training)
            progress.seconds += time.perf_counter() - started
            if not complete:  # the position stays inside this epoch: the rest of it is done on resume
                self.save([LAST])
                break
            progress.epoch, progress.step, progress.epoch_sums = epoch + 1, 0, {}
            progress.finished = bool(is_over(self.config, progress))
            kept = [epoch_name(epoch)] if self._is_kept(epoch) else []
            self.save([*([BEST] if is_best else []), *kept, LAST])  # `last` names a best model that is on disk by then
            if progress.finished or self.stopping():
                break
        if progress.finished and progress.epoch < self.epochs:
            _log.info(is_over(self.config, progress))
        self.call("on_train_end")

    def train_epoch(self, epoch: int) -> Dict[str, float]:
        """Take the steps of an epoch from the current position on.

        Returns:
            Metrics over the samples of the epoch; {} when a stop was requested.
        """
        progress = self.progress
        metrics = self._epoch_metrics()
        self._non_finite.reset()
        self.model.train()
        clock = time.perf_counter()
        batches = (self.loader.epoch(epoch, start_step=progress.step) if progress.step < self.steps_per_epoch else ())
        for step, batch in enumerate(batches, start=progress.step):
            loss, lr, logits = self.train_step(batch, epoch, step)

            now = time.perf_counter()
            elapsed, clock = now - clock, now
            outputs = self.task.outputs(logits, batch.labels, batch.mixed, loss)
            metrics.update(outputs, elapsed)
            self._of_step.reset()
            self._of_step.update(outputs)
            progress.step, progress.epoch_sums = step + 1, metrics.to_dict()
            self._hint.keep(self, batch, epoch, step, logits)
            self.report_step({"epoch": epoch, "step": step, **self._of_step.compute(), "loss": loss, "lr": lr,
                               "seconds": elapsed})
            if self.stopping():
                return {}
        seconds = metrics.seconds
        merge_over_ranks(metrics, self.rank)
        values = {"epoch": epoch, **metrics.compute(), "seconds": seconds}
        _log.info(lines.train_end_line(values, self.shown_in_steps))
        self.log.record("epoch", values)
        record_profile(self.loader, self.log, epoch)
        self.call("on_epoch_end", values)
        return values

    def train_step(self, batch: Batch, epoch: int, step: int) -> Tuple[float, float, np.ndarray]:
        """Take one optimizer step.

        Args:
            step: of the epoch.

        Returns:
            The loss, the learning rate, and logits (N, K) float32 of the main output.
        """
        global_step = epoch * self.steps_per_epoch + step
        paddle.seed(step_seed(self.progress.seed, global_step, self.rank.number))  # dropout is a function of the step
        lr = self.schedule(global_step)
        self.optimizer.set_lr(lr)

        loss, logits = self.compute_gradients(batch)
        self._non_finite.check(loss, batch, where=f"epoch {epoch} step {step}", lr=lr)
        self.amp.step(self.optimizer)  # and clear the gradients
        if self.ema is not None:
            self.ema.update(global_step)
        return loss, lr, logits

    def compute_gradients(self, batch: Batch) -> Tuple[float, np.ndarray]:
        """Leave the gradients of the mean loss of a batch in the parameters; the batch is computed in parts.

        A part is weighted by its number of images, so that the sum over parts is the gradient of the whole batch.
        Processes exchange gradients at the last part only.

        Returns:
            The loss, and logits (N, K) float32 of the main output.
        """
        parts, of_rank = split(batch, self.accumulate), self._loss_weight(len(batch.indices))
        known, loss, logits = catalogue(), 0.0, []
        for number, part in enumerate(parts, start=1):
            fraction = len(part.indices) / len(batch.indices)
            self.call("on_batch", part)
            with no_exchange(self.forward) if number < len(parts) else nullcontext():
                with self.amp.autocast():
                    with known.calling("backbone", self.config.architecture.name):
                        output = self.forward(paddle.to_tensor(part.images))
                    with known.calling("loss", self.config.loss.name):
                        value, main = training_loss(self.loss, output, part.labels, part.mixed, self.aux_weights,
                                                    teacher_first=self.has_teacher)
                self.amp.backward(value if fraction * of_rank == 1.0 else value * (fraction * of_rank))
            loss += value.item() * fraction
            logits.append(main.astype("float32").numpy())
        return loss, logits[0] if len(logits) == 1 else np.concatenate(logits)

    def evaluate(self) -> Optional[Evaluation]:
        """Evaluate the model, with `ema` its averages, on the validation data.

        Returns:
            None when a stop was requested. With several processes an evaluation is always finished, as all of them
            must take the same steps.
        """
        assert self.valid_loader is not None
        if self._evaluation_loss is None:
            self._evaluation_loss = build_evaluation_loss(self.config)
        with self.ema.applied() if self.ema is not None else nullcontext():
            return evaluate_model(self.model, self.valid_loader, self._evaluation_loss, task=self.task,
                                  class_names=self.class_names, rank=self.rank,
                                  print_interval=self.config.print_interval,
                                  stopped=lambda: self.rank.world == 1 and self.stop.signum is not None)

    def save(self, names: Sequence[str]) -> None:
        """Write checkpoint folders of these names, with equal content, in the first process."""
        if self.rank.number != 0:
            return
        write_bad_images(RunFolder(self.folder).bad_images, self.loader.bad_images)
        self.progress.scaler = self.amp.state()
        metrics = {"epoch": float(self.progress.epoch), "step": float(self.progress.step)}
        if self.progress.best_epoch >= 0:
            metrics.update({f"best_{self.task.monitor.name}": self.progress.best,
                            "best_epoch": float(self.progress.best_epoch)})
        meta = build_meta(self.config, self.record, self.class_names, metrics, self.progress.terms)
        # before its first step Paddle 2 does not show the state of the optimizer
        state = optimizer_state(self.optimizer, self.model) or dict(self.restored_optimizer)
        if self.ema is not None:
            state = {**state, **{f"raw/{key}": value for key, value in self.ema.raw_parameters().items()}}
        with self.ema.applied() if self.ema is not None else nullcontext():
            parameters = {key: value.numpy() for key, value in self.model.state_dict().items()}
        save_checkpoint(self.folder, names, parameters=parameters, optimizer=state, progress=self.progress, meta=meta)

    def report_step(self, values: Dict[str, Any]) -> None:
        """Log a step when it is due, move the progress bar, call the callbacks."""
        epoch, step = values["epoch"], values["step"]
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
        """Return whether a stop was requested; all processes return the same at the same step."""
        if self.rank.world > 1:
            flag = paddle.to_tensor([self.stop.signum or 0], dtype="int64")
            paddle.distributed.all_reduce(flag, op=paddle.distributed.ReduceOp.MAX)
            if not flag.item():  # a signal that came meanwhile stays noted for the next time
                return False
            self.stop.signum = int(flag.item())
        return self.stop.signum is not None

    def call(self, event: str, *values: Any) -> None:
        """Call one method of every callback, in the order of the config."""
        for callback in self.callbacks:
            with catalogue().calling_object("callback", callback):
                getattr(callback, event)(self, *values)

    def _loss_weight(self, count: int) -> float:
        train = self.config.require_train()
        always_full = (train.drop_last and len(self.loader.source) >= train.batch_size
                       and train.on_bad_image == "fail")
        return loss_weight(count, self.rank, always_full=always_full)

    def _epoch_metrics(self) -> MetricSet:
        """Return the metrics of the current epoch, restored when the run resumes within it."""
        metrics = self.task.step_metrics()
        if self.progress.epoch_sums:
            metrics.load(self.progress.epoch_sums)
        return metrics

    def _count_evaluation(self, result: Evaluation, epoch: int, training: Mapping[str, float]) -> bool:
        """Log an evaluation; return whether it is the best so far.

        Args:
            training: metrics of the training steps of the epoch.
        """
        progress, monitor = self.progress, self.task.monitor
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

    def _is_kept(self, epoch: int) -> bool:
        """Return whether the checkpoint of an epoch is kept.

        Epoch 0, each multiple of `save_interval` and the last epoch are kept; none with an interval of 0.
        """
        interval = self.config.save_interval
        return bool(interval and (epoch % interval == 0 or epoch == self.epochs - 1 or self.progress.finished))


def step_seed(seed: int, step: int, rank: int) -> int:
    """Return a seed for Paddle's generators, different for each step and rank."""
    # an odd multiplier spreads neighbours
    return ((seed * 1_000_003 + step) * 1_009 + rank) * 0x9E3779B97F4A7C15 % 2**63
