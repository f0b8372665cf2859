# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: What a plugin's code raises while it works: ops, mixes, losses, schedules, backbones, callbacks, runtimes."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

from ppclas_core.api import ImageState
from ppclas_core.config import Config
from ppclas_core.data.errors import PluginTransformError, TransformError
from ppclas_core.data.pipeline import Pipeline, Step, build_pipeline
from ppclas_core.errors import PluginError
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.plugins.ownership import Owner

PLUGIN = """
import sys
from ppclas_core.api import Callback, Loss, LrSchedule, Op, hookimpl

@hookimpl
def ppclas_ops():
    return [Op(name, f'quitting_parts:{name}') for name in ('Quits', 'QuitsBound', 'QuitsAtEpoch')]

@hookimpl
def ppclas_losses():
    return [Loss('QuitsLoss', 'quitting_parts:quits_loss')]

@hookimpl
def ppclas_lr_schedules():
    return [LrSchedule('QuitsRate', 'quitting_parts:quits_rate')]

@hookimpl
def ppclas_callbacks():
    return [Callback('QuitsCallback', 'quitting_parts:QuitsCallback')]

class Quits:
    '''Ends the program when it is called.'''
    def __call__(self, image, rng=None):
        sys.exit(0)

class QuitsBound(Quits):
    '''Ends it when it is bound.'''
    bind = Quits.__call__

class QuitsAtEpoch(Quits):
    '''Ends it at the start of an epoch.'''
    at_epoch = Quits.__call__

def quits_loss():
    '''A loss.'''
    def loss(logits, target):
        sys.exit(0)
    return loss

def quits_rate():
    '''A rate.'''
    def rate(step):
        sys.exit(0)
    return rate

class QuitsCallback:
    '''A callback.'''
    changes_layers = False
    def on_train_begin(self, run):
        sys.exit(0)
"""


@pytest.fixture
def known(tmp_path: Path) -> Catalogue:
    """The catalogue of the process, with the parts that call sys.exit(0)."""
    if "Quits" not in catalogue().names("op"):
        file = tmp_path / "quitting_parts.py"
        file.write_text(PLUGIN)
        catalogue().load_file(file)
    return catalogue()


def names(component: str) -> str:
    """The start of the message of a component."""
    return f"^plugin quitting_parts.py: {component} failed"


def test_an_op_that_ends_the_program_is_named_with_its_sample(known: Catalogue) -> None:
    pipeline = build_pipeline([{"Quits": {}}], start=ImageState("HWC", "uint8"))
    with pytest.raises(PluginTransformError, match=names("op 'Quits'") + " on 'a/b.png': SystemExit: 0") as caught:
        pipeline(np.zeros((2, 2, 3), np.uint8), np.random.default_rng(0), "a/b.png")
    assert caught.value.exit_code == 1
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # it comes from data workers


def test_an_op_that_fails_when_it_is_bound_or_gets_the_epoch_is_named(known: Catalogue) -> None:
    start = ImageState("HWC", "uint8")
    with pytest.raises(PluginError, match="config.yaml:7: " + names("op 'QuitsBound'")[1:]):
        build_pipeline([{"QuitsBound": {}}], start=start, where=lambda key: "config.yaml:7")
    pipeline = build_pipeline([{"QuitsAtEpoch": {}}], start=start)
    with pytest.raises(PluginError, match=names("op 'QuitsAtEpoch'")):
        pipeline.at_epoch(3)


def test_an_op_that_gives_nothing_is_named_and_not_the_op_after_it() -> None:
    owner = Owner("acme", "1.0", "op 'Forgets'")
    pipeline = Pipeline([Step("Forgets", lambda image, rng: None, None, owner)], lambda index: None,
                        ImageState("HWC", "uint8"))
    with pytest.raises(PluginError, match="^plugin acme 1.0: op 'Forgets' failed: TypeError: it returned a NoneType"):
        pipeline(np.zeros((2, 2, 3), np.uint8), np.random.default_rng(0))


