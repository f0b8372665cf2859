# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`freeze`: what is named there is bit for bit the same after training."""

from __future__ import annotations

import pytest

from ppclas_core.errors import UserError
from ppclas_core.testing import toy
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle


def changed_keys(values, make_config, tmp_path, entries):
    """Keys of the tensors that a short training with these entries changed."""
    start = toy.toy_checkpoint(tmp_path / "start", num_classes=3)
    values.update(freeze=entries, pretrained_model=str(start), epochs=1)
    before, after = (read_pickle(folder / "ppcls.pdparams")
                     for folder in (start, train(make_config(values)).run_dir / "last"))
    return {key for key in before if before[key].tobytes() != after[key].tobytes()}


@pytest.mark.parametrize(("entries", "kept"), [
    (["backbone"], lambda key: not key.startswith("head.fc")),
    (["stem"], lambda key: key.startswith("stem.")),
    (["stages.*.bn", "stem.conv"], lambda key: key.startswith(("stages.0.0.bn", "stem.conv."))),
    ([], lambda key: False),
])
def test_exactly_the_named_parts_keep_their_values(entries, kept, values, make_config, tmp_path):
    keys = set(toy.ToyNet(num_classes=3).state_dict())
    assert changed_keys(values, make_config, tmp_path, entries) == {key for key in keys if not kept(key)}


@pytest.mark.parametrize(("entries", "text"), [
    (["stemm"], "no parameter of ToyNet belongs to 'stemm'. Did you mean 'stem'?"),
    (["*"], "every parameter of the model is frozen"),
])
def test_an_entry_that_fits_nothing_or_all_is_an_error(entries, text, values, make_config):
    with pytest.raises(UserError) as caught:
        train(make_config({**values, "freeze": entries}))
    assert text in str(caught.value)
