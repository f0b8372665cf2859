# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A callback whose methods would never be called, or not with their arguments, is refused before the training."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest

import ppclas_core
from ppclas_core.errors import PluginError, UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.check_callback import callback_fault
from ppclas_core.training.run_training import train


class Misspelled(Callback):
    def on_epoch_ends(self, run: Any, values: Any) -> None:
        """Never called."""


class OfKeras(Callback):
    def on_train_batch_end(self, batch: Any, logs: Any = None) -> None:
        """Never called."""


class OfFastai(Callback):
    def after_epoch(self) -> None:
        """Never called."""


class Shortened(Callback):
    def on_epoch_end(self, values: Any) -> None:  # type: ignore[override]  # the mistake
        """Lacks `run`."""


class Longer(Callback):
    def load_pretrained(self, model: Any, record: Any, source: Any, resumed: Any, more: Any) -> bool:  # type: ignore[override]  # the mistake
        """Needs an argument that the trainer does not give."""
        return False


class NoMethod(Callback):
    on_train_end = None  # type: ignore[assignment]  # the mistake


@pytest.mark.parametrize(("callback", "text", "do"), [
    (Misspelled(), "Misspelled.on_epoch_ends is never called: no method of a callback has this name. Did you mean "
     "'on_epoch_end'?", "on_train_begin, on_batch, on_step_end, on_epoch_end, on_eval_end, on_train_end"),
    (OfKeras(), "OfKeras.on_train_batch_end is never called", "methods of a callback: load_pretrained, "),
    (OfFastai(), "OfFastai has none of the methods that a training calls, but after_epoch", "methods of a callback: "),
    (Shortened(), "Shortened.on_epoch_end does not take the arguments", "write: def on_epoch_end(self, run, values)"),
    (Longer(), "Longer.load_pretrained does not take", "def load_pretrained(self, model, record, source, *, resumed)"),
    (NoMethod(), "NoMethod.on_train_end does not take the arguments", "write: def on_train_end(self, run)"),
])
def test_a_method_that_cannot_be_called_is_refused_with_the_right_one(callback, text, do):
    fault = callback_fault(callback)
    assert fault is not None
    assert text in fault.what
    assert do in (fault.do or "")
    assert "test_check_callback.py:" in (fault.where or "") or isinstance(callback, NoMethod)


class Fine(Callback):
    """Helpers, a property, other names of parameters, further ones with defaults, `*args`."""

    def on_epoch_end(self, trainer: Any, logs: Any, extra: int = 0) -> None:
        self.report()

    def on_step_end(self, *arguments: Any) -> None:
        """Accepts everything."""

    @staticmethod
    def on_train_begin(run: Any) -> None:  # type: ignore[override]  # callable all the same
        """Has no self."""

    @property
    def on_fire(self) -> bool:
        """No method."""
        return False

    def report(self) -> None:
        """Helper."""

    def close(self) -> None:
        """Helper."""


def test_helpers_and_other_names_of_parameters_are_accepted():
    assert callback_fault(Fine()) is None
    assert callback_fault(Callback()) is None
    assert callback_fault(MagicMock(spec=Callback)) is None


def test_a_class_of_another_kind_is_refused():
    class Duck:
        def on_epoch_end(self, run, metrics): ...

    fault = callback_fault(Duck())
    assert fault is not None
    assert "Duck is no subclass of ppclas_core.Callback" in str(fault)


def test_the_public_base_class_is_that_of_plugins():
    assert ppclas_core.Callback is Callback


def test_train_refuses_it_before_the_run_folder_is_made(values, make_config, tmp_path):
    with pytest.raises(UserError, match="on_epoch_ends is never called"):
        train(make_config(values), callbacks=[Misspelled()])
    assert not (tmp_path / "output").exists()


def test_a_callback_of_a_plugin_is_refused_by_the_name_of_the_plugin(values, make_config, tmp_path):
    file = tmp_path / "late_watch.py"
    file.write_text("from ppclas_core.api import Callback as Record, hookimpl\n"
                    "from ppclas_core.training import Callback\n\n"
                    "class Late(Callback):\n    def on_epoch_ends(self, run, values):\n        pass\n\n"
                    "@hookimpl\ndef ppclas_callbacks():\n    return [Record('Late', 'late_watch:Late')]\n",
                    encoding="utf-8")
    catalogue().load_file(file)
    values["callbacks"] = [{"Late": {}}]
    with pytest.raises(PluginError) as caught:
        train(make_config(values))
    assert "plugin late_watch.py: callback 'Late' has a wrong method: " in str(caught.value)
    assert "Late.on_epoch_ends is never called" in str(caught.value)
    assert not (tmp_path / "output").exists()
