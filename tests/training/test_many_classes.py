# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A classifier of 100,000 classes trains, evaluates and is reported."""

from __future__ import annotations

import json
import re
import resource
import sys

import pytest

from ppclas_core.testing.toy import toy_catalogue


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
def test_a_head_of_100000_classes_trains(values, ppclas_project):
    """16 features x 100,000 classes and batches of 8: the run takes less than 1 GB beyond what a small one takes."""
    toy_catalogue()
    del values["label_list"]
    values.update(epochs=1)
    project = ppclas_project({"toy.yaml": values})
    project.run("run", "toy.yaml").succeeded()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = project.run("run", "toy.yaml", "-o", "classes_num=100000").succeeded()
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert used < 1000
    report = json.loads((project.folder / "output/ToyNet/report.json").read_text(encoding="utf-8"))
    assert report["samples"] == 13
    assert report["confusion"] is None
    assert len(report["per_class"]) <= 16
    assert re.search(r"epoch:0 train step:2 loss: +1[01]\.\d+", outcome.err)  # ln 100,000 = 11.5
    print(f"a head of 100,000 classes: {used:.0f} MB")
