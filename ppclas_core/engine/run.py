# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`train` and `evaluate`: from a config to a run folder, or to figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Union

from ppclas_core.engine.device import Rank, choose_device, rank_from_environment
from ppclas_core.engine.evaluate import EvalResult, evaluate_model
from ppclas_core.errors import UserError


class TrainResult(NamedTuple):
    """Where the run is, its best validation top1 (0..1, None without validation), epochs done, seconds in total."""

    run_dir: Path
    best_top1: Optional[float]
    epochs: int
    seconds: float


def train(config: Any, *, resume: bool = False, allow: Sequence[str] = ()) -> TrainResult:
    """Train as a config says.

    Args:
        config: of `load_config`.
        resume: continue the last run of this config exactly; a finished one is left as it is.
        allow: config keys that may differ from those of the run that is resumed.

    Raises:
        UserError: something in the config, the data or the weights that the user can mend.
        Interrupted: Ctrl-C or SIGTERM, after the step was finished and a checkpoint written.
    """
    from ppclas_core.engine import checkpoint
    from ppclas_core.engine.interrupt import Interrupted, StopRequest
    from ppclas_core.engine.loop import train_loop
    from ppclas_core.engine.resume import find_start, run_folder

    folder, rank = run_folder(config), rank_from_environment()
    notices: List[str] = []
    if rank.number == 0:
        checkpoint.recover(folder)
    start = find_start(config, resume=resume, allow=allow, say=notices.append)
    if start.same_run and start.progress.finished and start.progress.epoch >= config["epochs"]:
        _say_all([*notices, f"this run is finished: {start.progress.epoch} epochs in {folder}"], rank)
        return _result(folder, start.progress)
    with StopRequest() as stop:
        run = _assemble(config, start, folder, rank, stop, notices)
        try:
            train_loop(run)
        finally:
            run.log.close()
    if run.stop.signum is not None and not run.progress.finished:
        raise Interrupted(run.stop.signum, f"interrupted at epoch {run.progress.epoch} step {run.progress.step}; "
                          f"the checkpoint is {folder / 'last'}; continue with the same command and --resume")
    return _result(folder, run.progress)


def evaluate(
    config: Any, weights: Union[str, Path, None] = None, *, say: Optional[Callable[[str], None]] = None
) -> EvalResult:
    """Evaluate weights on VALID of a config, each sample once.

    Args:
        weights: prefix, file, checkpoint or run folder; by default `pretrained_model` of the config, then
            `checkpoints`, then the best checkpoint of the config's own run folder.
        say: gets log lines; none by default.

    Raises:
        UserError: no weights, weights or data that do not fit the config.
    """
    from ppclas_core.engine import datasets
    from ppclas_core.engine.build import build_loss, build_model
    from ppclas_core.engine.resume import run_folder
    from ppclas_core.weights.load import load_weights

    say = say or (lambda line: None)
    rank = _join(choose_device(config, say), rank_from_environment())
    source = datasets.open_checked(config, "VALID")
    found = weights or config.get("pretrained_model") or config.get("checkpoints")
    if not found:
        if not run_folder(config).is_dir():
            raise UserError("no weights to evaluate", where=config.where("pretrained_model"),
                            do="give --weights PATH, or -o pretrained_model=PATH")
        found = run_folder(config)
    model, record = build_model(config)
    if found is True:
        from ppclas_core.create import find_model
        from ppclas_core.weights.download import download

        _, published = find_model(config["ARCHITECTURE"]["name"])
        found = download(published.name if published else record.name)
    load_weights(model, record, found, rename_head=False)
    model.eval()
    names = datasets.class_names(config["classes_num"], source)
    result = evaluate_model(model, datasets.valid_loader(config, source, rank), build_loss(config),
                            topk=min(config["topk"], config["classes_num"]), class_names=names, rank=rank,
                            print_interval=config["print_interval"], say=say)
    assert result is not None
    return result


