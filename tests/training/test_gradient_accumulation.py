# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A batch in parts gives the step of the whole batch."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_core.data.loader import Batch
from ppclas_core.training.gradient_accumulation import split
from ppclas_core.training.run_training import train


def batch(count, lam=None):
    labels = np.arange(count)
    mixed = None if lam is None else (labels, labels[::-1], lam)
    return Batch(np.zeros([count, 1, 2, 2], np.float32), labels, mixed, labels + 100)


def test_parts_are_nearly_equal_and_hold_every_image_once():
    parts = split(batch(10, np.linspace(0, 1, 10)), 4)
    assert sorted(len(part.indices) for part in parts) == [2, 2, 3, 3]
    assert np.concatenate([part.indices for part in parts]).tolist() == list(range(100, 110))
    assert np.concatenate([part.mixed[1] for part in parts if part.mixed]).tolist() == list(range(9, -1, -1))
    assert np.concatenate([part.mixed[2] for part in parts if part.mixed]) == pytest.approx(np.linspace(0, 1, 10))
    assert [len(part.images) for part in split(batch(2, 0.3), 5)] == [1, 1]


@pytest.mark.parametrize("mix", [False, True])
def test_parts_train_as_the_whole_batch_does(values, make_config, mix):
    """With frozen batch norms, whose statistics would be those of a part; float32 sums in another order."""
    from ppclas_core.weights.formats.pickles import read_pickle

    if mix:
        pytest.importorskip("ppclas_augment_mix")
        values["TRAIN"]["mix"] = [{"MixupOperator": {"alpha": 0.4}}]
    values.update(epochs=2, use_mix=mix)
    values["TRAIN"].update(batch_size=10, drop_last=False)
    values["freeze"] = ["stem.bn", "stages.*.bn"]
    found = []
    for parts in (1, 3, 10):
        values["TRAIN"]["accumulate"] = parts
        folder = train(make_config(values)).run_dir
        found.append(read_pickle(folder / "last" / "ppcls.pdparams"))
        log = (folder / "train.log").read_text(encoding="utf-8")
        assert "3 steps per epoch" in log
    for other in found[1:]:
        for key, value in found[0].items():
            assert np.abs(value - other[key]).max() < 1e-5 * max(1.0, np.abs(value).max()), key


def test_without_freezing_batch_norms_see_the_parts(values, make_config):
    """So the option does divide the batch."""
    from ppclas_core.weights.formats.pickles import read_pickle

    values["epochs"] = 1
    statistics = []
    for parts in (1, 4):
        values["TRAIN"]["accumulate"] = parts
        folder = train(make_config(values)).run_dir
        statistics.append(read_pickle(folder / "last" / "ppcls.pdparams")["stem.bn._variance"])
    assert not np.allclose(statistics[0], statistics[1], rtol=1e-3)


def test_the_loss_of_a_step_is_that_of_the_whole_batch(values, make_config):
    from ppclas_core.runs.log import read_records

    values.update(epochs=1, freeze=["stem.bn", "stages.*.bn"])
    losses = []
    for parts in (1, 3):
        values["TRAIN"]["accumulate"] = parts
        folder = train(make_config(values)).run_dir
        losses.append([record["loss"] for record in read_records(folder) if record["kind"] == "step"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
