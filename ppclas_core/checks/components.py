# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check of the parameters of all components of a config against the signatures of their targets (imports them)."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence

from ppclas_core.api import Backbone
from ppclas_core.config.config import Config
from ppclas_core.config.rules import published_weights
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.config.switched_callbacks import switched_callbacks
from ppclas_core.config.task_rules import RULES
from ppclas_core.errors import UserError, UserErrors, did_you_mean
from ppclas_core.losses import label_smoothing
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.models import find_model
from ppclas_core.plugins.signature import coerce


def check_components(config: Config) -> None:
    """Check the parameters of the model, the loss, the schedule, the optimizer, the readers, the ops and the callbacks.

    Unknown components are skipped if a one-file plugin of the config was not loaded.

    Raises:
        UserErrors: everything that is wrong, each with its file and line.
    """
    checker = _Checker(config)
    checker.architecture()
    checker.loss()
    checker.schedule()
    checker.optimizer()
    for section in ("TRAIN", "VALID"):
        checker.reader(section)
        if config.data_section(section) is not None and checker.items("op", f"{section}.transforms"):
            checker.pipeline(section)
    if config.train is not None:
        checker.items("op", "TRAIN.mix")
        checker.switched()
    checker.items("callback", "callbacks")
    checker.metrics()
    if checker.errors:
        raise UserErrors(checker.errors)


def check_architecture(config: Config) -> None:
    """Check the parameters of the model only.

    Raises:
        UserErrors: everything that is wrong, each with its file and line.
    """
    checker = _Checker(config)
    checker.architecture()
    if checker.errors:
        raise UserErrors(checker.errors)


