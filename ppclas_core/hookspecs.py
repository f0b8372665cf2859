# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The eleven hooks of a ppclas plugin. Each returns records from `ppclas_core.api`; none takes arguments.

A hook that is replaced stays for one minor version: with an entry in `DEPRECATED` and the decorator
`@hookspec(warn_on_impl=deprecated("ppclas_old", "ppclas_new"))`. A plugin that implements it then gives the warning.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Tuple, Type, Union

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

Record = Union[Backbone, Callback, Command, ConfigDir, Exporter, Loss, LrSchedule, Metric, Op, Optimizer, Reader]
"""Record of a component; one class for each kind."""

hookspec = pluggy.HookspecMarker("ppclas")


def deprecated(hook: str, replacement: str) -> DeprecationWarning:
    """Return the warning that a plugin gives when it implements a deprecated hook."""
    return DeprecationWarning(f"the hook '{hook}' is deprecated: implement '{replacement}'")


@hookspec
def ppclas_backbones() -> Iterable[Backbone]:
    """Return architectures with their published weights."""
    return ()


@hookspec
def ppclas_ops() -> Iterable[Op]:
    """Return ops: transforms and augmentations of an image or a batch, and decoders of encoded bytes."""
    return ()


@hookspec
def ppclas_losses() -> Iterable[Loss]:
    """Return losses, which `LOSS.name` names."""
    return ()


@hookspec
def ppclas_lr_schedules() -> Iterable[LrSchedule]:
    """Return learning-rate schedules, which `LEARNING_RATE.function` names."""
    return ()


@hookspec
def ppclas_exporters() -> Iterable[Exporter]:
    """Return export formats, each with the runtime of its artifact."""
    return ()


@hookspec
def ppclas_callbacks() -> Iterable[Callback]:
    """Return callbacks of the training loop, such as loggers and accelerators."""
    return ()


@hookspec
def ppclas_commands() -> Iterable[Command]:
    """Return subcommands of `ppclas`."""
    return ()


@hookspec
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return folders of YAML files that ship with the plugin."""
    return ()


@hookspec
def ppclas_readers() -> Iterable[Reader]:
    """Return storage formats of data sets."""
    return ()


@hookspec
def ppclas_optimizers() -> Iterable[Optimizer]:
    """Return optimizers, which `OPTIMIZER.function` names."""
    return ()


@hookspec
def ppclas_metrics() -> Iterable[Metric]:
    """Return metrics of evaluations."""
    return ()


HOOKS: Dict[str, Tuple[str, Type[Any]]] = {
    "backbone": ("ppclas_backbones", Backbone),
    "op": ("ppclas_ops", Op),
    "loss": ("ppclas_losses", Loss),
    "lr_schedule": ("ppclas_lr_schedules", LrSchedule),
    "exporter": ("ppclas_exporters", Exporter),
    "callback": ("ppclas_callbacks", Callback),
    "command": ("ppclas_commands", Command),
    "config_dir": ("ppclas_config_dirs", ConfigDir),
    "reader": ("ppclas_readers", Reader),
    "optimizer": ("ppclas_optimizers", Optimizer),
    "metric": ("ppclas_metrics", Metric),
}
"""Kind -> (hook name, record class)."""

DEPRECATED: Dict[str, str] = {}
"""Deprecated hook -> kind of its records."""


def all_hooks() -> List[Tuple[str, str, Type[Any]]]:
    """Return kind, hook name and record class of every hook, the deprecated ones last."""
    return [*((kind, hook, record_class) for kind, (hook, record_class) in HOOKS.items()),
            *((kind, hook, HOOKS[kind][1]) for hook, kind in DEPRECATED.items())]
