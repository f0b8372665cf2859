# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Curves of a run are read from the records in its folder."""

from __future__ import annotations

import json

from ppclas_core.runs.curves import read_curves

RECORDS = [
    {"kind": "step", "epoch": 0, "step": 0, "loss": 3.0, "lr": 0.1}, {"kind": "step", "epoch": 0, "step": 1, "lr": 0.2},
    {"kind": "epoch", "epoch": 0, "loss": 2.0, "top1": 0.5, "seconds": 1.5},
    {"kind": "step", "epoch": 1, "step": 0, "lr": 0.3}, {"kind": "data", "epoch": 1, "decode": 3},
    {"kind": "epoch", "epoch": 1, "loss": 1.0, "top1": 0.6, "seconds": 1.4},
    {"kind": "eval", "epoch": 1, "loss": 1.5, "top1": 0.55, "samples": 9, "seconds": 0.1},
]


def test_each_curve_has_a_value_for_each_epoch(tmp_path):
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(each) + "\n" for each in RECORDS), encoding="utf-8")
    assert read_curves(tmp_path) == {
        "epoch": [0, 1], "loss": [2.0, 1.0], "top1": [0.5, 0.6], "seconds": [1.5, 1.4], "lr": [0.2, 0.3],
        "val_loss": [None, 1.5], "val_top1": [None, 0.55]}


def test_a_folder_without_records_has_no_curves(tmp_path):
    assert read_curves(tmp_path) == {"epoch": []}
