# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names in run folders, and what a path to a run means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.data.readers import image_walk
from ppclas_core.errors import UserError
from ppclas_core.runs import folder
from ppclas_core.runs.folder import CheckpointFolder, RunFolder
from ppclas_core.runs.locate import meta_of, resolve_checkpoint
from ppclas_core.runs.meta import META_FILE
from ppclas_core.weights import write


def arrays() -> Any:
    return {"w": np.zeros(1, np.float32)}


def checkpoints(run: Path, *names: str) -> None:
    for name in names:
        write.save_pdparams(run / name / "ppcls.pdparams", arrays())


def test_a_run_means_its_best_model_else_its_last_else_its_highest_epoch(tmp_path: Path) -> None:
    run = tmp_path / "output" / "Net"
    for name in ("2", "10"):
        write.save_pdparams(run / name / "ppcls.pdparams", arrays())
    assert resolve_checkpoint(run).parent.name == "10"
    write.save_pdparams(run / "last" / "ppcls.pdparams", arrays())
    assert resolve_checkpoint(run).parent.name == "last"
    write.save_pdparams(run / "best_model" / "ppcls.pdparams", arrays())
    assert resolve_checkpoint(run).parent.name == "best_model"
    assert resolve_checkpoint(run, prefer=("last",)).parent.name == "last"
    assert resolve_checkpoint(tmp_path / "output").parent.name == "best_model"


def test_epochs_are_listed_by_number_and_other_folders_are_none(tmp_path: Path) -> None:
    checkpoints(tmp_path, "2", "10", "best_model", "profile", "3.old", "\u0663")
    run = RunFolder(tmp_path)
    assert [epoch.path.name for epoch in run.epochs()] == ["10", "2"]
    assert [found.path.name for found in run.checkpoints()] == ["best_model", "10", "2"]
    assert run.epoch(10).exists()
    assert not run.last.exists()
    assert RunFolder(tmp_path / "absent").epochs() == []


def test_a_run_that_was_never_validated_ends_with_its_last_checkpoint(tmp_path: Path) -> None:
    checkpoints(tmp_path, "last")
    assert RunFolder(tmp_path).final.path.name == "last"
    checkpoints(tmp_path, "best_model")
    assert RunFolder(tmp_path).final.path.name == "best_model"
    assert [found.title for found in RunFolder(tmp_path).checkpoints()] == ["best checkpoint", "last checkpoint"]


def test_the_folder_of_a_run_is_named_by_its_model_without_the_distribution() -> None:
    config = {"model_save_dir": "output", "ARCHITECTURE": {"name": "some-dist:Net"}}
    assert RunFolder.of(config).path == Path("output/Net")


def test_the_files_of_a_run_have_the_names_that_others_read(tmp_path: Path) -> None:
    run, checkpoint = RunFolder(tmp_path), CheckpointFolder(tmp_path / "last")
    names = [path.name for path in (run.train_log, run.metrics, run.report, run.report_page, run.bad_images)]
    assert names == ["train.log", "metrics.jsonl", "report.json", "report.html", "bad_images.txt"]
    files = [path.name for path in (checkpoint.parameters, checkpoint.optimizer, checkpoint.state, checkpoint.meta)]
    assert files == ["ppcls.pdparams", "ppcls.pdopt", "state.json", "meta.yaml"]


def test_a_walk_for_images_leaves_out_the_folders_of_runs_by_these_names() -> None:
    assert (folder.STATE, META_FILE) in image_walk._RUN_FILES
    assert (folder.TRAIN_LOG, folder.METRICS) in image_walk._RUN_FILES


def test_a_checkpoint_without_meta_has_none_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    checkpoints(tmp_path, "last")
    assert meta_of(tmp_path) is None
    with pytest.raises(UserError, match="no weights there"):
        meta_of(tmp_path / "absent")
