# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Components of a training, and their construction from a config."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Mapping, Optional, Sequence, cast

import numpy as np
import paddle

from ppclas_core.api import Backbone
from ppclas_core.checks.components import check_components
from ppclas_core.config.config import Config
from ppclas_core.config.switched_callbacks import has_teacher
from ppclas_core.data.class_weights import loss_weights
from ppclas_core.data.loader import Loader
from ppclas_core.losses.mixed_labels import LossFunction
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.optim.build import build_optimizer
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.protocol import Optimizer
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import terms_of
from ppclas_core.system.device import choose_device
from ppclas_core.system.rank import Rank
from ppclas_core.tasks import Task, task_of
from ppclas_core.training.accelerate import build_accelerators
from ppclas_core.training.amp import Amp
from ppclas_core.training.best_checkpoint import reset_other_monitor
from ppclas_core.training.builders import (
    build_callbacks,
    build_loss,
    build_model,
    build_schedule,
    load_initial_weights,
    open_training_data,
)
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.distributed.collectives import join
from ppclas_core.training.distributed.sync_bn import synchronize
from ppclas_core.training.ema import Ema
from ppclas_core.training.forward import Forward, build_forward
from ppclas_core.training.lr_hint import lr_lines
from ppclas_core.training.position import restore_state, resume_position, saved_terms
from ppclas_core.training.resume import Start

if TYPE_CHECKING:
    from paddle import nn

_log = logging.getLogger(__name__)


@dataclass
class Components:
    """Components of a training, ready to run: with initial weights, or with the state of its checkpoint.

    Args:
        config: resolved config.
        task: task of the config.
        rank: this process.
        device: `cpu`, `gpu` or `gpu:N`.
        loader: loader of training batches.
        valid_loader: loader of validation batches; None without validation.
        class_names: class names in the order of the logits.
        model: the model.
        record: record of its architecture.
        forward: forward pass of training steps, see `build_forward`.
        loss: (logits, target) -> 0-D tensor.
        has_teacher: `forward` returns the logits of a teacher before the outputs of the model, and the loss compares
            them.
        optimizer: optimizer of the model.
        schedule: optimizer step, counted from 0 -> learning rate.
        amp: mixed precision and loss scaling.
        ema: moving averages of the parameters, or None.
        callbacks: an accelerator if there is one, the callbacks of the config in order, then those of the caller.
        progress: position and best value, as in `state.json`.
        restored_optimizer: optimizer state that a resumed run loaded; a checkpoint before its first step saves it.
    """

    config: Config
    task: Task
    rank: Rank
    device: str
    loader: Loader
    valid_loader: Optional[Loader]
    class_names: Sequence[str]
    model: nn.Layer
    record: Backbone
    forward: Forward
    loss: LossFunction
    has_teacher: bool
    optimizer: Optimizer
    schedule: Callable[[int], float]
    amp: Amp
    ema: Optional[Ema]
    callbacks: Sequence[Callback]
    progress: Progress
    restored_optimizer: Mapping[str, np.ndarray]


def build_components(config: Config, start: Start, rank: Rank, callbacks: Sequence[Callback] = ()) -> Components:
    """Build all components of a training; a resumed run gets the state of its checkpoint.

    Args:
        config: resolved config.
        start: start of the training.
        rank: this process.
        callbacks: further callbacks, called after those of the config.

    Raises:
        UserError: components, data or weights do not exist or do not fit the config.
    """
    check_components(config)
    device = choose_device(config.device, use_gpu=config.use_gpu, warn="use_gpu" in config.origins)
    join(rank)
    task = task_of(config)
    progress = start.progress
    progress.optimizer = progress.optimizer or optimizer_name(config.optimizer.function)
    data = open_training_data(config, start.folder, rank)
    terms = terms_of(data.loader, data.valid, processes=rank.world, accumulate=config.require_train().accumulate)
    terms_before = saved_terms(config, start, terms, data.class_names)

    paddle.seed(config.seed)
    model, record = build_model(config)
    if data.named:
        model.class_names = data.class_names  # the rows of a pretrained head are matched by name
    if config.sync_bn and rank.world > 1:
        _log.info("sync_bn: %d batch norms use the statistics of %d processes", synchronize(model, device),
                  rank.world)
    callbacks = [*build_callbacks(config), *callbacks]
    callbacks = [*build_accelerators(config, device, progress, callbacks), *callbacks]
    pretrained = PretrainedSource(cast(Source, config.pretrained_model), config.model_name)
    load_initial_weights(pretrained, model, record, callbacks, resumed=start.folder is not None)
    loss = build_loss(config, loss_weights(config, data.loader.source))
    optimizer = build_optimizer(config.optimizer, model)
    schedule = build_schedule(config, len(data.loader))
    for line in lr_lines(config, schedule, len(data.loader)):
        _log.info(line)
    amp = Amp(config, device)
    if amp.note:
        _log.info(amp.note)
    ema = Ema(model, cast(float, config.ema_decay)) if config.use_ema else None

    restored: Mapping[str, np.ndarray] = {}
    if start.folder is not None:
        resume_position(start, config, terms_before, terms, schedule)
        restored = restore_state(start.folder, progress, model, record, optimizer, ema, amp)
    reset_other_monitor(progress, task.monitor.name)
    progress.terms = terms.to_dict()
    progress.finished = False
    progress.ema = ema is not None
    forward = build_forward(model, callbacks, config.image_shape, to_static=config.to_static, rank=rank)
    return Components(
        config=config, task=task, rank=rank, device=device, loader=data.loader, valid_loader=data.valid_loader,
        class_names=data.class_names, model=model, record=record, forward=forward, loss=loss,
        has_teacher=has_teacher(config), optimizer=optimizer, schedule=schedule, amp=amp, ema=ema, callbacks=callbacks,
        progress=progress, restored_optimizer=restored)
