# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of callbacks: they override methods that exist, with the arguments that these have."""

from __future__ import annotations

import inspect

from ppclas_core.api import Callback as Record
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters
from ppclas_core.testing.base import Conformance
from ppclas_core.training.callbacks import Callback


class CallbackConformance(Conformance):
    """Tests of a plugin's callbacks; subclasses set `plugin`, and `params` for parameters without a default."""

    kind = "callback"

    def make(self, record: Record) -> Callback:
        """Return the callback; its parameters are checked like those of a config."""
        target = resolve(record.target, owner=record.name)
        callback: Callback = target(**bind_parameters(target, self.build_params(record), owner=record.name))
        return callback

    def test_it_is_a_callback(self, record: Record) -> None:
        """The trainer calls methods of `ppclas_core.training.callbacks.Callback`."""
        assert isinstance(self.make(record), Callback)

    def test_every_method_of_the_trainer_is_spelled_right(self, record: Record) -> None:
        """A misspelled `on_...` method would never be called."""
        known = {name for name in dir(Callback) if name.startswith("on_")}
        defined = {name for name in dir(type(self.make(record))) if name.startswith("on_")}
        assert defined <= known, f"the trainer never calls {sorted(defined - known)}; it calls {sorted(known)}"

    def test_every_method_takes_the_arguments_of_its_base(self, record: Record) -> None:
        """The trainer calls each method with the arguments of the base class."""
        kind = type(self.make(record))
        for name in dir(Callback):
            own, base = getattr(kind, name), getattr(Callback, name)
            if name.startswith("_") or not callable(base) or own is base:
                continue
            assert list(inspect.signature(own).parameters) == list(inspect.signature(base).parameters), name
