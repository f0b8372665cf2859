# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Set

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.runs.checkpoint import recover, save_checkpoint, write_checkpoint
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.runs.progress import Progress
from ppclas_core.weights.formats.pickles import read_pickle

SAVE_FOR_EVER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_checkpoint import save
from dataclasses import replace
from pathlib import Path
for number in range(1, 10**9):
    save(Path(sys.argv[1]), number)
"""


def save(folder: Path, number: int, names=("best_model", "last")) -> None:
    """A checkpoint in which every value is `number`."""
    values = {key: np.full(20_000, number, np.float32) for key in "abc"}
    save_checkpoint(folder, names, parameters=values, optimizer=values, progress=Progress(step=number),
                    meta=Meta("ToyNet", 3, [3, 8, 8], [], metrics={"step": float(number)}))


def number_of(checkpoint: Path) -> int:
    """The number of a checkpoint; fails unless all its files agree."""
    meta = read_meta(checkpoint)
    assert meta is not None
    found = {json.loads((checkpoint / "state.json").read_text(encoding="utf-8"))["step"],
             int(meta.metrics["step"])}
    for name in ("ppcls.pdparams", "ppcls.pdopt"):
        for value in read_pickle(checkpoint / name).values():
            found.update(np.unique(value).astype(int).tolist())
    assert len(found) == 1
    return found.pop()


def wait_for_a_second_checkpoint(state: Path, process) -> None:
    seen: Set[int] = set()
    while len(seen) < 2:
        assert process.poll() is None
        with contextlib.suppress(OSError):  # between two checkpoints there is none of the name
            seen.add(state.stat().st_ino)
        time.sleep(0.005)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a matter of POSIX")
def test_kill_9_at_any_moment_leaves_whole_checkpoints(tmp_path):
    rng = random.Random(4)
    before = 0
    for attempt in range(12):
        folder = tmp_path / f"run{attempt}"
        process = subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, str(folder), str(Path(__file__).parent)])
        wait_for_a_second_checkpoint(folder / "last" / "state.json", process)
        time.sleep(rng.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name in ("best_model", "last"):  # what has its final name is whole, before anything is mended
            if (folder / name).exists():
                number_of(folder / name)
        recover(folder)
        best, last = number_of(folder / "best_model"), number_of(folder / "last")
        assert last <= best <= last + 1
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
        before = max(before, last)
    assert before > 1


@pytest.mark.parametrize(("state", "expected"), [
    ({"last": 1, ".last.new": 2}, 1),  # killed while it wrote, or before it renamed
    ({".last.old": 1, ".last.new": 2}, 2),  # between the two renames: the new one is complete
    ({"last": 2, ".last.old": 1}, 2),  # before the old one was removed
    ({".last.old": 1}, 1),
])
def test_recovery_takes_the_newest_whole_one(tmp_path, state, expected):
    for name, number in state.items():
        save(tmp_path / "elsewhere", number, names=["x"])
        (tmp_path / "run").mkdir(exist_ok=True)
        os.replace(tmp_path / "elsewhere" / "x", tmp_path / "run" / name)
    recover(tmp_path / "run")
    assert number_of(tmp_path / "run" / "last") == expected
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["last"]


@pytest.mark.parametrize("when", ["parameters", "meta"])
def test_a_full_disk_names_the_path_and_keeps_the_last_checkpoint(tmp_path, monkeypatch, when):
    save(tmp_path, 1)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        if when == "parameters":
            patched.setattr("ppclas_core.runs.checkpoint.save_pdparams", full)
        else:
            patched.setattr("ppclas_core.runs.checkpoint.write_meta", full)
        with pytest.raises(UserError, match="the disk is full") as caught:
            save(tmp_path, 2)
    assert f"continue with --resume: the previous checkpoint is unchanged in {tmp_path / 'last'}" in str(caught.value)
    assert (number_of(tmp_path / "best_model"), number_of(tmp_path / "last")) == (1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best_model", "last"]


def test_a_full_disk_at_the_first_checkpoint_promises_none(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ppclas_core.runs.checkpoint.save_pdparams", full)
    with pytest.raises(UserError, match="the disk is full") as caught:
        save(tmp_path, 1)
    assert caught.value.do == "make room, then start again: there is no earlier checkpoint"


def test_copies_do_not_cost_the_disk_twice(tmp_path):
    save(tmp_path, 1, names=["best_model", "3", "last"])
    assert os.stat(tmp_path / "3" / "ppcls.pdparams").st_nlink == 3
    save(tmp_path, 2, names=["last"])
    assert (number_of(tmp_path / "3"), number_of(tmp_path / "last")) == (1, 2)


def test_run_folders_are_numbered_not_overwritten(tmp_path):
    run = tmp_path / "Net"
    assert RunFolder(run).make() is None
    assert RunFolder(run).make() is None  # an empty folder is no run
    for number in (1, 2):
        (run / "train.log").write_text(str(number), encoding="utf-8")
        assert RunFolder(run).make() == tmp_path / f"Net.{number}"
    assert (tmp_path / "Net.2" / "train.log").read_text(encoding="utf-8") == "2"


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="model_save_dir"):
        RunFolder(tmp_path / "file" / "Net").make()


@pytest.mark.parametrize(("name", "value"), [
    ("epoch", "three"), ("epoch", 1.5), ("step", None), ("best", "high"), ("best_loss", []), ("epoch_sums", 3),
    ("finished", "no"), ("terms", [1]), ("terms", {"images": 3}), ("evaluations_since", 0.5)])
def test_a_state_with_values_of_other_types_is_reported_with_its_file_and_key(tmp_path, name, value):
    from ppclas_core.runs.checkpoint import load_progress

    save(tmp_path, 1, names=["last"])
    file = tmp_path / "last/state.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), name: value}), encoding="utf-8")
    with pytest.raises(UserError, match=name) as caught:
        load_progress(tmp_path / "last")
    assert caught.value.where == str(file)


def test_weights_without_a_training_replace_their_like_and_nothing_else(tmp_path: Path) -> None:
    meta = Meta(architecture="X", num_classes=2, image_shape=[3, 8, 8], preprocessing=[])
    for number in (1, 2):
        write_checkpoint(tmp_path / "a" / "b", {"w": np.full(3, number, np.float32)}, meta)
    assert read_pickle(tmp_path / "a" / "b" / "ppcls.pdparams")["w"].tolist() == [2, 2, 2]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    (tmp_path / "a" / "b" / "state.json").write_text("{}")
    with pytest.raises(UserError, match="other files: state.json"):
        write_checkpoint(tmp_path / "a" / "b", {"w": np.zeros(3, np.float32)}, meta)
    with pytest.raises(UserError, match="cannot be written to meta.yaml"):
        write_checkpoint(tmp_path / "new", {}, replace(meta, params={"activation": print}))
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="cannot write the checkpoint"):
            write_checkpoint(folder, {}, meta)
    assert read_pickle(tmp_path / "a" / "b" / "ppcls.pdparams")["w"].tolist() == [2, 2, 2]
