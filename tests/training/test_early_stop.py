# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A run that no longer gets better ends, and stays ended."""

from __future__ import annotations

import json

import pytest

from ppclas_core.config import Config
from ppclas_core.errors import UserError
from ppclas_core.training.run_training import train


def test_a_run_ends_when_its_patience_does(values, make_config, capsys, same_checkpoint):
    values.update(epochs=9, save_interval=9, early_stop={"patience": 2}, freeze=["stem", "stages.*.bn"])
    values["LEARNING_RATE"]["params"]["lr"] = 0.0  # nothing is learnt: the first epoch stays the best
    result = train(make_config(values))
    assert result.epochs == 3
    assert "stopped early after epoch 2: the best top1 is that of epoch 0" in capsys.readouterr().err
    state = json.loads((result.run_dir / "last" / "state.json").read_text(encoding="utf-8"))
    assert state["finished"] is True
    same_checkpoint(result.run_dir / "last", result.run_dir / "2")
    assert train(make_config(values), resume=True).epochs == 3
    assert "is finished: stopped early" in capsys.readouterr().err
    values["early_stop"] = {"patience": 4}
    assert train(make_config(values), resume=True, allow=["early_stop"]).epochs == 5


def test_a_run_that_gets_better_goes_on(values, make_config):
    values.update(epochs=3, early_stop={"patience": 3})
    assert train(make_config(values)).epochs == 3


def test_without_validation_there_is_nothing_to_be_impatient_about(values, make_config):
    values.update(early_stop={"patience": 2}, validate=False)
    with pytest.raises(UserError, match="validate"):
        make_config(values)
    values.update(early_stop={"patience": 0}, validate=True)
    with pytest.raises(UserError, match="at least 1"):
        make_config(values)


def evaluated(progress, value, loss, epoch, monitor="top1", mode="max"):
    """Take an evaluation into the progress of a run."""
    from ppclas_core.metrics.evaluation import Evaluation
    from ppclas_core.training.best_checkpoint import update_best

    metrics = {"loss": loss, monitor: value}
    return update_best(CONFIG, progress, Evaluation(metrics, 1, 0.0), epoch, monitor=monitor, mode=mode)


CONFIG = Config.of({"task": "multiclass", "valid_interval": 5, "epochs": 40, "early_stop": {"patience": 2}})


def test_patience_is_counted_in_evaluations():
    from ppclas_core.runs.progress import Progress
    from ppclas_core.training.early_stop import is_over

    progress, ended = Progress(), []
    for epoch in range(40):
        if epoch % 5 == 0:
            evaluated(progress, 0.5, 1.0, epoch)
        progress.epoch = epoch + 1
        if is_over(CONFIG, progress):
            ended.append(epoch)
            break
    assert ended == [10]  # evaluations of epochs 0, 5, 10: the last two did not improve it
    assert "the last 2 evaluations did not improve it" in is_over(CONFIG, progress)


def test_the_evaluations_of_a_checkpoint_without_their_number_follow_from_the_interval():
    from ppclas_core.runs.progress import Progress
    from ppclas_core.training.early_stop import evaluations_since_best

    assert evaluations_since_best(CONFIG, Progress(epoch=11, best=0.5, best_epoch=0)) == 2
    assert evaluations_since_best(CONFIG, Progress(epoch=40, best=0.5, best_epoch=30)) == 2  # 35 and the last, 39
    assert evaluations_since_best(CONFIG, Progress(epoch=3)) == 0


@pytest.mark.parametrize(("evaluations", "best_epoch", "since"), [
    ([(0.5, 1.0), (0.5, 0.9), (0.5, 0.95)], 1, 2),  # equal metric: the lower loss is better, without new patience
    ([(0.5, 1.0), (0.5, 1.0)], 0, 1),
    ([(0.5, 1.0), (0.4, 0.1)], 0, 1),
    ([(0.5, 1.0), (0.6, 2.0)], 1, 0),
    ([(0.5, 1.0), (0.6, float("nan"))], 0, 1),
    ([(0.5, float("inf")), (0.5, 1.0)], 1, 0),
])
def test_a_higher_metric_is_better_and_then_a_lower_loss(evaluations, best_epoch, since):
    from ppclas_core.runs.progress import Progress

    progress = Progress()
    for epoch, (value, loss) in enumerate(evaluations):
        better = evaluated(progress, value, loss, epoch)
        assert better == (progress.best_epoch == epoch)
    assert (progress.best_epoch, progress.evaluations_since) == (best_epoch, since)


def test_of_a_metric_in_mode_min_a_lower_value_is_better():
    from ppclas_core.runs.progress import Progress

    progress = Progress()
    found = [evaluated(progress, value, 1.0, epoch, "ece", "min")
             for epoch, value in enumerate([0.3, 0.4, 0.2, float("nan"), 0.2])]
    assert found == [True, False, True, False, False]
    assert (progress.best, progress.best_epoch, progress.evaluations_since, progress.monitor) == (0.2, 2, 2, "ece")


