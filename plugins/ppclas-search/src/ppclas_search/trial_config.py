# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Configs of trials, made from points of the search space."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import yaml

from ppclas_core.config import Config, load_config, monitor_of, refuse_registered
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.system import write_atomic
from ppclas_core.tasks import task_of
from ppclas_search.dimension import Choices, Dimension, settings_of
from ppclas_search.space import Space


class Source(NamedTuple):
    """The inputs from which the configs of trials are made.

    Args:
        space: the search space, which names the base config.
        overrides: `KEY=VALUE` of the options `-o`.
        plugin_files: one-file plugins to load.
        trust: whether plugin files that the config names are loaded too.
    """

    space: Space
    overrides: Tuple[str, ...] = ()
    plugin_files: Tuple[str, ...] = ()
    trust: bool = False

    def load(self, settings: Mapping[str, Any], *, quiet: bool = True) -> Config:
        """Load the base config and set these keys.

        Raises:
            UserError: raised by `load_config`; or a component is registered in this process, which no trial has.
        """
        pairs = [*self.overrides, *(f"{key}={_text(value)}" for key, value in settings.items())]
        silence = contextlib.redirect_stderr(io.StringIO()) if quiet else contextlib.nullcontext()
        with silence:  # warnings are printed once, for the base config
            config = load_config(self.space.base, pairs, self.plugin_files, self.trust)
        refuse_registered(config, "the process of a trial")
        return config

    def config_at(self, params: Mapping[str, Any], repeat: int = 0) -> Config:
        """Return the config of a point.

        Args:
            params: the point.
            repeat: number of earlier trials of the same point; it is added to the seed.
        """
        settings = settings_of(self.space.dimensions, params)
        config = self.load(settings)
        return config.with_value("seed", config.seed + repeat) if repeat else config


def check_source(source: Source) -> Config:
    """Check each value of the search space in the base config, and return that config.

    Raises:
        UserError: a value is invalid; the error names its line in the search file.
    """
    space = source.space
    base = source.load({}, quiet=False)
    base.require("TRAIN", "VALID", "LEARNING_RATE", "epochs")
    if not base.validate:
        raise UserError("a search compares validation metrics, but the base config does not validate",
                        where=base.location("validate"), do="set 'validate: True'")
    logged = [*task_of(base).logged, "loss"]
    if space.objective and space.objective not in logged:
        raise UserError(f"the objective is {space.objective}, which evaluations of the base config do not log",
                        where=base.location("metrics" if base.metrics else "task"),
                        do=f"objective: {', '.join(logged[:-1])} or loss; or name it in the base config, under "
                           "'metrics' or as 'monitor'")
    varied = {key: item for item in space.dimensions for key in item.keys}
    for pair in source.overrides:
        key = pair.partition("=")[0].strip()
        if key in varied:
            raise UserError(f"-o {key} has no effect: the search varies it", where=varied[key].origin,
                            do="remove one of them")
    errors: List[UserError] = []
    for item in space.dimensions:
        for settings, origin in _samples(item):
            try:
                source.load(settings)
            except UserError as error:
                errors += [_relocate(each, settings, origin) for each in getattr(error, "errors", [error])]
    distinct: Dict[str, UserError] = {str(error): error for error in errors}
    if distinct:
        raise next(iter(distinct.values())) if len(distinct) == 1 else UserErrors(distinct.values())
    return base


def with_objective(source: Source) -> Source:
    """Return the source with a resolved objective; its default is the monitored metric of the base config.

    Raises:
        UserError: raised by `load_config`.
    """
    if source.space.objective:
        return source
    return source._replace(space=replace(source.space, objective=monitor_of(source.load({}))))


def write_config(path: Path, config: Mapping[str, Any], heading: Sequence[str] = ()) -> None:
    """Write a resolved config atomically; it can be loaded from any directory."""
    values = dict(config)
    values["plugins"] = [os.path.abspath(name) for name in values["plugins"]]
    text = "".join(f"# {line}\n" for line in heading) + yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    write_atomic(path, text)


def _samples(item: Dimension) -> List[Tuple[Mapping[str, Any], str]]:
    """Return settings that cover every listed value or both ends of a range, each with its `file:line`."""
    if isinstance(item, Choices):
        return [(setting, origin) for setting, origin in zip(item.settings, item.origins) if setting]
    return [(item.setting(value), item.origin) for value in (item.low, item.high)]


def _relocate(error: UserError, settings: Mapping[str, Any], origin: str) -> UserError:
    """Convert an error that names an override to one that names the line of the search file."""
    what, where = error.what, error.where
    for key in settings:
        what = what.replace(f"-o {key}: ", "")
        if where is None or where == f"-o {key}":
            where = origin
    return UserError(what, where=where, do=error.do)


def _text(value: object) -> str:
    """Return a value as YAML in one line, as an override takes it."""
    return str(yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)).partition("\n...")[0]
