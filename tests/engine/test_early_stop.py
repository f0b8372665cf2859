# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A run that no longer gets better ends, and stays ended."""

from __future__ import annotations

import json

import pytest

from ppclas_core.engine.run import train
from ppclas_core.errors import UserError


def test_a_run_ends_when_its_patience_does(values, make_config, capsys, same_checkpoint):
    values.update(epochs=9, save_interval=9, early_stop={"patience": 2}, freeze=["stem", "stages.*.bn"])
    values["LEARNING_RATE"]["params"]["lr"] = 0.0  # nothing is learnt: the first epoch stays the best
    result = train(make_config(values))
    assert result.epochs == 3
    assert "stopped early after epoch 2: the best top1 is that of epoch 0" in capsys.readouterr().err
    state = json.loads((result.run_dir / "last" / "state.json").read_text(encoding="utf-8"))
    assert state["finished"] is True
    same_checkpoint(result.run_dir / "last", result.run_dir / "2")
    assert train(make_config(values), resume=True).epochs == 3
    assert "is finished: stopped early" in capsys.readouterr().err
    values["early_stop"] = {"patience": 4}
    assert train(make_config(values), resume=True, allow=["early_stop"]).epochs == 5


def test_a_run_that_gets_better_goes_on(values, make_config):
    values.update(epochs=3, early_stop={"patience": 3})
    assert train(make_config(values)).epochs == 3


def test_without_validation_there_is_nothing_to_be_impatient_about(values, make_config):
    values.update(early_stop={"patience": 2}, validate=False)
    with pytest.raises(UserError, match="validate"):
        make_config(values)
    values.update(early_stop={"patience": 0}, validate=True)
    with pytest.raises(UserError, match="at least 1"):
        make_config(values)