def test_the_monitored_metric_decides_the_best_checkpoint_and_when_the_run_ends(values, make_config, capsys):
    from ppclas_core.runs.log import read_records
    from ppclas_core.runs.meta import read_meta

    values.update(epochs=4, monitor="ece", metrics=["macro_f1"])
    result = train(make_config(values))
    records = [record for record in read_records(result.run_dir) if record["kind"] == "eval"]
    assert list(records[0]) == ["kind", "epoch", "loss", "top1", "topk", "macro_f1", "ece", "samples", "seconds"]
    best = min(record["ece"] for record in records)
    assert (result.best, result.monitor, result.best_top1) == (best, "ece", None)
    meta = read_meta(result.run_dir / "best_model")
    assert meta is not None
    assert meta.metrics["best_ece"] == best
    assert f"The best ece {best:.5f}, in epoch: " in capsys.readouterr().err
    values.update(monitor="loss", metrics=[], early_stop={"patience": 1}, epochs=9)
    values["LEARNING_RATE"]["params"]["lr"] = 0.0
    values["freeze"] = ["stem", "stages.*.bn"]
    assert train(make_config(values)).epochs == 2
    assert "stopped early after epoch 1: the best loss is that of epoch 0" in capsys.readouterr().err


def test_the_best_value_of_another_metric_does_not_count_after_resuming(values, make_config, capsys):
    values.update(epochs=1)
    assert train(make_config(values)).monitor == "top1"
    values.update(epochs=2, monitor="loss")
    result = train(make_config(values), resume=True, allow=["epochs", "monitor"])
    assert "resume: the best top1 so far, " in capsys.readouterr().err
    state = json.loads((result.run_dir / "last" / "state.json").read_text(encoding="utf-8"))
    assert (state["monitor"], state["best_epoch"], state["best"]) == ("loss", 1, state["best_loss"])


@pytest.mark.parametrize(("change", "words"), [
    ({"monitor": "acuracy"}, "unknown metric 'acuracy'"), ({"monitor": "mAP"}, "not for 'task: multiclass'"),
    ({"metrics": ["ece", "hamming_loss"]}, "the metric hamming_loss is not for"),
    ({"monitor": "topk", "validate": False}, "'monitor' has no effect unless 'validate' is True"),
])
def test_a_metric_that_cannot_be_monitored_is_refused(values, make_config, change, words):
    with pytest.raises(UserError, match=words):
        make_config({**values, **change})


def test_a_metric_that_is_logged_anyway_is_not_a_further_one(values, make_config):
    from ppclas_core.checks.components import check_components

    with pytest.raises(UserError, match="has no effect: evaluations log topk anyway"):
        check_components(make_config({**values, "metrics": ["topk"]}))


def test_a_checkpoint_of_before_has_no_monitor_and_goes_on(values, make_config):
    values.update(epochs=1)
    state = train(make_config(values)).run_dir / "last" / "state.json"
    before = json.loads(state.read_text(encoding="utf-8"))
    best, monitor = before["best"], before.pop("monitor")
    assert monitor == "top1"
    state.write_text(json.dumps({**before, "best": 2.0}), encoding="utf-8")
    values.update(epochs=2)
    assert train(make_config(values), resume=True, allow=["epochs"]).best == 2.0 > best


def test_the_best_loss_is_that_of_the_run_also_after_resuming(values, make_config, capsys):
    values.update(epochs=6)
    result = train(make_config(values))
    state = json.loads((result.run_dir / "last" / "state.json").read_text(encoding="utf-8"))
    records = [json.loads(line) for line in (result.run_dir / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    evaluations = [(-record["top1"], record["loss"], record["epoch"]) for record in records if record["kind"] == "eval"]
    metric, loss, epoch = min(evaluations)
    assert (state["best"], state["best_loss"], state["best_epoch"]) == (-metric, loss, epoch)
    # a checkpoint whose best has a loss that no later evaluation undercuts keeps it, although the metric is equal
    state.update(best_loss=0.0, epoch=5, finished=False)
    (result.run_dir / "last" / "state.json").write_text(json.dumps({**state, "best": 1.0}), encoding="utf-8")
    values.update(epochs=8)
    train(make_config(values), resume=True, allow=["epochs"])
    assert json.loads((result.run_dir / "last" / "state.json").read_text(encoding="utf-8"))["best_epoch"] == epoch


@pytest.mark.parametrize(("interval", "kept"), [(0, []), (1, ["0", "1", "2"]), (2, ["0", "2"]), (1000, ["0", "2"])])
def test_save_interval_says_which_epochs_are_kept(values, make_config, interval, kept):
    values.update(epochs=3, save_interval=interval)
    folder = train(make_config(values)).run_dir
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert names == [*kept, "best_model", "last"]


def test_a_run_that_stops_early_keeps_no_epoch_either(values, make_config):
    values.update(epochs=9, save_interval=0, early_stop={"patience": 1}, freeze=["stem", "stages.*.bn"])
    values["LEARNING_RATE"]["params"]["lr"] = 0.0
    folder = train(make_config(values)).run_dir
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["best_model", "last"]
    values.update(save_interval=-1)
    with pytest.raises(UserError, match="save_interval is -1; it must be at least 0"):
        make_config(values)


def test_without_validation_no_metric_is_needed(values, make_config):
    values.update(validate=False, epochs=1)
    config = make_config(values)
    assert (config["monitor"], config["metrics"]) == (None, [])
    assert train(config).best is None
    with pytest.raises(UserError, match="'metrics' has no effect unless 'validate' is True"):
        make_config({**values, "metrics": ["ece"]})
