# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Make a `Run` from a config: what can fail for a reason of the user's fails before the run folder is touched."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

import numpy as np
import paddle

from ppclas_core.checks.components import check_components
from ppclas_core.config.switched_callbacks import has_teacher
from ppclas_core.config.task_rules import monitor_of
from ppclas_core.data import from_config as datasets
from ppclas_core.data.bad_images import write_bad_images
from ppclas_core.data.class_weights import loss_weights
from ppclas_core.errors import UserError
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.models.evaluated_weights import classes_of
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.optim.build import build_optimizer
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.state import optimizer_state, restore_optimizer
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs import checkpoint
from ppclas_core.runs.folder import CheckpointFolder, RunFolder
from ppclas_core.runs.log import RunLog
from ppclas_core.runs.meta import Meta
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import terms_of
from ppclas_core.system.device import choose_device
from ppclas_core.system.rank import Rank
from ppclas_core.system.signals import StopRequest
from ppclas_core.tasks import Task, task_of
from ppclas_core.training import build
from ppclas_core.training.accelerate import build_accelerators
from ppclas_core.training.amp import Amp
from ppclas_core.training.best_checkpoint import keep_monitor
from ppclas_core.training.compile import Around, compiled
from ppclas_core.training.distributed.collectives import join
from ppclas_core.training.distributed.sync_bn import synchronise
from ppclas_core.training.ema import Ema
from ppclas_core.training.evaluate import evaluate_model
from ppclas_core.training.lr_hint import lr_lines
from ppclas_core.training.position import continued_step, rate_lines, saved_terms
from ppclas_core.training.resume import Start
from ppclas_core.training.run_state import Run
from ppclas_core.weights.formats.pickles import read_pickle


def assemble(config: Any, start: Start, folder: Path, rank: Rank, log: RunLog) -> Run:
    """All parts of a training, in the state of the checkpoint that `start` names, if it names one.

    Args:
        folder: the run folder; made here, last, and logged to.
        log: opened here, in the run folder; it keeps what is logged before.

    Raises:
        UserError: see the parts.
    """
    say = log.say
    check_components(config)
    device = choose_device(config)
    join(rank)
    source, valid = datasets.open_both(config, classes_of(start.folder))
    names = datasets.class_names(config["classes_num"], source, valid)
    loader = datasets.train_loader(config, source, rank)
    datasets.check_size(config, "TRAIN", loader)
    checking = None if valid is None else datasets.valid_loader(config, valid, rank)
    for note in valid.notes() if valid is not None else []:
        say(f"VALID: {note}")
    if checking is not None:
        datasets.check_size(config, "VALID", checking)
    terms = terms_of(config, loader, valid, rank.world)
    before = saved_terms(config, start, terms, names, say)
    paddle.seed(config["seed"])
    model, record = build.build_model(config)
    if source.class_names or (valid is not None and valid.class_names):
        model.class_names = names  # rows of a pretrained head are moved to them
    if config["sync_bn"] and rank.world > 1:
        say(f"sync_bn: {synchronise(model, device)} batch norms share their statistics over {rank.world} processes")
    named = build.build_callbacks(config)
    callbacks = [*build_accelerators(config, device, start.progress, named, say), *named]
    taken = []
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            taken.append(callback.load_pretrained(model, record, config.get("pretrained_model"),
                                                  resumed=start.folder is not None))
    if start.folder is None and not any(taken):
        build.load_pretrained(config, model, record)
    optimizer = build_optimizer(config, model)
    progress, task = start.progress, task_of(config)
    keep_monitor(progress, task.monitor.name, say)
    progress.optimizer = progress.optimizer or optimizer_name(config["OPTIMIZER"]["function"])
    amp = Amp(config, device)
    if amp.note:
        say(amp.note)
    ema = Ema(model, config["ema_decay"]) if config.get("use_ema") else None
    loss = build.build_loss(config, loss_weights(config, source))
    schedule = build.build_schedule(config, len(loader))
    for line in lr_lines(config, schedule, len(loader)):
        say(line)
    saved_step = progress.step
    if start.folder is not None:
        step = continued_step(progress, before, terms, say)
        for line in rate_lines(config, start, before, len(loader), step, schedule):
            say(line)
        progress.step = step
    progress.terms = terms.to_dict()
    restored: Dict[str, np.ndarray] = {}
    if start.folder is not None:
        _refuse_other_training(start.folder, config, progress)
        PretrainedSource(CheckpointFolder(start.folder).parameters).load(model, record, rename_head=False)
        restored = _restore(start.folder, model, optimizer, ema)
        amp.restore(progress.scaler)
        say(f"continuing {start.folder} at epoch {progress.epoch} step {progress.step}")
    progress.finished, progress.ema = False, ema is not None
    forward: Any = model
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            forward = callback.on_model_built(forward, paddle.zeros([1, *config["image_shape"]]))
    changed = any(getattr(callback, "changes_layers", False) for callback in callbacks)
    if config["to_static"] and forward is model and not changed:
        forward = compiled(model)
    elif config["to_static"]:
        say("to_static: left out, as a callback computes the training steps itself")
    if rank.world > 1:
        forward = paddle.DataParallel(forward if isinstance(forward, paddle.nn.Layer) else Around(model, forward))
    evaluate = None
    if checking is not None:
        evaluate = _evaluator(config, task, model, checking, names, rank)
    if rank.number == 0 and not start.same_run:
        moved = RunFolder(folder).make()
        if moved is not None:
            say(f"the earlier run in {folder} is now {moved}")
    log.open(folder, position=(progress.epoch, saved_step) if start.same_run else None)
    log.say(f"{record.name} on {device}: {len(source)} training images, {len(loader)} steps per epoch, "
            f"{config['epochs']} epochs; {'no validation' if valid is None else f'{len(valid)} validation images'}")
    stop = StopRequest()

    def run_evaluation() -> Optional[Evaluation]:
        assert evaluate is not None
        result: Optional[Evaluation] = evaluate(log, stop)
        return result

    def save(folders: Sequence[str]) -> None:
        if rank.number == 0:
            write_bad_images(RunFolder(folder).bad_images, loader.bad_images)
            progress.scaler = amp.state()
            meta = build.build_meta(config, record, names, _metrics(config, progress), progress.terms)
            state = optimizer_state(optimizer, model) or restored  # before its first step Paddle 2 does not show it
            _save(folder, folders, model, state, ema, progress, meta)

    return Run(config=config, folder=folder, model=model, forward=forward, loss=loss, aux_weights=record.aux_weights,
               optimizer=optimizer, schedule=schedule, loader=loader, evaluate=run_evaluation if evaluate else None,
               amp=amp, ema=ema, log=log, stop=stop, save=save, path_of=source.path, topk=task.topk, task=task,
               rank=rank, progress=progress, has_teacher=has_teacher(config), callbacks=callbacks)


