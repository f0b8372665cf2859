# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`train` and `evaluate`: from a config to a run folder, or to figures."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Sequence, Union

from ppclas_core.config.task_rules import monitor_of
from ppclas_core.system import console
from ppclas_core.system.signals import interruptible

if TYPE_CHECKING:
    from ppclas_core.metrics.evaluation import Evaluation
    from ppclas_core.runs.progress import Progress
    from ppclas_core.system.rank import Rank


class TrainResult(NamedTuple):
    """What a training came to.

    Args:
        run_dir: the run folder.
        best: best value of the monitored metric; None without validation.
        epochs: epochs done; seconds: wall time of training and evaluation.
        monitor: name of the monitored metric.
    """

    run_dir: Path
    best: Optional[float]
    epochs: int
    seconds: float
    monitor: str = "top1"

    @property
    def best_top1(self) -> Optional[float]:
        """The best value where it is a top-1 accuracy, else None."""
        return self.best if self.monitor == "top1" else None

    @property
    def best_map(self) -> Optional[float]:
        """The best value where it is a mean average precision, else None."""
        return self.best if self.monitor == "mAP" else None


def train(config: Any, *, resume: bool = False, allow: Sequence[str] = ()) -> TrainResult:
    """Train as a config says.

    Args:
        config: of `load_config`.
        resume: continue the last run of this config exactly; a finished one is left as it is.
        allow: config keys that may differ from those of the run that is resumed.

    Raises:
        UserError: something in the config, the data or the weights that the user can mend.
        Interrupted: Ctrl-C, SIGTERM or SIGHUP, after the step was finished and a checkpoint written.
    """
    from ppclas_core.checks.places import check_places
    from ppclas_core.data.from_config import settle_classes
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.lock import locked
    from ppclas_core.system.rank import rank_from_environment

    config.require("TRAIN", "LEARNING_RATE", "epochs")
    check_places(config)
    config = settle_classes(config)
    folder, rank = RunFolder.of(config).path, rank_from_environment()
    with console.guarded_streams(optional=True), locked(folder) if rank.number == 0 else nullcontext():
        return _train(config, folder, rank, resume, allow)


def _train(config: Any, folder: Path, rank: Rank, resume: bool, allow: Sequence[str]) -> TrainResult:
    from ppclas_core.runs.checkpoint import recover
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.log import RunLog
    from ppclas_core.system.signals import Interrupted
    from ppclas_core.training.distributed.collectives import wait_for_all
    from ppclas_core.training.distributed.lost_ranks import telling_lost_processes
    from ppclas_core.training.early_stop import is_over
    from ppclas_core.training.loop import train_loop
    from ppclas_core.training.resume import find_start
    from ppclas_core.training.trainer_factory import assemble

    log = RunLog(first=rank.number == 0)
    try:
        if rank.number == 0:
            recover(folder)
        start = find_start(config, resume=resume, allow=allow, say=log.say, processes=rank.world)
        if start.folder is not None and is_over(config, start.progress):
            done = start.folder.parent
            log.say(f"{done} is finished: {is_over(config, start.progress)}")
            return trained(config, done, start.progress)
        run = assemble(config, start, folder, rank, log)
        with run.stop, warnings.catch_warnings(), telling_lost_processes(folder, rank):
            warnings.filterwarnings("ignore", message="When training, we now always track global mean")  # no news
            train_loop(run)
            wait_for_all(rank)
    finally:
        log.close()
    if run.stop.signum is not None and not run.progress.finished:
        raise Interrupted(run.stop.signum, f"interrupted at epoch {run.progress.epoch} step {run.progress.step}; "
                          f"the checkpoint is {RunFolder(folder).last.path}\n"
                          "  the same command with --resume continues there")
    return trained(config, folder, run.progress)


@interruptible
def evaluate(
    config: Any, weights: Union[str, Path, None] = None, *, say: Optional[Callable[[str], None]] = None,
    watch: Callable[[Any, Any], None] = lambda batch, scores: None,
) -> Evaluation:
    """Evaluate weights on VALID of a config, each sample once.

    Args:
        weights: prefix, file, checkpoint or run folder; by default the best checkpoint of the config's own run, else
            its `checkpoints`, else its `pretrained_model`; see `judged_weights`.
        say: gets log lines; none by default.
        watch: gets each batch of this process and its logits (N, K) float32.

    The classes of the data are matched to those of the weights by name, where both have names.

    Raises:
        UserError: no weights, weights or data that do not fit the config.
    """
    from ppclas_core.checks.components import check_components
    from ppclas_core.checks.preprocessing import preprocessing_notes
    from ppclas_core.data import from_config as datasets
    from ppclas_core.models.evaluated_weights import judged_weights
    from ppclas_core.models.pretrained import PretrainedSource
    from ppclas_core.system.device import choose_device
    from ppclas_core.system.rank import rank_from_environment
    from ppclas_core.tasks import task_of
    from ppclas_core.training import build
    from ppclas_core.training.distributed.collectives import join
    from ppclas_core.training.evaluate import evaluate_model
    from ppclas_core.training.inference_evaluation import quick

    config.require("VALID")
    judged = judged_weights(config, weights)
    config = datasets.settle_classes(config, judged.num_classes)
    say = say or (lambda line: None)
    check_components(config)
    device = choose_device(config)
    rank = join(rank_from_environment())
    source = datasets.open_checked(config, "VALID", judged.classes)
    loader = datasets.valid_loader(config, source, rank)
    datasets.check_size(config, "VALID", loader)
    for note in preprocessing_notes(config, judged.source):
        say(f"warning: {note}")
    model, record = build.build_model(config)
    PretrainedSource(judged.source).load(model, record, rename_head=False)
    result = evaluate_model(quick(model, len(source), device, rank, say), loader, build.eval_loss(config),
                            task=task_of(config),
                            class_names=datasets.class_names(config["classes_num"], source, judged.classes), rank=rank,
                            print_interval=config["print_interval"], say=say, watch=watch)
    assert result is not None
    return result


def trained(config: Any, folder: Path, progress: Progress) -> TrainResult:
    """What a run came to, by the progress of its last checkpoint."""
    best = progress.best if progress.best_epoch >= 0 else None
    return TrainResult(folder, best, progress.epoch, progress.seconds, monitor_of(config))
