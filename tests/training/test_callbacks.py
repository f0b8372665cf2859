# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Callbacks of a config are called at their moments, and may replace the training callable."""

from __future__ import annotations

import re
import sys
from typing import Any, List

import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.run_training import train

PLUGIN = '''
from ppclas_core.api import Callback as Record, hookimpl
from ppclas_core.training.callbacks import Callback

EVENTS = []

class Recorder(Callback):
    def __init__(self, mark: str = ""):
        self.mark = mark

    def on_model_built(self, model, example):
        EVENTS.append(("built", self.mark, list(example.shape)))

        def forward(images):
            EVENTS.append(("forward",))
            return model(images)

        return forward

    def on_train_begin(self, run):
        EVENTS.append(("begin", run.steps_per_epoch))

    def on_step_end(self, run, values):
        EVENTS.append(("step", values["epoch"], values["step"]))

    def on_epoch_end(self, run, values):
        EVENTS.append(("epoch", values["epoch"], 0 <= values["top1"] <= 1))

    def on_eval_end(self, run, values):
        EVENTS.append(("eval", values["samples"]))

    def on_train_end(self, run):
        EVENTS.append(("end", run.progress.finished))

@hookimpl
def ppclas_callbacks():
    return [Record("Recorder", "recorder_of_events:Recorder")]
'''


def test_a_callback_sees_a_whole_run(values, make_config, tmp_path):
    file = tmp_path / "recorder_of_events.py"
    file.write_text(PLUGIN, encoding="utf-8")
    catalogue().load_file(file)
    values.update(epochs=1, callbacks=[{"Recorder": {"mark": "x"}}])
    train(make_config(values))
    assert sys.modules["recorder_of_events"].EVENTS == [
        ("built", "x", [1, 3, 16, 16]), ("begin", 3), ("forward",), ("step", 0, 0), ("forward",), ("step", 0, 1),
        ("forward",), ("step", 0, 2), ("epoch", 0, True), ("eval", 13), ("end", True)]


class Counter(Callback):
    """Object of a user: counts events, and keeps the order in which callbacks are called."""

    def __init__(self) -> None:
        self.events: List[str] = []

    def on_epoch_end(self, run: Any, values: Any) -> None:
        self.events.append(f"epoch {values['epoch']} of {type(run.callbacks[0]).__name__}")

    def on_train_end(self, run: Any) -> None:
        self.events.append("end")


def test_objects_are_called_after_the_callbacks_of_the_config_and_are_not_recorded(values, make_config, tmp_path):
    file = tmp_path / "recorder_of_events.py"
    file.write_text(PLUGIN, encoding="utf-8")
    catalogue().load_file(file)
    values.update(epochs=1, callbacks=[{"Recorder": {"mark": "y"}}])
    counter = Counter()
    folder = train(make_config(values), callbacks=[counter]).run_dir
    assert counter.events == ["epoch 0 of Recorder", "end"]
    assert "Counter" not in (folder / "last/meta.yaml").read_text(encoding="utf-8")


def test_a_resumed_run_calls_the_objects_that_are_given_again(values, make_config):
    class Stopper(Callback):
        """Requests a stop after the first epoch."""

        def on_epoch_end(self, run: Any, values: Any) -> None:
            run.stop_request.signum = 2

    values["epochs"] = 2
    with pytest.raises(Interrupted):
        train(make_config(values), callbacks=[Stopper()])
    counter = Counter()
    train(make_config(values), resume=True, callbacks=[counter])
    assert counter.events[-2:] == ["epoch 1 of Counter", "end"]


def test_a_callback_ends_the_run_after_the_epoch_and_it_stays_ended(values, make_config, capsys):
    class Enough(Callback):
        """Ends the run in the first step of the second epoch."""

        def on_step_end(self, run: Any, values: Any) -> None:
            run.stop = run.stop or values["epoch"] == 1

    values["epochs"] = 5
    counter = Counter()
    result = train(make_config(values), callbacks=[Enough(), counter])
    assert (result.epochs, result.curves["epoch"], len(result.curves["val_top1"])) == (2, [0, 1], 2)
    assert counter.events[-1] == "end"
    assert "a callback stopped it after epoch 1" in capsys.readouterr().err
    assert train(make_config(values), resume=True).epochs == 2
    assert "is finished: a callback stopped it after epoch 1" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "text"), [
    ([Counter], "callbacks[0] is the class Counter; it must be an object"),
    ([Counter(), print], "callbacks[1] is <built-in function print>; it must be an object of a subclass of"),
    (Counter(), "it must be a list"),
])
def test_what_is_no_callback_is_refused_before_the_run_folder_is_made(values, make_config, tmp_path, given, text):
    with pytest.raises(UserError, match=re.escape(text)):
        train(make_config(values), callbacks=given)
    assert not (tmp_path / "output").exists()
