# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Resolved config: plain values, each with its origin."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from ppclas_core.config.schema import BY_PATH
from ppclas_core.config.sections import DataSection, LearningRateSection, RootSection, TrainSection, ValidSection
from ppclas_core.errors import UserError


class Config(Mapping[str, Any], RootSection):
    """Resolved config: typed attributes, and the same values as a read-only mapping of plain nested dicts and lists.

    `config.train.batch_size` and `config["TRAIN"]["batch_size"]` are the same value. An omitted section that has no
    defaults (TRAIN, VALID, LEARNING_RATE, OPTIMIZER.regularizer) is None.

    Args:
        values: the nested values.
        origins: dotted key -> `file.yaml:14` or `-o KEY`; list indices start at 0; keys with default values are absent.
        path: the YAML file; None for a config from a dict.
        warnings: one-line texts, already logged.
        unloaded_plugins: one-file plugins of the config that were not loaded because they are not trusted.
    """

    def __init__(
        self,
        values: Dict[str, Any],
        origins: Mapping[str, str],
        *,
        path: Optional[Path] = None,
        warnings: Sequence[str] = (),
        unloaded_plugins: Sequence[str] = (),
    ) -> None:
        vars(self).update(vars(RootSection.from_values(values)))  # the section classes are frozen
        self._values = values
        self.origins: Dict[str, str] = {"": "config", **origins}
        self.path = path
        self.warnings: List[str] = list(warnings)
        self.unloaded_plugins: List[str] = list(unloaded_plugins)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Config:
        """Return a config, or the plain values of one, such as those in `meta.yaml` of a checkpoint, as `Config`.

        Values are not checked; attributes of omitted keys are their defaults.
        """
        return values if isinstance(values, Config) else cls(dict(values), {})

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  # Any: as deep as `config["TRAIN"]["batch_size"]`
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Config {self.path or self.origins.get('', '')}: {self.architecture.name}>"

    def get_path(self, dotted: str) -> Any:  # noqa: ANN401  # Any: as `__getitem__`
        """Return the value at a dotted key such as `TRAIN.transforms.0.DecodeImage`.

        Raises:
            KeyError: the key does not exist, or its section is None.
        """
        value: Any = self._values
        for part in dotted.split("."):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, TypeError, ValueError):
                raise KeyError(dotted) from None
        return value

    def where(self, dotted: str) -> str:
        """Return `file.yaml:14`, `-o KEY`, or `default` if omitted; parts of a value have that of the whole."""
        path = dotted
        while path and path not in self.origins and path not in BY_PATH:
            path = path.rpartition(".")[0]
        return self.origins.get(path, "default") if path else "default"

    def location(self, dotted: str) -> str:
        """Return the location for an error: as `where`, but an omitted key has the location of its section or file."""
        while dotted not in self.origins:
            dotted = dotted.rpartition(".")[0]
        return self.origins[dotted]

    def place(self, dotted: str) -> str:
        """Return `location(dotted)`; deprecated name."""
        warnings.warn("Config.place is deprecated: it is called location", DeprecationWarning, stacklevel=2)
        return self.location(dotted)

    def require(self, *keys: str) -> None:
        """Check that keys or sections that a command needs are set.

        Raises:
            UserError: one of them is missing or None.
        """
        for key in keys:
            try:
                missing = self.get_path(key) is None
            except KeyError:
                missing = True
            if missing:
                raise self._omitted(key)

    def require_data(self, name: str) -> DataSection:
        """Return the section TRAIN or VALID; raise `UserError` if the config omits it."""
        return self.require_train() if name == "TRAIN" else self.require_valid()

    def require_train(self) -> TrainSection:
        """Return the section TRAIN; raise `UserError` if the config omits it."""
        if self.train is None:
            raise self._omitted("TRAIN")
        return self.train

    def require_valid(self) -> ValidSection:
        """Return the section VALID; raise `UserError` if the config omits it."""
        if self.valid is None:
            raise self._omitted("VALID")
        return self.valid

    def require_learning_rate(self) -> LearningRateSection:
        """Return the section LEARNING_RATE; raise `UserError` if the config omits it."""
        if self.learning_rate is None:
            raise self._omitted("LEARNING_RATE")
        return self.learning_rate

    def require_epochs(self) -> int:
        """Return the number of epochs; raise `UserError` if the config omits it."""
        if self.epochs is None:
            raise self._omitted("epochs")
        return self.epochs

    @property
    def num_classes(self) -> int:
        """Number of classes.

        Raises:
            ValueError: it is still `auto`, which `ppclas_core.data.settle_classes` replaces.
        """
        return int(self.classes_num)

    def _omitted(self, key: str) -> UserError:
        return UserError(f"this needs '{key}', which the config leaves out", where=self.origins.get(""),
                         do="a config with 'mode: valid' can be evaluated, not trained" if self.mode == "valid"
                            else f"add '{key}'")

    def with_value(self, key: str, value: object) -> Config:
        """Return a copy of the config with another value of a top-level key."""
        return Config({**self._values, key: value}, self.origins, path=self.path, warnings=self.warnings,
                      unloaded_plugins=self.unloaded_plugins)

    def to_dict(self) -> Dict[str, Any]:
        """Return a deep copy of the values, suitable for YAML and for `config_from_dict`."""
        return copy.deepcopy(self._values)


def not_a_config(value: object, function: str) -> UserError:
    """Return the error for an argument of a public function that is not a `Config`."""
    return UserError(f"{function}() takes a config, not {value!r:.60}", do=f"{function}(load_config(FILE))")
