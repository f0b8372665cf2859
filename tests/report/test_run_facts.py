# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of `ppclas info PATH`: the facts of a run, of a checkpoint without a config, and of nothing."""

from __future__ import annotations

from pathlib import Path

from ppclas_core.report.facts import fact_lines
from ppclas_core.report.run_facts import facts_of_path
from ppclas_core.runs.meta import Meta, write_meta


def make_checkpoint(folder: Path, meta: Meta) -> Path:
    folder.mkdir(parents=True)
    (folder / "ppcls.pdparams").write_bytes(b"weights")
    write_meta(folder, meta)
    return folder


def test_a_run_shows_its_data_its_metrics_and_some_of_its_classes(tmp_path: Path) -> None:
    names = [f"class {number}" for number in range(12)]
    make_checkpoint(tmp_path / "run" / "last", Meta(
        "ToyNet", 12, [3, 8, 8], [], labels=names, metrics={"best_top1": 0.75},
        config={"epochs": 3, "TRAIN": {"data_dir": "photos"}, "VALID": None}))
    facts = facts_of_path(str(tmp_path / "run"))
    assert facts is not None
    assert (facts["epochs"], facts["data"], facts["metrics"]) == (3, {"TRAIN": "photos"}, {"best_top1": 0.75})
    lines = fact_lines(facts)
    assert f"class names: {', '.join(names[:10])}, and 2 more" in lines
    assert "checkpoints: last" in lines


def test_a_position_is_a_whole_number_and_a_metric_is_not(tmp_path: Path) -> None:
    metrics = {"epoch": 2.0, "step": 0.0, "best_top1": 1.0, "best_epoch": 1.0}
    make_checkpoint(tmp_path / "run" / "last", Meta("ToyNet", 2, [3, 8, 8], [], metrics=metrics))
    lines = fact_lines(facts_of_path(str(tmp_path / "run")) or {})
    assert [line for line in lines if line.startswith("  ")] == [
        "  epoch: 2", "  step: 0", "  best_top1: 1.0", "  best_epoch: 1"]


def test_a_checkpoint_without_a_config_shows_what_it_knows(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "mine", Meta("ToyNet", 2, [3, 8, 8], [], labels=["a", "b"]))
    facts = facts_of_path(str(folder))
    assert facts is not None
    assert (facts["architecture"], facts["class names"], facts["data"]) == ("ToyNet", ["a", "b"], {})


def test_a_folder_without_a_run_has_no_facts(tmp_path: Path) -> None:
    assert facts_of_path(str(tmp_path)) is None
    assert facts_of_path("ResNet50") is None
