# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Content of the checkpoints of a training: weights, state of the optimizer, progress, and `meta.yaml`."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Sequence

import ppclas_core
from ppclas_core.api import Backbone
from ppclas_core.config.config import Config
from ppclas_core.data.bad_images import write_bad_images
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.optim.state import optimizer_state
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.checkpoint import save_checkpoint
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.meta import Meta
from ppclas_core.tasks import task_of

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer


def save_run(run: Trainer, names: Sequence[str]) -> None:
    """Write checkpoint folders of these names with equal content, in rank 0.

    With `ema` the weights are the averages, and the optimizer file contains the raw weights under `raw/`.
    """
    if run.rank.number != 0:
        return
    write_bad_images(RunFolder(run.folder).bad_images, run.loader.bad_images)
    run.progress.scaler = run.amp.state()
    metrics: Dict[str, float] = {"epoch": run.progress.epoch, "step": run.progress.step}
    if run.progress.best_epoch >= 0:
        metrics[f"best_{run.task.monitor.name}"] = run.progress.best
        metrics["best_epoch"] = run.progress.best_epoch
    # Paddle 2 does not return the state of an optimizer before its first step.
    state = optimizer_state(run.optimizer, run.model) or dict(run.restored_optimizer)
    if run.ema is not None:
        state.update({f"raw/{key}": value for key, value in run.ema.raw_parameters().items()})
    with run.ema.applied() if run.ema is not None else nullcontext():
        parameters = {key: value.numpy() for key, value in run.model.state_dict().items()}
    meta = build_meta(run.config, run.record, run.class_names, metrics, run.progress.terms)
    save_checkpoint(run.folder, names, parameters=parameters, optimizer=state, progress=run.progress, meta=meta)


def build_meta(config: Config, record: Backbone, labels: Sequence[str], metrics: Mapping[str, float],
               terms: Optional[Mapping[str, object]] = None) -> Meta:
    """Return the `meta.yaml` of a checkpoint.

    Args:
        config: config of the run.
        record: record of the architecture.
        labels: class names in the order of the logits.
        metrics: name -> value.
        terms: `Terms` of the run as plain values.
    """
    plain = config.to_dict()
    return Meta(
        architecture=config.model_name,
        num_classes=config.num_classes,
        image_shape=list(config.image_shape),
        preprocessing=(plain["VALID"]["transforms"] if config.valid else
                       _default_preprocessing(config.image_shape[1], record)),
        params=plain["ARCHITECTURE"].get("params") or {},
        labels=list(labels),
        config=plain,
        plugins={plugin.dist: plugin.version for plugin in catalogue().plugins if plugin.version},
        metrics=dict(metrics),
        terms=dict(terms or {}),
        task=config.task,
        threshold=task_of(config).threshold,
        version=ppclas_core.__version__,
        working_directory=_working_directory(),
    )


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted during the training
        return ""


def _default_preprocessing(size: int, record: Backbone) -> List[Dict[str, object]]:
    """Return the evaluation transforms of the architecture for images of `size` pixels, for a config without VALID."""
    known = model_preprocessing(record)
    short = round(size * known["resize_short"] / known["input_size"])
    interpolation = {"bilinear": 1, "bicubic": 2}[known["interpolation"]]
    return [
        {"DecodeImage": {"to_rgb": True}},
        {"ResizeImage": {"resize_short": short, "interpolation": interpolation}},
        {"CropImage": {"size": size}},
        {"NormalizeImage": {"scale": "1./255.", "mean": known["mean"], "std": known["std"], "order": ""}},
        {"ToCHWImage": None},
    ]
