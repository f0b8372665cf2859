# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The training loop: all of it, in the order in which things happen."""

from __future__ import annotations

import math
import time
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import paddle

from ppclas_core.errors import UserError
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.runs import log as lines
from ppclas_core.runs.folder import BEST, LAST, epoch_name
from ppclas_core.training.best_checkpoint import update_best
from ppclas_core.training.data_profile import record_profile, tell_profile
from ppclas_core.training.distributed.collectives import average_statistics, merge_over_ranks
from ppclas_core.training.early_stop import due, is_over
from ppclas_core.training.gradients import compute_gradients
from ppclas_core.training.run_state import Run
from ppclas_core.training.statistics_hint import StatisticsHint

MAX_NON_FINITE = 3
"""Training stops at this many losses in a row that are not finite numbers."""


def train_loop(run: Run) -> None:
    """Train from `run.progress` to the last epoch, or until `run.stop` is asked for; checkpoints on the way.

    Raises:
        UserError: the loss is not a number any more, or a checkpoint cannot be written.
    """
    progress, steps = run.progress, run.steps_per_epoch
    run.call("on_train_begin")
    hint = StatisticsHint(run)
    run.log.start_progress(run.epochs * steps, progress.epoch * steps + progress.step)
    for epoch in range(progress.epoch, run.epochs):
        started, is_best = time.perf_counter(), False
        training = train_epoch(run, epoch, hint)
        average_statistics(run.model, run.rank)
        complete = not run.stopping()
        if complete and evaluation_due(run, epoch):
            complete, is_best = evaluate_epoch(run, epoch, hint, training)
        progress.seconds += time.perf_counter() - started
        if not complete:  # the position stays inside this epoch: the rest of it is done on resume
            run.save([LAST])
            break
        progress.epoch, progress.step, progress.epoch_sums = epoch + 1, 0, {}
        progress.finished = bool(is_over(run.config, progress))
        # `last` comes last: the best model that it speaks of is on disk by then.
        kept = kept_epoch(run, epoch)
        run.save([*([BEST] if is_best else []), *([epoch_name(epoch)] if kept else []), LAST])
        if progress.finished or run.stopping():
            break
    if progress.finished and progress.epoch < run.epochs:
        run.log.say(is_over(run.config, progress))
    run.call("on_train_end")


def train_epoch(run: Run, epoch: int, hint: StatisticsHint) -> Dict[str, float]:
    """Take the steps of one epoch, from `run.progress.step` on; return the averages over its samples, {} when a stop
    was asked for."""
    progress, steps = run.progress, run.steps_per_epoch
    metrics, of_step = epoch_metrics(run), run.task.step_metrics()
    run.model.train()
    bad: List[Any] = []  # indices of the samples of each step in a row whose loss was not finite
    clock = time.perf_counter()
    batches = run.loader.epoch(epoch, start_step=progress.step) if progress.step < steps else ()
    for step, batch in enumerate(batches, start=progress.step):
        global_step = epoch * steps + step
        paddle.seed(step_seed(progress.seed, global_step, run.rank.number))  # dropout is a function of the step
        lr = run.schedule(global_step)
        run.optimizer.set_lr(lr)
        value, logits = compute_gradients(run, batch)
        bad = [] if math.isfinite(value) else [*bad, batch.indices]
        if len(bad) >= MAX_NON_FINITE:
            raise diverged(run, value, lr, epoch, step, bad[0])
        run.amp.step(run.optimizer)
        if run.ema is not None:
            run.ema.update(global_step)
        now = time.perf_counter()
        elapsed, clock = now - clock, now
        outputs = run.task.outputs(logits, batch.labels, batch.mixed, value)
        of_step.reset()
        of_step.update(outputs)
        metrics.update(outputs, elapsed)
        progress.step, progress.epoch_sums = step + 1, metrics.to_dict()
        hint.keep(run, batch, epoch, step, logits)
        report_step(run, {"epoch": epoch, "step": step, **of_step.compute(), "loss": value, "lr": lr,
                          "seconds": elapsed})
        if run.stopping():
            return {}
    seconds = metrics.seconds
    merge_over_ranks(metrics, run.rank)
    values = {"epoch": epoch, **metrics.compute(), "seconds": seconds}
    run.log.say(lines.train_end_line(values, run.shown_in_steps))
    run.log.record("epoch", values)
    record_profile(run.loader, run.log, epoch)
    run.call("on_epoch_end", values)
    return values


