# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A pretrained head goes to the classes that it was trained for, wherever they stand now."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np
import pytest

from ppclas_core.errors import UserError

paddle = pytest.importorskip("paddle")

from ppclas_core.models.pretrained import PretrainedSource  # noqa: E402
from ppclas_core.runs.meta import read_meta, write_meta  # noqa: E402
from ppclas_core.testing.toy import ToyNet, toy_catalogue, toy_checkpoint  # noqa: E402

OLD = ["cat", "dog", "owl"]


def trained(folder: Path, labels: Sequence[str]) -> np.ndarray:
    """A checkpoint with these names and its head, (in, classes)."""
    import dataclasses

    from ppclas_core.weights.formats.pickles import read_pickle

    toy_checkpoint(folder, num_classes=3)
    meta = read_meta(folder)
    assert meta is not None
    write_meta(folder, dataclasses.replace(meta, labels=list(labels)))
    weight: np.ndarray = read_pickle(folder / "ppcls.pdparams")["head.fc.weight"]
    return weight


def loaded(folder: Path, names: Optional[List[str]], classes: int = 3,
           **options: Any) -> Tuple[np.ndarray, np.ndarray, str]:
    """(head before, head after, text of the report)."""
    paddle.seed(1)
    model = ToyNet(num_classes=classes)
    model.class_names = names
    record = toy_catalogue().find("backbone", "ToyNet").record
    before = model.head.fc.weight.numpy().copy()
    report = PretrainedSource(folder).load(model, record, **options)
    return before, model.head.fc.weight.numpy(), str(report)


def test_classes_in_another_order_keep_their_rows(tmp_path):
    head = trained(tmp_path, OLD)
    _, after, report = loaded(tmp_path, ["owl", "cat", "dog"])
    np.testing.assert_array_equal(after, head[:, [2, 0, 1]])
    assert report == "12 loaded, head: all 3 rows moved by class name, 0 missing, 0 unexpected"


def test_a_new_class_starts_fresh_beside_those_that_are_known(tmp_path):
    head = trained(tmp_path, OLD)
    before, after, report = loaded(tmp_path, ["cat", "eel", "owl", "yak"], 4)
    np.testing.assert_array_equal(after[:, [0, 2]], head[:, [0, 2]])
    np.testing.assert_array_equal(after[:, [1, 3]], before[:, [1, 3]])
    assert report == ("12 loaded, head re-initialised (3 -> 4) but for 2 rows moved by class name, new classes: eel, "
                      "yak, 0 missing, 0 unexpected")


def test_as_many_other_classes_do_not_take_over_the_head(tmp_path):
    trained(tmp_path, OLD)
    before, after, report = loaded(tmp_path, ["ant", "bee", "fly"])
    np.testing.assert_array_equal(after, before)
    assert report == "10 loaded, head re-initialised (3 -> 3), no class name in common, 0 missing, 0 unexpected"


def test_a_part_of_the_classes_takes_its_rows(tmp_path):
    head = trained(tmp_path, OLD)
    _, after, report = loaded(tmp_path, ["owl", "dog"], 2)
    np.testing.assert_array_equal(after, head[:, [2, 1]])
    assert "all 2 rows moved by class name" in report


@pytest.mark.parametrize(("labels", "names"), [
    (["0", "1", "2"], ["ant", "bee", "fly"]), (OLD, None), ([], ["ant", "bee", "fly"]), (OLD, OLD)])
def test_without_names_on_both_sides_the_shape_decides(tmp_path, labels, names):
    head = trained(tmp_path, labels)
    _, after, report = loaded(tmp_path, names)
    np.testing.assert_array_equal(after, head)
    assert report == "12 loaded, 0 missing, 0 unexpected"


def test_a_name_that_stands_twice_moves_nothing(tmp_path):
    head = trained(tmp_path, ["crane", "dog", "crane"])
    before, after, _ = loaded(tmp_path, ["dog", "crane", "owl"])
    np.testing.assert_array_equal(after[:, 0], head[:, 1])
    np.testing.assert_array_equal(after[:, 1:], before[:, 1:])


def test_weights_that_only_run_may_be_reordered_but_not_renewed(tmp_path):
    head = trained(tmp_path, OLD)
    _, after, _ = loaded(tmp_path, ["owl", "cat", "dog"], allow_new_head=False)
    np.testing.assert_array_equal(after, head[:, [2, 0, 1]])
    with pytest.raises(UserError, match=r"other classes than the model \(3 and 3\); of the model's it lacks: eel"):
        loaded(tmp_path, ["owl", "cat", "eel"], allow_new_head=False)
    with pytest.raises(UserError, match=r"other classes than the model \(3 and 2\)"):
        loaded(tmp_path, ["owl", "cat"], 2, allow_new_head=False)
