# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of paths that mean a run: the run folder, one of its checkpoints, the folder of one run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ppclas_core.errors import UserError
from ppclas_core.runs.locate import find_run, meta_of_run, require_run, resolve_checkpoint
from ppclas_core.runs.meta import Meta, write_meta


def make_run(folder: Path, *names: str, time: int = 0) -> Path:
    for name in names or ("last",):
        (folder / name).mkdir(parents=True)
        (folder / name / "ppcls.pdparams").write_bytes(b"weights")
        write_meta(folder / name, Meta("ToyNet", 2, [3, 8, 8], [], config={"epochs": 3}))
        os.utime(folder / name / "ppcls.pdparams", (time, time))
    return folder


def test_a_run_is_found_from_its_folder_its_checkpoints_and_the_folder_above(tmp_path: Path) -> None:
    run = make_run(tmp_path / "tuned" / "ToyNet", "last", "best_model", "0")
    (tmp_path / "tuned" / "ToyNet.yaml").write_text("epochs: 1", encoding="utf-8")
    (tmp_path / "tuned" / "train_list.txt").write_text("a.png 0", encoding="utf-8")
    for path in (run, run / "last", run / "0", tmp_path / "tuned", tmp_path):
        assert find_run(path) == run, path
    assert resolve_checkpoint(tmp_path / "tuned") == run / "best_model" / "ppcls.pdparams"
    assert resolve_checkpoint(tmp_path / "tuned", prefer=("last",)) == run / "last" / "ppcls.pdparams"


def test_several_runs_are_listed_newest_first(tmp_path: Path) -> None:
    for number, name in enumerate(("b", "a", "c")):
        make_run(tmp_path / "out" / name, time=1000 + number)
    for act in (lambda: find_run(tmp_path / "out"), lambda: resolve_checkpoint(tmp_path / "out")):
        with pytest.raises(UserError, match="there are 3 runs below this folder, newest first") as caught:
            act()
        shown = [line.strip() for line in str(caught.value).splitlines()[1:4]]
        assert shown == [str(tmp_path / "out" / name) for name in "cab"]
        assert f"ppclas info {tmp_path / 'out' / 'c'}" in str(caught.value)


def test_what_means_no_run_is_none_or_an_error(tmp_path: Path) -> None:
    (tmp_path / "photos" / "cat").mkdir(parents=True)
    (tmp_path / "config.yaml").write_text("", encoding="utf-8")
    for name in ("photos", "config.yaml", "nothing"):
        assert find_run(tmp_path / name) is None
        with pytest.raises(UserError, match="not a run folder"):
            require_run(tmp_path / name)


def test_a_weights_file_beside_runs_is_still_the_weights(tmp_path: Path) -> None:
    make_run(tmp_path / "one")
    make_run(tmp_path / "two")
    (tmp_path / "net.pdparams").write_bytes(b"weights")
    assert resolve_checkpoint(tmp_path) == tmp_path / "net.pdparams"


def test_the_config_of_a_run_without_last_is_that_of_its_best_checkpoint(tmp_path: Path) -> None:
    assert meta_of_run(make_run(tmp_path / "run", "best_model")).config == {"epochs": 3}
    with pytest.raises(UserError, match="not a run folder"):
        meta_of_run(tmp_path)
