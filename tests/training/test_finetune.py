# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The function `finetune`: photos become a trained model in one call, or nothing is left of the call."""

from __future__ import annotations

from typing import List

import pytest
import yaml

import ppclas_core
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError
from ppclas_core.testing import toy
from ppclas_core.training.callbacks import Callback
from tests.models.finetune_photos import finetune, photos_project


@pytest.fixture
def photos(ppclas_project):
    return photos_project(ppclas_project())


@pytest.fixture
def here(photos, monkeypatch):
    """The project as working directory, with the toy network installed."""
    toy.toy_catalogue()
    monkeypatch.chdir(photos.folder)
    return photos.folder


def train_on_photos(**keys):
    return ppclas_core.finetune("photos", "ToyNet", pretrained="weights", epochs=2, overrides={
        "device": "cpu", "TRAIN.num_workers": 0, "VALID": {"num_workers": 0}}, **keys)


def test_one_call_trains_and_its_result_has_all_that_comes_next(here):
    counted: List[float] = []

    class Count(Callback):
        """Collects the loss of each epoch."""

        def on_epoch_end(self, run, values):
            counted.append(values["loss"])

    result = train_on_photos(callbacks=[Count()], batch_size=5, seed=3, freeze=["backbone"])
    assert result.folder == here.joinpath("output/finetune_photos/ToyNet").relative_to(here)
    assert result.curves["loss"] == counted
    assert result.curves["epoch"] == [0, 1]
    assert set(result.curves) >= {"top1", "lr", "val_top1", "val_loss"}
    assert result.metrics["top1"] == result.best == max(result.curves["val_top1"])
    assert result.predictor().predict(["photos/red/0.jpg"])[0].classes[0].name in ("red", "blue")
    assert result.report() == result.folder / "report.html"
    assert result.report().is_file()
    assert ppclas_core.Predictor(result).labels == result.predictor().labels
    assert ppclas_core.evaluate(result).top1 == result.best
    written = load_config("output/finetune_photos/ToyNet.yaml")
    assert written["TRAIN"]["batch_size"] == 5
    trained = yaml.safe_load((result.folder / "best_model/meta.yaml").read_text(encoding="utf-8"))["config"]
    assert (trained["seed"], trained["freeze"], trained["VALID"]["num_workers"]) == (3, ["backbone"], 0)


def test_a_finished_call_resumes_to_the_same_result(here):
    first = train_on_photos()
    assert train_on_photos(resume=True).curves == first.curves


def test_a_changed_call_resumes_when_the_change_is_permitted(here):
    train_on_photos()
    with pytest.raises(UserError, match=r"(?s)seed: was .*--allow seed; in Python: allow=\['seed'\]"):
        train_on_photos(resume=True, seed=5)
    assert train_on_photos(resume=True, seed=5, allow=["seed"]).epochs == 2


def test_the_command_takes_the_permission_that_its_message_names(photos):
    words = ["--data", "photos", "--model", "ToyNet", "--pretrained", "weights", "-o", "device=cpu"]
    photos.run("finetune", *words, "--epochs", "1").succeeded()
    again = [*words, "--epochs", "2", "--resume"]
    refused = photos.run("finetune", *again)
    assert refused.code == 2
    assert "--allow epochs" in refused.err
    photos.run("finetune", *again, "--allow", "epochs").succeeded()
    assert "no effect without --resume" in photos.run("finetune", *words, "--allow", "epochs").err


@pytest.mark.parametrize(("keys", "text"), [
    ({"epohcs": 3}, "finetune(...) epohcs: the config has no 'epohcs'. Did you mean 'epochs'?"),
    ({"seed": "many"}, "finetune(...) seed: "),
    ({"TRAIN": {"btach_size": 3}}, "finetune(...) TRAIN.btach_size: unknown key 'btach_size' in TRAIN."),
    ({"batch_size": "x"}, "finetune(batch_size=)"),
    ({"lr": -1}, "lr is -1.0; it must be above 0"),
    ({"callbacks": [Callback]}, "callbacks[0] is the class Callback"),
])
def test_mistakes_in_a_call_are_those_of_a_file(here, keys, text):
    with pytest.raises(UserError) as caught:
        train_on_photos(**keys)
    assert text in str(caught.value)
    assert not list(here.glob("output/*/ToyNet"))