class _Checker:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.errors: List[UserError] = []

    def architecture(self) -> None:

        name, params = self.config.model_name, dict(self.config.architecture.params)
        if not self._known("backbone", name):
            return
        try:
            record = find_model(name)[0].record
        except UserError as error:
            self._add(error, "ARCHITECTURE.name")
            return
        target = name if name in catalogue().names("backbone") else record.name
        multipliers = params.pop("lr_mult_list", None)
        if multipliers is not None:
            self._multipliers(multipliers, record)
        for key, source in (("num_classes", "classes_num"), ("in_channels", "image_shape")):
            if key in params:
                self._add(UserError(f"'{key}' is not given here: it follows from {source}"),
                          f"ARCHITECTURE.params.{key}")
                del params[key]
        classes = self.config.classes_num  # `auto` needs the data; any number is valid here
        supplied = {"num_classes": 2 if classes == "auto" else classes, "in_channels": self.config.image_shape[0]}
        self.params("backbone", target, params, "ARCHITECTURE.params", supplied, extra=("lr_mult_list",))

    def _multipliers(self, value: object, record: Backbone) -> None:
        path, stages = "ARCHITECTURE.params.lr_mult_list", len(record.lr_stages)
        try:
            numbers = coerce(value, List[float], what="lr_mult_list")
        except UserError as error:
            self._add(error, path)
            return
        if len(numbers) != stages:
            self._add(UserError(f"lr_mult_list has {len(numbers)} entries; {record.name} has {stages} stages"), path)
        if any(number < 0 for number in numbers):
            self._add(UserError(f"lr_mult_list {numbers} has a negative multiplier"), path)

    def loss(self) -> None:
        name, params = self.config.loss.name, self.config.loss.params
        if self.config.train is None or not self._known("loss", name):
            return
        if self.params("loss", name, params, "LOSS.params"):
            record = catalogue().find("loss", name).record
            error = label_smoothing.check_smoothing(self.config.ls_epsilon, params, record,
                                                    catalogue().parameters("loss", name))
            if error is not None:
                self._add(error, label_smoothing.KEY)
        if self.config.class_weights is not None:
            self._class_weights(name, params)

    def _class_weights(self, name: str, params: Mapping[str, Any]) -> None:
        key = RULES[self.config.task].class_weights
        if key in params:
            self._add(UserError(f"LOSS.params.{key} has no effect: 'class_weights' wins over it",
                                do="remove one of them"), f"LOSS.params.{key}")

    def metrics(self) -> None:
        if not self.config.metrics:  # None without validation
            return
        from ppclas_core.tasks import TASKS  # it imports numpy, which `ppclas show` of most configs does without

        usual = [*TASKS[self.config.task].logged_names, "loss"]
        for index, name in enumerate(self.config.metrics):
            if name in usual:
                self._add(UserError(f"'metrics: [{name}]' has no effect: evaluations log {name} anyway",
                                    do="remove it"), f"metrics.{index}")

    def switched(self) -> None:
        """Check the callbacks that a config key enables."""
        for entry in switched_callbacks(self.config):
            name, section = entry.record.name, entry.record.section
            params = self.config.get(section) or {}
            if self.params("callback", name, params, section):
                self._build("callback", name, params, section)

    def schedule(self) -> None:
        section, train = self.config.learning_rate, self.config.train
        if section is None or not self._known("lr_schedule", section.function):
            return
        try:
            params, _ = schedule_parameters(section, None if train is None else train.batch_size)
        except UserError as error:
            path, error.where = error.where or "LEARNING_RATE.params.lr", None
            self._add(error, path)
            return
        if self.params("lr_schedule", section.function, params, "LEARNING_RATE.params"):
            supplied = {"epochs": self.config.epochs or 1, "step_each_epoch": 1000}
            self._build("lr_schedule", section.function, params, "LEARNING_RATE.params", supplied)

    def optimizer(self) -> None:
        from ppclas_core.optim.build import bind_optimizer

        try:
            bind_optimizer(self.config.optimizer)
        except UserError as error:
            path, error.where = error.where or "OPTIMIZER", None
            self._add(error, path)

    def reader(self, section: str) -> None:
        """Check the parameters of a section's reader."""
        data = self.config.data_section(section)
        reader = None if data is None else data.reader
        if reader is not None and self._known("reader", reader.name):
            self.params("reader", reader.name, reader.params, f"{section}.reader.params")

    def items(self, kind: str, path: str) -> bool:
        """Check the items of a list; return whether all are known and have valid parameters."""
        right = True
        for index, item in enumerate(self.config.get_path(path)):
            for name, params in item.items():
                key = f"{path}.{index}.{name}"
                good = self._known(kind, name) and self.params(kind, name, params, key)
                if good and path == "TRAIN.mix":
                    self._build(kind, name, params, key)
                right = right and good
        return right

    def pipeline(self, section: str) -> None:
        """Build the transforms, which checks order and values, and check the layout and dtype of their output."""
        from ppclas_core.data.pipeline import build_pipeline

        try:
            state = build_pipeline(self.config.require_data(section).transforms,
                                   where=lambda key: self.config.where(f"{section}.{key}")).final_state
        except UserError as error:
            self._add(error, f"{section}.transforms")
            return
        what = f"{section}.transforms end with an image that is"
        if state.layout != "CHW":
            self._add(UserError(f"{what} {state.layout}; the network takes CHW", do="add '- ToCHWImage:' at the end"),
                      f"{section}.transforms")
        elif state.dtype != "float32":
            self._add(UserError(f"{what} {state.dtype}; the network takes float32", do="add NormalizeImage"),
                      f"{section}.transforms")

    def params(
        self, kind: str, name: str, params: Mapping[str, Any], path: str, supplied: Optional[Mapping[str, Any]] = None,
        extra: Sequence[str] = ()
    ) -> bool:
        """Check the parameters of a component and report each wrong one with its line; return whether all are valid."""
        count = len(self.errors)
        try:
            known = catalogue().parameters(kind, name)
        except UserError as error:
            self._add(error, path)
            return False
        offered = [key for key in (*known, *extra) if key not in (supplied or {})]
        for key, value in params.items():
            try:
                if key not in known:
                    raise UserError(f"{name} has no parameter '{key}'.{did_you_mean(str(key), offered)}",
                                    do=f"its parameters: {', '.join(offered) or 'none'}")
                coerce(value, known[key].type, what=f"parameter '{key}' of {name}")
            except UserError as error:
                self._add(error, f"{path}.{key}")
        if len(self.errors) == count:
            try:
                catalogue().bind(kind, name, {**params, **(supplied or {})})
            except UserError as error:
                self._add(error, path)
        return len(self.errors) == count

    def _build(self, kind: str, name: str, params: Mapping[str, Any], path: str,
               supplied: Optional[Mapping[str, Any]] = None) -> None:
        try:
            catalogue().create(kind, name, params, supplied)
        except UserError as error:
            self._add(error, path)

    def _known(self, kind: str, name: str) -> bool:
        """Return False for an unknown name that may come from a plugin file that was not loaded."""
        if not self.config.unloaded_plugins:
            return True
        if kind == "backbone" and name in published_weights():
            return True
        try:
            catalogue().find(kind, name)
        except UserError:
            return False
        return True

    def _add(self, error: UserError, path: str) -> None:
        self.errors.append(error.at(self.config.location(path)))