def _evaluator(config: Any, task: Task, model: Any, loader: Any, names: Sequence[str], rank: Rank) -> Any:
    """`evaluate(log, stop)`; with several processes it is never given up, as all must take the same steps."""
    loss = build.eval_loss(config)

    def evaluate(log: RunLog, stop: StopRequest) -> Optional[Evaluation]:
        return evaluate_model(model, loader, loss, task=task, class_names=names, rank=rank, say=log.say,
                              print_interval=config["print_interval"],
                              stopped=lambda: rank.world == 1 and stop.signum is not None)

    return evaluate


def _save(folder: Path, names: Sequence[str], model: Any, state: Dict[str, np.ndarray], ema: Optional[Ema],
          progress: Progress, meta: Meta) -> None:
    """Parameters as they are evaluated; with `ema` the optimizer's file also holds those that training goes on with."""
    if ema is not None:
        state = {**state, **{f"raw/{key}": value for key, value in ema.raw_parameters().items()}}
    with ema.applied() if ema is not None else nullcontext():
        parameters: Dict[str, np.ndarray] = {key: value.numpy() for key, value in model.state_dict().items()}
    checkpoint.save_checkpoint(folder, names, parameters=parameters, optimizer=state, progress=progress, meta=meta)


def _restore(folder: Path, model: Any, optimizer: Any, ema: Optional[Ema]) -> Dict[str, np.ndarray]:
    """Give optimizer and averages the state of a checkpoint folder whose parameters the model holds already.

    Returns:
        The state of the optimizer.
    """
    state: Dict[str, np.ndarray] = read_pickle(CheckpointFolder(folder).optimizer)
    raw = {key[len("raw/"):]: state.pop(key) for key in list(state) if key.startswith("raw/")}
    restore_optimizer(optimizer, model, state)
    if ema is not None:
        ema.restore(raw)
    return state


def _refuse_other_training(folder: Path, config: Any, progress: Progress) -> None:
    """Raise a UserError where the state of the checkpoint means nothing to the optimizer of the config."""
    kind, ema = optimizer_name(config["OPTIMIZER"]["function"]), bool(config.get("use_ema"))
    if (kind, ema) != (progress.optimizer, progress.ema):
        raise UserError(f"the checkpoint was made with {progress.optimizer}{' and use_ema' if progress.ema else ''}, "
                        f"the config says {kind}{' and use_ema' if ema else ''}", where=str(folder),
                        do="'pretrained_model' takes the weights alone")


def _metrics(config: Any, progress: Progress) -> Dict[str, float]:
    """What `meta.yaml` says of the quality of a checkpoint."""
    metrics = {"epoch": float(progress.epoch), "step": float(progress.step)}
    if progress.best_epoch >= 0:
        metrics.update({f"best_{monitor_of(config)}": progress.best, "best_epoch": float(progress.best_epoch)})
    return metrics