def test_a_call_names_weights_as_the_command_does(here):
    with pytest.raises(UserError, match="no weights were published as ToyNet"):
        ppclas_core.finetune("photos", "ToyNet")
    with pytest.raises(UserError, match="epochs is 0; it must be at least 1"):
        ppclas_core.finetune("photos", "ToyNet", pretrained=False, epochs=0)
    with pytest.raises(UserError, match="it must be a dict"):
        ppclas_core.finetune("photos", "ToyNet", overrides=["epochs=3"])  # type: ignore[arg-type]  # the mistake


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in (".yaml", ".txt")}


class Failing(Callback):
    """Fails as a device without memory does, in the first step."""

    def on_batch(self, run, batch):
        raise MemoryError("no memory")


def fails_in_the_first_step(here):
    with pytest.raises(MemoryError):
        train_on_photos(lr=0.5, callbacks=[Failing()])


def fails_by_its_weights(here):
    (here / "weights/ppcls.pdparams").write_bytes(b"damaged")
    with pytest.raises(UserError):
        train_on_photos(lr=0.5)


def fails_by_an_image(here):
    (here / "photos/red/7.jpg").write_bytes(b"<html>not found</html>")
    with pytest.raises(UserError, match=r"photos/red/7\.jpg: "):
        train_on_photos(lr=0.5, val=0.3)
    assert not (here / "output/finetune_photos/ToyNet.1").exists()


def fails_by_a_key(here):
    with pytest.raises(UserError, match="The key is TRAIN.num_workers"):
        train_on_photos(lr=0.5, num_workers=2)


@pytest.mark.parametrize("fail", [fails_in_the_first_step, fails_by_its_weights, fails_by_an_image, fails_by_a_key])
def test_a_call_that_trains_nothing_leaves_no_config_and_no_list(here, fail):
    fail(here)
    assert contents(here / "output") == {} or fail is fails_in_the_first_step
    assert not list(here.glob("output/*/*.yaml"))
    assert not list(here.glob("output/*/*_list.txt"))


@pytest.mark.parametrize("fail", [fails_in_the_first_step, fails_by_its_weights, fails_by_an_image, fails_by_a_key])
def test_a_call_that_trains_nothing_keeps_the_config_and_lists_of_the_run_before(here, fail):
    train_on_photos()
    folder = here / "output/finetune_photos"
    before = {name: text for name, text in contents(folder).items() if "/" not in name}
    assert set(before) == {"ToyNet.yaml", "train_list.txt", "val_list.txt", "label_list.txt"}
    fail(here)
    assert {name: text for name, text in contents(folder).items() if "/" not in name} == before


def test_a_run_that_fails_after_its_first_checkpoint_keeps_its_config(here):
    class Late(Callback):
        """Fails in the second epoch."""

        def on_batch(self, run, batch):
            if run.progress.epoch:
                raise MemoryError("no memory")

    with pytest.raises(MemoryError):
        train_on_photos(callbacks=[Late()])
    assert (here / "output/finetune_photos/ToyNet.yaml").is_file()
    assert (here / "output/finetune_photos/ToyNet/last/state.json").is_file()


def test_the_command_takes_back_what_it_wrote_as_well(photos):
    (photos.folder / "photos/red/7.jpg").write_bytes((photos.folder / "photos/red/6.jpg").read_bytes()[:200])
    outcome = finetune(photos, "--data", "photos", "--pretrained", "weights", "--epochs", "1", "-o", "device=cpu")
    assert outcome.code == 2
    assert "photos/red/7.jpg" in outcome.err
    assert not (photos.folder / "output").exists()
    (photos.folder / "photos/red/7.jpg").unlink()
    (photos.folder / "weights/ppcls.pdparams").write_bytes(b"damaged")
    outcome = finetune(photos, "--data", "photos", "--pretrained", "weights", "--epochs", "1", "-o", "device=cpu")
    assert outcome.code == 2
    assert "ToyNet.yaml is removed, because nothing was trained" in outcome.err
    assert not (photos.folder / "output").exists()


def test_a_call_in_one_of_several_processes_is_refused(here, monkeypatch):
    monkeypatch.setenv("PADDLE_TRAINERS_NUM", "2")
    with pytest.raises(UserError, match="finetune\\(\\) runs in one process"):
        train_on_photos()
    assert not (here / "output").exists()
