# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The eight hooks of a ppclas plugin. Each returns records from `ppclas_core.api`; none takes arguments."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Tuple

import pluggy

from ppclas_core.api import (
    Backbone,
    Callback,
    Command,
    ConfigDir,
    Exporter,
    Loss,
    LrSchedule,
    Metric,
    Op,
    Optimizer,
    Reader,
)

hookspec = pluggy.HookspecMarker("ppclas")


@hookspec
def ppclas_backbones() -> Iterable[Backbone]:
    """Architectures with their published weights."""
    return ()


@hookspec
def ppclas_ops() -> Iterable[Op]:
    """Ops: transforms and augmentations of an image or a batch, and decoders of encoded bytes."""
    return ()


@hookspec
def ppclas_losses() -> Iterable[Loss]:
    """Losses that a config names."""
    return ()


@hookspec
def ppclas_lr_schedules() -> Iterable[LrSchedule]:
    """Learning-rate schedules that `LEARNING_RATE.function` names."""
    return ()


@hookspec
def ppclas_exporters() -> Iterable[Exporter]:
    """Export formats, each with the runtime of its artifact."""
    return ()


@hookspec
def ppclas_callbacks() -> Iterable[Callback]:
    """Callbacks of the training loop: loggers, accelerators."""
    return ()


@hookspec
def ppclas_commands() -> Iterable[Command]:
    """Subcommands of `ppclas`."""
    return ()


@hookspec
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Folders of YAML files that ship with the plugin."""
    return ()


@hookspec
def ppclas_readers() -> Iterable[Reader]:
    """Storage formats of data sets."""
    return ()


@hookspec
def ppclas_optimizers() -> Iterable[Optimizer]:
    """Optimizers that `OPTIMIZER.function` names."""
    return ()


@hookspec
def ppclas_metrics() -> Iterable[Metric]:
    """Metrics of evaluations."""
    return ()


HOOKS: Dict[str, Tuple[str, Any]] = {
    "backbone": ("ppclas_backbones", Backbone),
    "op": ("ppclas_ops", Op),
    "loss": ("ppclas_losses", Loss),
    "lr_schedule": ("ppclas_lr_schedules", LrSchedule),
    "exporter": ("ppclas_exporters", Exporter),
    "callback": ("ppclas_callbacks", Callback),
    "command": ("ppclas_commands", Command),
    "config_dir": ("ppclas_config_dirs", ConfigDir),
}
"""kind -> (hook name, record class) of the hooks that a plugin may implement."""

CORE_HOOKS: Dict[str, Tuple[str, Any]] = {
    "reader": ("ppclas_readers", Reader),
    "optimizer": ("ppclas_optimizers", Optimizer),
    "metric": ("ppclas_metrics", Metric),
}
"""kind -> (hook name, record class) of the hooks that only core's own plugin may implement."""

KINDS: Dict[str, Tuple[str, Any]] = {**HOOKS, **CORE_HOOKS}
"""Every kind of record in the catalogue."""
