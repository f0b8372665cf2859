# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Blended batches: any batch op's (y_a, y_b, lam) reaches the loss, the metrics and the resumed run."""

from __future__ import annotations

import json
import signal

import pytest

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.run_training import train

PLUGIN = '''
import numpy as np
from ppclas_core.api import Op, hookimpl

class Blend:
    def __init__(self, lam: float = 0.3, everything: bool = False):
        self.lam, self.everything = lam, everything

    def __call__(self, images, labels, rng=None):
        order = rng.permutation(len(labels))
        lam = self.lam if not self.everything else 1.0
        return (lam * images + (1 - lam) * images[order]).astype(np.float32), (labels, labels[order], lam)

@hookimpl
def ppclas_ops():
    return [Op("Blend", "blend_of_two:Blend", "batch", ("CHW",), ("float32",))]
'''


@pytest.fixture
def mixing(values, tmp_path):
    file = tmp_path / "blend_of_two.py"
    file.write_text(PLUGIN, encoding="utf-8")
    if "Blend" not in catalogue().names("op"):
        catalogue().load_file(file)
    values.update(use_mix=True, epochs=2)
    values["TRAIN"]["mix"] = [{"Blend": {"lam": 0.3}}]
    return values


def records(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_blend_of_nothing_is_plain_training(mixing, make_config, same_checkpoint):
    mixing["TRAIN"]["mix"] = [{"Blend": {"everything": True}}]
    blended = train(make_config(mixing)).run_dir
    blended = blended.rename(blended.with_name("blended"))
    mixing.update(use_mix=False)
    mixing["TRAIN"]["mix"] = []
    plain = train(make_config(mixing)).run_dir
    one, other = records(blended), records(plain)
    assert [row["loss"] for row in one] == pytest.approx([row["loss"] for row in other], rel=1e-6)
    assert [row["top1"] for row in one] == [row["top1"] for row in other]


def test_training_accuracy_is_logged_under_mix(mixing, make_config, capsys):
    folder = train(make_config(mixing)).run_dir
    steps = [row for row in records(folder) if row["kind"] == "step"]
    assert steps
    assert all(0 <= row["top1"] <= row["topk"] <= 1 for row in steps)
    assert "train step:0 loss:" in capsys.readouterr().err


def test_a_blended_run_resumes_exactly(mixing, make_config, monkeypatch, same_checkpoint):
    from ppclas_core.training.trainer import Trainer

    straight = train(make_config(mixing)).run_dir
    straight = straight.rename(straight.with_name("straight"))
    report = Trainer.report_step

    def stop_at_step_1(run, step):
        report(run, step)
        if (step["epoch"], step["step"]) == (1, 1):
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(Trainer, "report_step", stop_at_step_1)
        with pytest.raises(Interrupted):
            train(make_config(mixing))
    same_checkpoint(straight / "last", train(make_config(mixing), resume=True).run_dir / "last")
