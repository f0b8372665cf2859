# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""All components of a training, built from a config."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence

import numpy as np
import paddle

from ppclas_core.api import Backbone
from ppclas_core.checks.components import check_components
from ppclas_core.config.config import Config
from ppclas_core.config.switched_callbacks import has_teacher
from ppclas_core.data.class_weights import loss_weights
from ppclas_core.data.loader import Loader
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.optim.build import build_optimizer
from ppclas_core.optim.names import optimizer_name
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import terms_of
from ppclas_core.system.device import choose_device
from ppclas_core.system.rank import Rank
from ppclas_core.tasks import Task, task_of
from ppclas_core.training.accelerate import build_accelerators
from ppclas_core.training.amp import Amp
from ppclas_core.training.best_checkpoint import keep_monitor
from ppclas_core.training.builders import (
    build_callbacks,
    build_forward,
    build_loss,
    build_model,
    build_schedule,
    load_initial_weights,
    open_training_data,
)
from ppclas_core.training.distributed.collectives import join
from ppclas_core.training.distributed.sync_bn import synchronise
from ppclas_core.training.ema import Ema
from ppclas_core.training.lr_hint import lr_lines
from ppclas_core.training.position import resume_from, saved_terms
from ppclas_core.training.resume import Start

_log = logging.getLogger(__name__)


@dataclass
class Components:
    """What a training consists of, in the state in which it starts or continues.

    Args:
        config: the resolved config.
        task: what labels mean; gives the metrics.
        rank: this process among those that train together.
        device: `cpu`, `gpu` or `gpu:N`.
        loader: training batches; valid_loader: validation batches, None without validation.
        class_names: one per logit.
        model: the layer; record: of its architecture; forward: what training steps call, the model itself or a
            callback's stand-in for it.
        loss: (logits, target) -> 0-D tensor.
        has_teacher: `forward` gives the logits of a teacher before the outputs of the model; the loss compares them.
        optimizer: updates the parameters; schedule: optimizer step, from 0 -> learning rate.
        amp: mixed precision and loss scaling; ema: averages of the parameters, or None.
        callbacks: in the order of the config.
        progress: position and best value, as `state.json` holds them.
        restored_optimizer: state that a resumed run loaded; checkpoints before the first step save it again.
    """

    config: Config
    task: Task
    rank: Rank
    device: str
    loader: Loader
    valid_loader: Optional[Loader]
    class_names: Sequence[str]
    model: Any
    record: Backbone
    forward: Callable[[Any], Any]
    loss: Callable[[Any, Any], Any]
    has_teacher: bool
    optimizer: Any
    schedule: Callable[[int], float]
    amp: Amp
    ema: Optional[Ema]
    callbacks: Sequence[Any]
    progress: Progress
    restored_optimizer: Mapping[str, np.ndarray]


def build_components(config: Config, start: Start, rank: Rank) -> Components:
    """Build all components of a training, in the state of the checkpoint that it continues, if any.

    Raises:
        UserError: components, data or weights that do not exist or do not fit.
    """
    check_components(config)
    device = choose_device(config.device, use_gpu=config.use_gpu, warn="use_gpu" in config.origins)
    join(rank)
    task, progress = task_of(config), start.progress
    progress.optimizer = progress.optimizer or optimizer_name(config.optimizer.function)
    data = open_training_data(config, start.folder, rank)
    terms = terms_of(data.loader, data.valid, processes=rank.world, accumulate=config.require_train().accumulate)
    terms_before = saved_terms(config, start, terms, data.class_names)

    paddle.seed(config.seed)
    model, record = build_model(config)
    if data.named:
        model.class_names = data.class_names  # rows of a pretrained head are moved to them
    if config.sync_bn and rank.world > 1:
        _log.info("sync_bn: %d batch norms share their statistics over %d processes", synchronise(model, device),
                  rank.world)
    callbacks = build_callbacks(config)
    callbacks = [*build_accelerators(config, device, progress, callbacks), *callbacks]
    load_initial_weights(PretrainedSource(config.pretrained_model, config.model_name), model, record, callbacks,
                         resumed=start.folder is not None)
    loss = build_loss(config, loss_weights(config, data.loader.source))
    optimizer = build_optimizer(config.optimizer, model)
    schedule = build_schedule(config, len(data.loader))
    for line in lr_lines(config, schedule, len(data.loader)):
        _log.info(line)
    amp = Amp(config, device)
    if amp.note:
        _log.info(amp.note)
    ema = Ema(model, config.ema_decay) if config.use_ema else None

    restored = resume_from(start, config, terms_before, terms, schedule, model, record, optimizer, ema, amp)
    keep_monitor(progress, task.monitor.name)
    progress.terms, progress.finished, progress.ema = terms.to_dict(), False, ema is not None
    forward = build_forward(model, callbacks, config.image_shape, to_static=config.to_static, rank=rank)
    return Components(
        config=config, task=task, rank=rank, device=device, loader=data.loader, valid_loader=data.valid_loader,
        class_names=data.class_names, model=model, record=record, forward=forward, loss=loss,
        has_teacher=has_teacher(config), optimizer=optimizer, schedule=schedule, amp=amp, ema=ema, callbacks=callbacks,
        progress=progress, restored_optimizer=restored)