def test_an_op_of_core_or_of_no_plugin_is_not_blamed_on_a_plugin() -> None:
    def broken(image: Any, rng: Any) -> Any:
        raise IndexError("oh")

    for owner in (None, Owner("ppclas-core", "0.1.0", "op 'Broken'")):
        pipeline = Pipeline([Step("Broken", broken, None, owner)], lambda index: None, ImageState("HWC", "uint8"))
        with pytest.raises(TransformError, match="^op 'Broken' failed: IndexError: oh") as caught:
            pipeline(np.zeros((2, 2, 3), np.uint8), np.random.default_rng(0))
        assert not isinstance(caught.value, PluginError)


def test_a_callback_and_a_loss_that_end_the_program_are_named(known: Catalogue) -> None:
    callback = known.create("callback", "QuitsCallback", {})
    with pytest.raises(PluginError, match=names("callback 'QuitsCallback'")), \
            known.calling_object("callback", callback):
        callback.on_train_begin(None)
    loss = known.create("loss", "QuitsLoss", {})
    with pytest.raises(PluginError, match=names("loss 'QuitsLoss'")), known.calling("loss", "QuitsLoss"):
        loss(None, None)


def test_a_schedule_that_ends_the_program_is_named(known: Catalogue) -> None:
    from ppclas_core.training.builders import build_schedule

    rate = build_schedule(Config.of({"epochs": 1, "LEARNING_RATE": {"function": "QuitsRate", "params": {}}}), 10)
    with pytest.raises(PluginError, match=names("schedule 'QuitsRate'")):
        rate(0)


def test_an_runtime_keeps_its_attributes_and_names_its_plugin() -> None:
    from ppclas_core.runtimes.load import OwnedRuntime

    class Runtime:
        input_names = ("x",)

        def __call__(self, batch: np.ndarray) -> np.ndarray:
            raise SystemExit(0)

    runtime = OwnedRuntime(Runtime(), Owner("acme", "1.0", "runtime 'fast'"))
    assert runtime.input_names == ("x",)
    assert not hasattr(runtime, "output_names")
    with pytest.raises(PluginError, match="^plugin acme 1.0: runtime 'fast' failed: SystemExit: 0"):
        runtime(np.zeros((1, 3, 2, 2), np.float32))


@pytest.mark.parametrize("command", [("check",), ("train", "-o", "epochs=1")])
def test_a_command_that_meets_such_an_op_exits_with_1_and_names_it(
    known: Catalogue, ppclas_project: Callable[..., Any], command: tuple[str, ...]
) -> None:
    project = ppclas_project({"config.yaml": {
        "mode": "train", "ARCHITECTURE": {"name": "MobileNetV3_small_x0_35"}, "classes_num": 2,
        "image_shape": [3, 32, 32], "epochs": 1, "validate": False,
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}},
        "OPTIMIZER": {"function": "Momentum", "params": {"momentum": 0.9}},
        "TRAIN": {"batch_size": 2, "num_workers": 0, "file_list": "list.txt", "data_dir": ".", "transforms": [
            {"DecodeImage": {}}, {"ResizeImage": {"size": 32}}, {"Quits": {}}, {"NormalizeImage": {}},
            {"ToCHWImage": {}}]}}, "list.txt": "a.png 0\nb.png 1\n"})
    import cv2

    for name in ("a.png", "b.png"):
        cv2.imwrite(str(project.folder / name), np.zeros((32, 32, 3), np.uint8))
    outcome = project.run(command[0], "config.yaml", *command[1:])
    assert outcome.code == 1
    assert "plugin quitting_parts.py: op 'Quits' failed" in outcome.err
    assert "internal error" not in outcome.err


