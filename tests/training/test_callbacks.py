# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Callbacks of a config are called at their moments, and may replace the training callable."""

from __future__ import annotations

import sys

from ppclas_core.plugins.catalogue import catalogue
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