def epoch_metrics(run: Run) -> MetricSet:
    """Return the metrics of the current epoch, restored when the run resumes within it."""
    metrics = run.task.step_metrics()
    if run.progress.epoch_sums:
        metrics.load(run.progress.epoch_sums)
    return metrics


def evaluate_epoch(run: Run, epoch: int, hint: StatisticsHint, training: Mapping[str, float]) -> Tuple[bool, bool]:
    """Evaluate the (averaged) model. Gives (complete, best so far); incomplete when a stop was asked for.

    Args:
        training: averages of the steps of the epoch.
    """
    assert run.evaluate is not None
    if run.ema is None:
        result = run.evaluate()
    else:
        with run.ema.applied():
            result = run.evaluate()
    if result is None:
        return False, False
    progress, monitor = run.progress, run.task.monitor
    is_best = update_best(run.config, progress, result, epoch, monitor=monitor.name, mode=monitor.mode)
    values = {"epoch": epoch, **{name: result.metrics[name] for name in ("loss", *run.task.logged)},
              "samples": result.samples, "seconds": result.seconds}
    run.log.say(lines.eval_end_line(values, run.shown_in_evaluations))
    if progress.best_epoch >= 0:
        run.log.say(lines.best_line(monitor, progress.best, progress.best_epoch))
    run.log.record("eval", values)
    if "top1" in training and (line := hint.line(run, epoch, training["top1"], values["top1"])):
        run.log.say(line)
    if result.profile:
        run.log.record("eval_data", {"epoch": epoch, **result.profile})
    run.call("on_eval_end", values)
    return True, is_best


def evaluation_due(run: Run, epoch: int) -> bool:
    """Every `valid_interval` epochs, and after the last one."""
    return run.evaluate is not None and due(run.config, epoch)


def kept_epoch(run: Run, epoch: int) -> bool:
    """Return whether the epoch has a folder of its own: 0, every `save_interval` epochs, and the one that the run ends
    with; with an interval of 0 none has."""
    interval = run.config["save_interval"]
    return bool(interval and (epoch % interval == 0 or epoch == run.epochs - 1 or run.progress.finished))


def report_step(run: Run, values: Dict[str, Any]) -> None:
    """Log a step when its turn has come, move the progress bar, tell the callbacks."""
    epoch, step = values["epoch"], values["step"]
    if step % run.config["print_interval"] == 0 or (epoch == 0 and step < lines.FIRST_STEPS):
        run.log.say(lines.train_line(values, run.shown_in_steps))
        run.log.record("step", values)
        tell_profile(run.loader, run.log)
    run.log.advance(epoch * run.steps_per_epoch + step + 1, f"epoch {epoch + 1}/{run.epochs} loss {values['loss']:.3f}")
    run.call("on_step_end", values)


def step_seed(seed: int, step: int, rank: int) -> int:
    """A seed for Paddle's generators, different for each step and rank (an odd multiplier spreads neighbours)."""
    return ((seed * 1_000_003 + step) * 1_009 + rank) * 0x9E3779B97F4A7C15 % 2**63


def diverged(run: Run, loss: float, lr: float, epoch: int, step: int, indices: Sequence[int]) -> UserError:
    """The error of a loss that is not a number, with the images of the first such batch."""
    paths = [run.path_of(int(index)) for index in indices]
    shown = "\n    ".join(paths[:20] + ([f"... and {len(paths) - 20} more"] if len(paths) > 20 else []))
    return UserError(
        f"the loss was {loss} for {MAX_NON_FINITE} steps in a row (learning rate {lr:g})",
        where=f"epoch {epoch} step {step}",
        do=f"lower LEARNING_RATE.params.lr, or look at the images of the first such batch:\n    {shown}\n"
           f"  the last good checkpoint stays in {run.folder}")
