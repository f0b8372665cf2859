# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A position means something under the terms that it was saved with: data, batch, processes, parts."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.data.digest import list_digest, size_digest
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import Files
from ppclas_core.errors import UserError
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.meta import read_meta
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import Terms
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.position import continued_step
from ppclas_core.training.run_training import train


def interrupt_after(monkeypatch, config, step: int, epoch: int = 0) -> Path:
    """Train until a step of an epoch has been done; return the run folder."""
    from ppclas_core.training.trainer import Trainer

    report = Trainer.report_step

    def stopping(run, values):
        report(run, values)
        if (values["epoch"], values["step"]) == (epoch, step):
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(Trainer, "report_step", stopping)
        with pytest.raises(Interrupted):
            train(config)
    return Path(config["model_save_dir"]) / "ToyNet"


def state_of(folder: Path):
    return json.loads((folder / "last" / "state.json").read_text(encoding="utf-8"))


def steps_of(folder: Path):
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(record["epoch"], record["step"]) for record in records if record["kind"] == "step"]


def rewrite(path: Path, change) -> None:
    path.write_text("".join(change(path.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")


def test_a_checkpoint_holds_the_terms_of_its_run(values, make_config):
    values.update(epochs=1)
    folder = train(make_config(values)).run_dir
    terms = state_of(folder)["terms"]
    assert {key: terms[key] for key in ("images", "valid_images", "batch", "steps", "processes", "accumulate")} == {
        "images": 30, "valid_images": 13, "batch": 8, "steps": 3, "processes": 1, "accumulate": 1}
    meta = read_meta(folder / "last")
    assert meta is not None
    assert meta.terms == terms
    assert all(len(terms[name]) == 32 for name in ("list", "sizes", "valid_list", "valid_sizes"))


@pytest.mark.parametrize(("change", "told"), [
    (lambda lines: [*lines, *lines[:6]], "was 30 images .* now 36 images"),
    (lambda lines: lines[:20], "was 30 images .* now 20 images"),
    (lambda lines: lines[::-1], "was 30 images .* now 30 images .* paths, labels or order differ"),
    (lambda lines: [*lines[:-1], lines[-1].replace(" 2", " 1")], "was 30 images .* paths, labels or order differ"),
])
def test_another_list_is_refused_with_both_sizes(values, make_config, monkeypatch, squares, change, told):
    interrupt_after(monkeypatch, make_config(values), 1)
    rewrite(squares / "train.txt", change)
    with pytest.raises(UserError, match=rf"TRAIN\.file_list: {told}") as caught:
        train(make_config(values), resume=True)
    assert caught.value.exit_code == 2
    assert "--allow TRAIN.file_list" in str(caught.value)


def test_another_validation_list_is_refused(values, make_config, monkeypatch, squares):
    interrupt_after(monkeypatch, make_config(values), 1)
    rewrite(squares / "val.txt", lambda lines: lines[:7])
    with pytest.raises(UserError, match=r"VALID\.file_list: was 13 images .* now 7 images"):
        train(make_config(values), resume=True)
    assert train(make_config(values), resume=True, allow=["VALID.file_list"]).epochs == 3


def test_an_image_that_was_replaced_is_found_by_its_size(values, make_config, monkeypatch, squares):
    import cv2

    interrupt_after(monkeypatch, make_config(values), 1)
    cv2.imencode(".png", np.zeros((16, 16, 3), np.uint8))[1].tofile(str(squares / "train_4.png"))
    with pytest.raises(UserError, match="sizes of files differ"):
        train(make_config(values), resume=True)


def test_a_label_list_that_gives_images_other_classes_is_refused(values, make_config, monkeypatch, squares):
    interrupt_after(monkeypatch, make_config(values), 1)
    (squares / "labels.txt").write_text("0 green\n1 red\n2 blue\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"TRAIN\.file_list: was 30 images .*paths, labels or order differ"):
        train(make_config(values), resume=True)
    allow = ["TRAIN.file_list", "VALID.file_list"]
    assert train(make_config(values), resume=True, allow=allow).epochs == 3


def test_a_longer_list_that_is_permitted_goes_on_at_the_same_fraction_and_says_so(values, make_config, monkeypatch,
                                                                               squares, capsys):
    folder = interrupt_after(monkeypatch, make_config(values), 2)  # all 3 steps are done, the evaluation is not
    rewrite(squares / "train.txt", lambda lines: [*lines, *lines])
    assert train(make_config(values), resume=True, allow=["TRAIN.file_list"]).epochs == 3
    told = capsys.readouterr().err
    assert "TRAIN.file_list: was 30 images" in told
    assert "now 60 images" in told
    assert "epoch 0 continues at step 7 of 7 instead of 3 of 3 (1.000 of the epoch instead of 1.000)" in told
    assert "some are repeated in this epoch" in told
    assert steps_of(folder)[3] == (1, 0)


def test_another_batch_that_is_permitted_takes_each_image_once(values, make_config, monkeypatch, capsys):
    values["TRAIN"].update(batch_size=4)
    folder = interrupt_after(monkeypatch, make_config(values), 3)  # 16 images
    values["TRAIN"].update(batch_size=8)
    with pytest.raises(UserError, match=r"TRAIN\.batch_size: was 4, now 8"):
        train(make_config(values), resume=True)
    train(make_config(values), resume=True, allow=["TRAIN.batch_size"])
    told = capsys.readouterr().err
    assert "epoch 0 continues at step 2 of 3 instead of 4 of 7" in told
    assert "no image is skipped or repeated" in told
    assert steps_of(folder) == [(0, 0), (0, 1), (0, 2), (0, 3), (0, 2), (1, 0), (2, 0)]


def terms(**values) -> Terms:
    return Terms(**{"images": 100, "list": "a", "sizes": "b", "batch": 10, "steps": 10, **values})


@pytest.mark.parametrize(("step", "new", "moved", "told"), [
    (0, {"batch": 20, "steps": 5}, 0, ""),
    (4, {}, 4, ""),
    (4, {"processes": 2}, 4, ""),
    (4, {"batch": 20, "steps": 5}, 2, "no image is skipped or repeated"),
    (5, {"batch": 20, "steps": 5}, 2, "10 images are repeated"),
    (10, {"batch": 30, "steps": 3}, 3, "10 images are repeated"),  # the evaluation is next, as before
    (5, {"images": 50, "list": "c", "steps": 5}, 2, "0.400 of the epoch instead of 0.500"),
    (5, {"list": "c"}, 5, "some are repeated in this epoch and some are skipped"),
])
def test_the_position_follows_the_images_or_the_fraction(step, new, moved, told, caplog):
    caplog.set_level("INFO")
    assert continued_step(Progress(step=step), terms(), terms(**new)) == moved
    assert told in caplog.text
    assert bool(told) == bool(caplog.messages)


def test_a_stretched_schedule_says_what_the_rate_was_and_becomes(values, make_config, monkeypatch, capsys):
    values.update(epochs=2)
    train(make_config(values))
    values.update(epochs=6)
    capsys.readouterr()
    train(make_config(values), resume=True, allow=["epochs"])
    # a cosine over epochs: 0.05 / 2 * (1 + cos(pi * 1 / 2)) in the last of 2; (1 + cos(pi * 2 / 6)) in the third of 6
    assert ("the learning rate was 0.025 at the last step and is 0.0375 at the next: the schedule is that of 6 epochs "
            "instead of 2") in capsys.readouterr().err


def test_a_resumed_run_of_the_same_terms_says_nothing_of_them(values, make_config, monkeypatch, capsys):
    interrupt_after(monkeypatch, make_config(values), 1)
    capsys.readouterr()
    train(make_config(values), resume=True)
    assert "resume:" not in capsys.readouterr().err


def test_a_run_of_an_earlier_version_resumes_with_one_line(values, make_config, monkeypatch, capsys):
    folder = interrupt_after(monkeypatch, make_config(values), 1)
    state = state_of(folder)
    for name in ("terms", "best_loss", "evaluations_since"):
        del state[name]
    (folder / "last" / "state.json").write_text(json.dumps(state), encoding="utf-8")
    capsys.readouterr()
    assert train(make_config(values), resume=True).epochs == 3
    assert capsys.readouterr().err.count("lacks the number and digest of its images") == 1


def test_another_number_of_processes_is_one_difference_with_its_device(values, make_config, monkeypatch):
    from ppclas_core.training.resume import find_start

    interrupt_after(monkeypatch, make_config(values), 1)
    values.update(device="auto")
    config = make_config(values)
    folder = RunFolder.of(config)
    with pytest.raises(UserError) as caught:
        find_start(config, folder, resume=True, allow=(), processes=3)
    assert "processes: was 1, now 3" in str(caught.value)
    assert "device" not in str(caught.value)
    assert find_start(config, folder, resume=True, allow=["processes"], processes=3).same_run


def test_checkpoints_of_other_data_start_a_run_that_says_what_differs(values, make_config, squares, capsys):
    folder = train(make_config(values)).run_dir
    folder = folder.rename(folder.with_name("first"))
    rewrite(squares / "train.txt", lambda lines: lines[:20])
    values["checkpoints"] = str(folder / "0" / "ppcls")
    train(make_config(values))
    assert "resume: TRAIN.file_list: was 30 images" in capsys.readouterr().err


def test_a_key_to_allow_that_does_not_exist_is_refused(values, make_config):
    with pytest.raises(UserError, match="there is no such key. Did you mean 'epochs'"):
        train(make_config(values), resume=True, allow=["epoch"])


def test_terms_of_wrong_types_are_reported_with_their_file(values, make_config, monkeypatch):
    folder = interrupt_after(monkeypatch, make_config(values), 1)
    state = state_of(folder)
    state["terms"]["images"] = "many"
    (folder / "last" / "state.json").write_text(json.dumps(state), encoding="utf-8")
    with pytest.raises(UserError, match=r"images") as caught:
        train(make_config(values), resume=True)
    assert "state.json" in str(caught.value)


def test_a_batch_that_does_not_divide_over_the_processes_is_reported(values, make_config, caplog):
    from ppclas_core.data.from_config import open_checked, train_loader
    from ppclas_core.system.rank import Rank

    values["TRAIN"]["batch_size"] = 8
    config = make_config(values)
    caplog.set_level("INFO")
    loader = train_loader(config, open_checked(config, "TRAIN"), Rank(0, 3))
    assert loader.batch_size == 2
    assert "does not divide over 3 processes: each step takes 6 images, 2 in each process" in caplog.text


def test_digests_depend_on_paths_labels_order_and_sizes(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"22")
    one = Source.from_paths(str(tmp_path), ["a", "b"], [0, 1])
    same = Source.from_paths(str(tmp_path), ["a", "b"], [0, 1])
    others = [Source.from_paths(str(tmp_path), *pair) for pair in (
        (["b", "a"], [0, 1]), (["a", "b"], [1, 0]), (["ab", ""], [0, 1]), (["a"], [0]), (["a", "b", "b"], [0, 1, 1]))]
    assert list_digest(one) == list_digest(same)
    assert len({list_digest(source) for source in (one, *others)}) == 6
    several = [Source(Files(str(tmp_path)), PackedNames.from_texts(["a", "b"]), LabelSets.from_rows(rows))
               for rows in ([[0, 1], []], [[0], [1]])]
    assert list_digest(several[0]) != list_digest(several[1])
    before = size_digest(one)
    (tmp_path / "b").write_bytes(b"2")
    assert size_digest(one) != before
    (tmp_path / "b").unlink()
    size_digest(one)


def test_the_digest_of_a_long_list_is_that_of_its_rows_in_their_order(monkeypatch):
    from ppclas_core.data import digest

    monkeypatch.setattr(digest, "ROWS", 3)
    names = [f"image{number * 7}" for number in range(10)]
    backwards = Source.from_paths("/", names, range(10)).select(np.arange(9, -1, -1))
    assert list_digest(backwards) == list_digest(Source.from_paths("/", names[::-1], range(9, -1, -1)))
    names[8] = "image0"
    assert list_digest(backwards) != list_digest(Source.from_paths("/", names[::-1], range(9, -1, -1)))


def test_a_batch_that_the_processes_changed_is_permitted_with_them(values, make_config):
    from ppclas_core.runs.terms import differences

    config = make_config(values)
    found = differences(config, terms(batch=32), terms(batch=30, processes=3))
    assert [(each.key, each.was, each.now) for each in found] == [
        ("processes", "1", "3"), ("processes", "32 images per step", "30 images per step")]
    assert [each.key for each in differences(config, terms(), terms(batch=5, accumulate=2))] == [
        "TRAIN.batch_size", "TRAIN.accumulate"]