def _assemble(config: Any, start: Any, folder: Path, rank: Rank, stop: Any, notices: List[str]) -> Any:
    """All parts of a training; what can fail for a reason of the user's fails before the run folder is touched."""
    import paddle

    from ppclas_core.engine import build, checkpoint, datasets
    from ppclas_core.engine.amp import Amp
    from ppclas_core.engine.context import Run
    from ppclas_core.engine.ema import Ema
    from ppclas_core.engine.log import Log
    from ppclas_core.engine.optim import build_optimizer, optimizer_state

    say = notices.append
    if config.get("use_distillation"):
        raise UserError("use_distillation needs a plugin that this core does not have",
                        where=config.where("use_distillation"), do="pip install ppclas-distill")
    device = choose_device(config, say)
    rank = _join(device, rank)
    source = datasets.open_checked(config, "TRAIN")
    valid = datasets.open_checked(config, "VALID") if config["validate"] else None
    if valid is not None:
        datasets.check_same_classes(config, source, valid)
    names = datasets.class_names(config["classes_num"], source, valid)
    loader = datasets.train_loader(config, source, rank, say)
    checking = None if valid is None else datasets.valid_loader(config, valid, rank)
    paddle.seed(config["seed"])
    model, record = build.build_model(config)
    if start.folder is None:
        build.load_pretrained(config, model, record)
    optimizer, loss = build_optimizer(config, model), build.build_loss(config)
    schedule = build.build_schedule(config, len(loader))
    amp = Amp(config, device)
    if amp.note:
        say(amp.note)
    ema = Ema(model, config["ema_decay"]) if config.get("use_ema") else None
    progress, topk = start.progress, min(config["topk"], config["classes_num"])
    if start.folder is not None:
        _restore(start.folder, model, record, optimizer, ema, amp, progress)
        say(f"continuing {start.folder} at epoch {progress.epoch} step {progress.step}")
    callbacks = build.build_named("callback", config.get("callbacks") or ())
    forward = model
    for callback in callbacks:
        forward = callback.on_model_built(forward, paddle.zeros([1, *config["image_shape"]]))
    if rank.world > 1:
        forward = paddle.DataParallel(forward)
    if rank.number == 0 and not start.same_run:
        moved = checkpoint.rotate(folder)
        if moved is not None:
            say(f"the earlier run in {folder} is now {moved}")
    position = (progress.epoch, progress.step) if start.same_run else None
    log = Log(folder, speaks=rank.number == 0, position=position)
    for notice in notices:
        log.say(notice)
    log.say(f"{record.name} on {device}: {len(source)} training images, {len(loader)} steps per epoch, "
            f"{config['epochs']} epochs; {'no validation' if valid is None else f'{len(valid)} validation images'}")

    def run_evaluation() -> Optional[EvalResult]:
        return evaluate_model(model, checking, loss, topk=topk, class_names=names, rank=rank,
                              print_interval=config["print_interval"], say=log.say,
                              stopped=lambda: rank.world == 1 and stop.signum is not None)

    def save(folders: Sequence[str]) -> None:
        if rank.number != 0:
            return
        state = optimizer_state(optimizer, model)
        progress.scaler, progress.ema = amp.state(), ema is not None
        metrics = {"epoch": float(progress.epoch)}
        if progress.best_epoch >= 0:
            metrics.update(best_top1=progress.best_top1, best_epoch=float(progress.best_epoch))
        meta = build.build_meta(config, record, names, metrics)
        if ema is None:
            checkpoint.save_checkpoint(folder, folders, parameters=_arrays(model), optimizer=state, progress=progress,
                                       meta=meta)
            return
        state.update({f"raw/{key}": value for key, value in ema.raw_parameters().items()})
        with ema.applied():
            checkpoint.save_checkpoint(folder, folders, parameters=_arrays(model), optimizer=state, progress=progress,
                                       meta=meta)

    return Run(config=config, folder=folder, model=model, forward=forward, loss=loss, aux_weights=record.aux_weights,
               optimizer=optimizer, schedule=schedule, loader=loader,
               evaluate=None if checking is None else run_evaluation, amp=amp, ema=ema, log=log, stop=stop, save=save,
               path_of=source.path, topk=topk, rank=rank, progress=progress, callbacks=callbacks)


def _restore(folder: Path, model: Any, record: Any, optimizer: Any, ema: Any, amp: Any, progress: Any) -> None:
    """Give all parts the state of a checkpoint folder."""
    from ppclas_core.engine.checkpoint import OPTIMIZER, PARAMS
    from ppclas_core.engine.optim import restore_optimizer
    from ppclas_core.weights.load import load_weights
    from ppclas_core.weights.pickles import read_pickle

    load_weights(model, record, folder / PARAMS, rename_head=False)
    state = read_pickle(folder / OPTIMIZER)
    raw = {key[len("raw/"):]: state.pop(key) for key in list(state) if key.startswith("raw/")}
    restore_optimizer(optimizer, model, state)
    if (ema is not None) != progress.ema:
        raise UserError("use_ema is not as it was in the checkpoint", where=str(folder))
    if ema is not None:
        ema.restore(raw)
    amp.restore(progress.scaler)


def _arrays(model: Any) -> dict:
    return {key: value.numpy() for key, value in model.state_dict().items()}


def _join(device: str, rank: Rank) -> Rank:
    """Connect to the other processes of a launch, if there are any."""
    if rank.world > 1:
        import paddle

        paddle.distributed.init_parallel_env()
    return rank


def _say_all(lines: Sequence[str], rank: Rank) -> None:
    from ppclas_core.engine.log import Log

    log = Log(speaks=rank.number == 0)
    for line in lines:
        log.say(line)


def _result(folder: Path, progress: Any) -> TrainResult:
    best = progress.best_top1 if progress.best_epoch >= 0 else None
    return TrainResult(folder, best, progress.epoch, progress.seconds)
