# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A run that is stopped and resumed is the run that was never stopped."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.run_training import train

OPTIMIZERS = {
    "Momentum": {"momentum": 0.9, "use_nesterov": True}, "RMSProp": {"momentum": 0.9, "centered": True}, "SGD": {},
    "Adam": {}, "AdamW": {}, "Adamax": {}, "Adagrad": {}, "Adadelta": {}, "Lamb": {}, "LarsMomentum": {}, "NAdam": {},
    "RAdam": {}, "ASGD": {},
}


def interrupt_at(monkeypatch, step: int, signum: int = signal.SIGINT) -> None:
    """Ask for a stop during the given step, counted over the whole run."""
    from ppclas_core.training.trainer import Trainer

    count = 0
    report = Trainer.report_step

    def counted(run, values):
        nonlocal count
        report(run, values)
        count += 1
        if count == step:
            signal.raise_signal(signum)

    monkeypatch.setattr(Trainer, "report_step", counted)


def interrupted(config, monkeypatch, step: int) -> Path:
    with monkeypatch.context() as patched:
        interrupt_at(patched, step)
        with pytest.raises(Interrupted, match="--resume"):
            train(config)
    return train(config, resume=True).run_dir


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_resuming_in_an_epoch_changes_no_bit(values, make_config, monkeypatch, same_checkpoint, name):
    if name != "LarsMomentum" and not hasattr(paddle.optimizer, name):
        pytest.skip(f"this Paddle has no {name}")
    values["OPTIMIZER"] = {"function": name, "params": OPTIMIZERS[name]}
    values["LEARNING_RATE"] = {"function": "CosineWarmup", "params": {"lr": 0.01, "warmup_epoch": 1}}
    values.update(use_ema=True, ema_decay=0.9, epochs=2)
    values["TRAIN"]["num_workers"] = 2
    if "ppclas-augment-mix" in {plugin.dist for plugin in catalogue().plugins}:
        values.update(use_mix=True)
        values["TRAIN"]["mix"] = [{"MixupOperator": {"alpha": 0.4}}]
    config = make_config(values)
    straight = train(config).run_dir
    straight = straight.rename(straight.with_name("straight"))
    resumed = interrupted(config, monkeypatch, 2)  # step 2 of 3
    for name in ("last", "best_model", "0", "1"):
        same_checkpoint(straight / name, resumed / name)
    untimed = [[{key: value for key, value in json.loads(line).items() if key != "seconds"}
                for line in (file / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
               for file in (straight, resumed)]
    assert untimed[0] == untimed[1]


def test_a_stop_during_the_evaluation_repeats_only_that(values, make_config, monkeypatch, same_checkpoint):
    config = make_config(values)
    straight = train(config).run_dir
    straight = straight.rename(straight.with_name("straight"))
    resumed = interrupted(config, monkeypatch, 3)  # the last step of epoch 0: the stop comes before its evaluation
    same_checkpoint(straight / "last", resumed / "last")
    same_checkpoint(straight / "best_model", resumed / "best_model")


def test_a_finished_run_says_so_and_stays_as_it_is(values, make_config, capsys):
    config = make_config(values)
    folder = train(config).run_dir
    before = (folder / "last" / "state.json").stat().st_mtime_ns
    assert train(config, resume=True).epochs == 3
    assert "finished" in capsys.readouterr().err
    assert (folder / "last" / "state.json").stat().st_mtime_ns == before
    assert not folder.with_name("ToyNet.1").exists()


def test_nothing_to_resume_starts_a_run(values, make_config, capsys):
    values["epochs"] = 1
    assert train(make_config(values), resume=True).epochs == 1
    assert "starting a new run" in capsys.readouterr().err


def test_a_changed_key_is_named_and_can_be_allowed(values, make_config):
    values["epochs"] = 1
    train(make_config(values))
    values["epochs"] = 2
    with pytest.raises(UserError, match=r"epochs: was 1, now 2") as caught:
        train(make_config(values), resume=True)
    assert "--allow epochs" in str(caught.value)
    assert train(make_config(values), resume=True, allow=["epochs"]).epochs == 2


def test_a_key_that_is_newer_than_the_run_had_its_default():
    from ppclas_core.training.resume import refuse_changes

    def config(**values):
        found: Any = SimpleNamespace(to_dict=lambda: values, location=str)
        return found

    refuse_changes({"epochs": 1}, config(epochs=1, sync_bn=False, freeze=[], OPTIMIZER={"layer_decay": None}), ())
    with pytest.raises(UserError, match="sync_bn: was absent, now True"):
        refuse_changes({"epochs": 1}, config(epochs=1, sync_bn=True), ())


def test_a_key_that_learns_nothing_may_change(values, make_config, monkeypatch):
    with monkeypatch.context() as patched:
        interrupt_at(patched, 1)
        with pytest.raises(Interrupted):
            train(make_config(values))
    values["print_interval"] = 1
    assert train(make_config(values), resume=True).epochs == 3


def test_checkpoints_continues_another_run(values, make_config, same_checkpoint):
    """The 2020 key: parameters, optimizer and position of any checkpoint of ours."""
    straight = train(make_config(values)).run_dir
    straight = straight.rename(straight.with_name("straight"))
    values["checkpoints"] = str(straight / "0" / "ppcls")
    again = train(make_config(values)).run_dir
    same_checkpoint(straight / "last", again / "last")


def test_a_checkpoint_of_another_optimizer_is_refused(values, make_config):
    folder = train(make_config(values)).run_dir
    values.update(checkpoints=str(folder / "0" / "ppcls"), OPTIMIZER={"function": "SGD"})
    with pytest.raises(UserError, match="made with Momentum"):
        train(make_config(values))


def test_sigterm_ends_with_143(values, make_config, monkeypatch):
    interrupt_at(monkeypatch, 2, signal.SIGTERM)
    with pytest.raises(Interrupted) as caught:
        train(make_config(values))
    assert caught.value.exit_code == 143


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
@pytest.mark.parametrize(("ignored", "ended"), [(False, True), (True, False)])
def test_a_closed_terminal_leaves_a_checkpoint_and_under_nohup_the_run_goes_on(
        values, make_config, monkeypatch, ignored, ended):
    interrupt_at(monkeypatch, 2, signal.SIGHUP)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        if ended:
            with pytest.raises(Interrupted) as caught:
                train(make_config(values))
            assert caught.value.exit_code == 129
        else:
            train(make_config(values))
        assert signal.getsignal(signal.SIGHUP) == (signal.SIG_IGN if ignored else signal.SIG_DFL)
    finally:
        signal.signal(signal.SIGHUP, before)
    state = json.loads(Path(values["model_save_dir"], "ToyNet", "last", "state.json").read_text(encoding="utf-8"))
    assert state["finished"] is not ended


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
@pytest.mark.parametrize("signals", [(signal.SIGTERM, signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM, signal.SIGHUP),
                                     (signal.SIGINT, signal.SIGTERM), (signal.SIGHUP, signal.SIGHUP)])
def test_launchers_and_terminals_that_send_several_signals_get_one_checkpoint(
        values, make_config, monkeypatch, signals):
    from ppclas_core.training.trainer import Trainer

    def several(run, values):
        for signum in signals:
            signal.raise_signal(signum)

    monkeypatch.setattr(Trainer, "report_step", several)
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with pytest.raises(Interrupted, match="the checkpoint is") as caught:
            train(make_config(values))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert caught.value.exit_code == 128 + signals[0]
    assert Path(values["model_save_dir"], "ToyNet", "last").is_dir()


def test_a_second_ctrl_c_stops_at_once(values, make_config, monkeypatch):
    from ppclas_core.training.trainer import Trainer

    def twice(run, values):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Trainer, "report_step", twice)
    with pytest.raises(Interrupted, match="at once"):
        train(make_config(values))
    assert not Path(values["model_save_dir"], "ToyNet", "last").exists()


def test_a_lost_state_file_is_reported(values, make_config):
    folder = train(make_config(values)).run_dir
    (folder / "last" / "state.json").unlink()
    with pytest.raises(UserError, match=r"state\.json"):
        train(make_config(values), resume=True)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("optimizer", "told"), [
    ({}, "its ppcls.pdopt is empty"),
    ({"conv1_weights_velocity_0": [0.5], "@LR_DECAY_COUNTER@": [1200]},
     "after 1200 steps: its ppcls.pdopt holds 2 values of the optimizer"),
])
def test_a_legacy_checkpoint_is_refused_with_the_reason(values, make_config, tmp_path, optimizer, told):
    import numpy as np

    from ppclas_core.weights.write import save_pdparams

    (tmp_path / "old").mkdir()
    save_pdparams(tmp_path / "old/ppcls.pdparams", {"conv1_weights": np.zeros(3, np.float32)})
    save_pdparams(tmp_path / "old/ppcls.pdopt", {key: np.array(value) for key, value in optimizer.items()})
    values["checkpoints"] = str(tmp_path / "old/ppcls")
    with pytest.raises(UserError, match=told) as caught:
        train(make_config(values))
    assert "neither epoch, order of the images nor best accuracy" in str(caught.value)
    assert f"-o checkpoints= -o pretrained_model={tmp_path / 'old/ppcls'}" in str(caught.value)


def test_a_folder_of_variables_as_checkpoints_is_refused_with_its_own_name(values, make_config, tmp_path, monkeypatch):
    (tmp_path / "scattered").mkdir()
    monkeypatch.setattr("ppclas_core.training.resume.resolve_checkpoint", lambda *_, **__: tmp_path / "scattered")
    values["checkpoints"] = str(tmp_path / "scattered")
    with pytest.raises(UserError, match=r"no state\.json") as caught:
        train(make_config(values))
    assert caught.value.where == str(tmp_path / "scattered")