def test_an_accelerator_that_cannot_be_built_is_left_out_unless_it_was_asked_for(
    load: Any, install: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from ppclas_core.runs.progress import Progress
    from ppclas_core.training import accelerate

    install("acme", "from ppclas_core.api import Callback, hookimpl\n@hookimpl\ndef ppclas_callbacks():\n"
                    "    return [Callback('aaa_fast', 'acme_pkg.op:Echo', accelerates=('cpu',))]",
            files={"op.py": "raise SystemExit(0)\n"})
    known = load()
    monkeypatch.setattr(accelerate, "catalogue", lambda: known)
    caplog.set_level("INFO")
    progress = Progress(seed=1)
    config = Config.of({"accelerator": "auto", "to_static": False})
    assert accelerate.build_accelerators(config, "cpu", progress, []) == []
    assert progress.accelerator == "none"
    assert caplog.messages == ["accelerator: none, because aaa_fast cannot be used: "
                     "plugin acme 1.0: callback 'aaa_fast' failed at import: SystemExit: 0"]
    with pytest.raises(PluginError):
        accelerate.build_accelerators(config.with_value("accelerator", "aaa_fast"), "cpu", Progress(seed=1), [])


NOTHING = """
from ppclas_core.api import *

@hookimpl
def ppclas_{hook}():
    return [{record}('Nothing', 'acme_pkg.op:nothing'{more})]
"""


@pytest.mark.parametrize(("kind", "hook", "record", "more"), [
    ("backbone", "backbones", "Backbone", ", 'F'"), ("op", "ops", "Op", ""), ("loss", "losses", "Loss", ""),
    ("lr_schedule", "lr_schedules", "LrSchedule", ""), ("optimizer", "optimizers", "Optimizer", ""),
    ("metric", "metrics", "Metric", ""), ("callback", "callbacks", "Callback", ""),
])
def test_a_target_that_builds_nothing_is_named_when_it_is_built(
    install: Any, load: Any, kind: str, hook: str, record: str, more: str
) -> None:
    install("acme", NOTHING.format(hook=hook, record=record, more=more), files={"op.py": "def nothing():\n    pass\n"})
    with pytest.raises(PluginError, match=r"^plugin acme 1.0: \w+ 'Nothing' failed: TypeError: it built a NoneType"):
        load().create(kind, "Nothing", {})


def test_a_schedule_that_returns_a_text_is_named(install: Any, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_core.training import builders

    install("acme", NOTHING.format(hook="lr_schedules", record="LrSchedule", more=""),
            files={"op.py": "def nothing():\n    return lambda step: 'fast'\n"})
    known = load()
    monkeypatch.setattr(builders, "catalogue", lambda: known)
    monkeypatch.setattr(builders, "schedule_parameters", lambda section, batch: ({}, None))
    rate = builders.build_schedule(
        Config.of({"epochs": 1, "LEARNING_RATE": {"function": "Nothing", "params": {}}}), 10)
    with pytest.raises(PluginError, match="schedule 'Nothing' failed: TypeError: it returned 'fast', not a learning"):
        rate(0)


METRIC = """
from ppclas_core.metrics import Metric

class nothing(Metric):
    name = 'Nothing'
    def reset(self): pass
    def update(self, outputs): {update}
    def state(self): return {{}}
    def load(self, values): pass
    def merge(self, values): pass
    def compute(self): return None
"""


@pytest.mark.parametrize(("update", "message"), [
    ("pass", "TypeError: compute.. returned None, not a number"), ("raise KeyError('x')", "KeyError: 'x'"),
])
def test_a_metric_that_fails_is_named(
    install: Any, load: Any, monkeypatch: pytest.MonkeyPatch, update: str, message: str
) -> None:
    from ppclas_core.metrics import metric_set
    from ppclas_core.metrics.outputs import SingleLabelOutputs

    install("acme", NOTHING.format(hook="metrics", record="Metric", more=""),
            files={"op.py": METRIC.format(update=update)})
    known = load()
    monkeypatch.setattr(metric_set, "catalogue", lambda: known)
    metrics = metric_set.MetricSet([known.create("metric", "Nothing", {})])
    outputs = SingleLabelOutputs(np.full((1, 2), 0.5, np.float32), np.zeros(1, np.int64), 0.7)

    def evaluate() -> None:
        metrics.update(outputs)
        metrics.compute()

    with pytest.raises(PluginError, match=f"^plugin acme 1.0: metric 'Nothing' failed: {message}"):
        evaluate()


def test_a_loss_and_a_model_that_return_no_tensor_are_refused() -> None:
    import paddle

    from ppclas_core.training.loss import checked_output, training_loss

    logits, labels = paddle.zeros([2, 3]), np.zeros(2, np.int64)
    with pytest.raises(TypeError, match=r"it returned a tensor of shape \[2\], not a 0-D tensor"):
        training_loss(lambda logits, target: logits[:, 0], logits, labels, None)
    with pytest.raises(TypeError, match=r"forward\(\) returned a NoneType, not a tensor"):
        checked_output([logits, None])
    assert checked_output(logits) is logits
