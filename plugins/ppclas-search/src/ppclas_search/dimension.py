# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Dimensions of a search space: a key with listed values, a key with a range, or named variants of several keys."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

MAX_STEPS = 1000
"""A range with more steps than this counts as infinite."""


@dataclass(frozen=True)
class Choices:
    """Categorical dimension: a key, or a name for several keys, with listed values.

    Args:
        name: dotted config key, or the name of the variants.
        origin: `file:line`.
        values: values as Optuna stores them: scalars; lists and mappings as JSON text; variants as their names.
        settings: mapping of config keys to values, one for each of `values`.
        origins: `file:line` of each value.
    """

    name: str
    origin: str
    values: Tuple[Any, ...]
    settings: Tuple[Mapping[str, Any], ...]
    origins: Tuple[str, ...]

    @property
    def keys(self) -> Tuple[str, ...]:
        """Config keys that the dimension sets."""
        return tuple(dict.fromkeys(key for setting in self.settings for key in setting))

    @property
    def ordered(self) -> bool:
        """Whether the values have an order: all are numbers, and not booleans."""
        return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in self.values)

    def finite(self) -> Optional[Sequence[Any]]:
        """Return all values."""
        return self.values

    def setting(self, value: object) -> Mapping[str, Any]:
        """Return the config keys that a value sets, with their values."""
        return self.settings[self.values.index(value)]

    def distribution(self) -> BaseDistribution:
        """Return the Optuna distribution."""
        return CategoricalDistribution(self.values)

    def encode(self, values: Sequence[Any]) -> np.ndarray:
        """Return values as float64 (n,): the rank in 0..1 of ordered values, the list index of others.

        Ranks are used because listed values, such as learning rates, are usually even on the scale that matters.
        """
        if not self.ordered:
            return np.array([self.values.index(value) for value in values], np.float64)
        ranks = {value: rank / max(len(self.values) - 1, 1) for rank, value in enumerate(sorted(self.values))}
        return np.array([ranks[value] for value in values], np.float64)

    def draw(self, rng: np.random.Generator, count: int) -> Sequence[Any]:
        """Draw random values."""
        return [self.values[index] for index in rng.integers(len(self.values), size=count)]

    def near(self, value: object, rng: np.random.Generator) -> object:
        """Return the value, or a random one with probability 0.3."""
        return self.draw(rng, 1)[0] if rng.random() < 0.3 else value

    def description(self) -> object:
        """Return plain values that a resumed search compares."""
        return [dict(setting) for setting in self.settings]


@dataclass(frozen=True)
class Range:
    """Numeric dimension: a key with a range of numbers, both ends included.

    Args:
        name: dotted config key.
        origin: `file:line`.
        low: smallest value.
        high: largest value.
        integer: whether the values are integers.
        log: whether the scale is logarithmic.
        step: distance between values, starting at `low`; None: continuous.
    """

    name: str
    origin: str
    low: float
    high: float
    integer: bool = False
    log: bool = False
    step: Optional[float] = None

    ordered = True

    @property
    def keys(self) -> Tuple[str, ...]:
        """Config keys that the dimension sets."""
        return (self.name,)

    def finite(self) -> Optional[Sequence[Any]]:
        """Return all values; None if there are more than `MAX_STEPS` steps or the range is continuous."""
        step = self.step or (1 if self.integer else None)
        if step is None or (self.high - self.low) / step >= MAX_STEPS:
            return None
        count = math.floor((self.high - self.low) / step + 1e-9) + 1
        return [self._number(self.low + index * step) for index in range(count)]

    def setting(self, value: object) -> Mapping[str, Any]:
        """Return the config key with this value."""
        return {self.name: value}

    def distribution(self) -> BaseDistribution:
        """Return the Optuna distribution."""
        if self.integer:
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def encode(self, values: Sequence[Any]) -> np.ndarray:
        """Return values as float64 (n,) in 0..1, linear on the scale of the range."""
        low, high = self._scaled(np.array([self.low, self.high]))
        encoded: np.ndarray = (self._scaled(np.array(values, np.float64)) - low) / ((high - low) or 1.0)
        return encoded

    def draw(self, rng: np.random.Generator, count: int) -> Sequence[Any]:
        """Draw random values, uniform on the scale of the range."""
        return [self._at(fraction) for fraction in rng.random(count)]

    def near(self, value: object, rng: np.random.Generator) -> Union[int, float]:
        """Draw a value near another one, normally distributed with standard deviation 0.08 of the range."""
        return self._at(float(np.clip(self.encode([value])[0] + rng.normal(0, 0.08), 0, 1)))

    def description(self) -> object:
        """Return plain values that a resumed search compares."""
        return {"low": self.low, "high": self.high, "log": self.log, "step": self.step}

    def _at(self, fraction: float) -> Union[int, float]:
        """Return the value at a fraction 0..1 of the range, on its scale."""
        low, high = self._scaled(np.array([self.low, self.high]))
        value = low + fraction * (high - low)
        return self._number(float(np.exp(value)) if self.log else float(value))

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = np.log(values) if self.log else values.astype(np.float64)
        return scaled

    def _number(self, value: float) -> Union[int, float]:
        """Round a number to a value of the range."""
        step = self.step or (1 if self.integer else None)
        if step is not None:
            value = self.low + round((value - self.low) / step) * step
        value = min(max(value, self.low), self.high)
        return round(value) if self.integer else float(f"{value:.6g}" if step is None else f"{value:.12g}")


Dimension = Union[Choices, Range]


def to_optuna(value: object) -> object:
    """Convert a config value to one that Optuna can store: lists and mappings to JSON text."""
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def identity(params: Mapping[str, Any]) -> str:
    """Return a string that identifies a point: equal points have equal strings."""
    return json.dumps({key: params[key] for key in sorted(params)})


def settings_of(dimensions: Sequence[Dimension], params: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the config keys that a point sets, with their values."""
    return {key: value for item in dimensions for key, value in item.setting(params[item.name]).items()}
