# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One optimizer step: forward pass, loss, gradients, update of the parameters."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, List, Tuple

import numpy as np
import paddle

from ppclas_core.data.loader import Batch
from ppclas_core.optim.names import optimizer_name
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.training.gradient_accumulation import loss_weight, no_exchange, split
from ppclas_core.training.loss import checked_output, training_loss

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer


def train_step(run: Trainer, batch: Batch, epoch: int, step: int) -> Tuple[float, float, np.ndarray]:
    """Take one optimizer step.

    Args:
        run: the trainer.
        batch: batch of this process.
        epoch: epoch, counted from 0.
        step: step of the epoch, counted from 0.

    Returns:
        Loss, learning rate, and logits (N, K) float32 of the main output.

    Raises:
        UserError: too many consecutive losses were not finite.
    """
    global_step = epoch * run.steps_per_epoch + step
    paddle.seed(step_seed(run.progress.seed, global_step, run.rank.number))  # dropout is a function of the step
    lr = run.schedule(global_step)
    run.optimizer.set_lr(lr)

    loss, logits = run.compute_gradients(batch)
    run.non_finite.check(loss, batch, where=f"epoch {epoch} step {step}", lr=lr)
    with catalogue().calling("optimizer", optimizer_name(run.config.optimizer.function)):
        run.amp.step(run.optimizer)  # clears the gradients, too
    if run.ema is not None:
        run.ema.update(global_step)
    return loss, lr, logits


def compute_gradients(run: Trainer, batch: Batch) -> Tuple[float, np.ndarray]:
    """Store the gradients of the mean loss of a batch in `parameter.grad`.

    The batch is computed in `run.accumulate` parts. The loss of a part is weighted by its number of images, so the sum
    of the gradients of the parts is the gradient of the batch. Processes exchange gradients at the last part only.

    Returns:
        Loss, and logits (N, K) float32 of the main output.
    """
    parts = split(batch, run.accumulate)
    rank_weight = _rank_weight(run, len(batch.indices))
    known = catalogue()
    loss = 0.0
    logits: List[np.ndarray] = []
    for number, part in enumerate(parts, start=1):
        fraction = len(part.indices) / len(batch.indices)
        weight = fraction * rank_weight
        run.call("on_batch", part)
        with no_exchange(run.forward) if number < len(parts) else nullcontext():
            with run.amp.autocast():
                with known.calling("backbone", run.config.architecture.name):
                    output = checked_output(run.forward(paddle.to_tensor(part.images)))
                with known.calling("loss", run.config.loss.name):
                    part_loss, main = training_loss(run.loss, output, part.labels, part.mixed, run.aux_weights,
                                                    teacher_first=run.has_teacher)
            run.amp.backward(part_loss if weight == 1.0 else part_loss * weight)
        loss += part_loss.item() * fraction
        logits.append(main.astype("float32").numpy())
    return loss, logits[0] if len(logits) == 1 else np.concatenate(logits)


def step_seed(seed: int, step: int, rank: int) -> int:
    """Return a seed for the generators of Paddle, different for each step and rank."""
    # The odd multiplier gives distant seeds to neighboring steps.
    return ((seed * 1_000_003 + step) * 1_009 + rank) * 0x9E3779B97F4A7C15 % 2**63


def _rank_weight(run: Trainer, count: int) -> float:
    """Return the factor of the loss of this process for a batch of `count` images; see `loss_weight`."""
    train = run.config.require_train()
    always_full = (train.drop_last and len(run.loader.source) >= train.batch_size and train.on_bad_image == "fail")
    return loss_weight(count, run.rank, always_full=always_full)
