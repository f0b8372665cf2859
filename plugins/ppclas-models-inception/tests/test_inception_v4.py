# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The table language in which InceptionV4 is written."""

from __future__ import annotations

import numpy as np
import paddle

from ppclas_models_inception.branches import Fork, Pool, Unit, build, unit_names


def test_a_fork_joins_the_channels_of_its_branches():
    steps = (Fork(((Pool("max"),), (Unit(5, 1, "a", "_a"), Unit(7, 3, "b", "_b", 2, 0)))),)
    layer, channels = build(steps, 3)
    assert channels == 3 + 7
    assert list(layer(paddle.randn([2, 3, 9, 9])).shape) == [2, 10, 4, 4]


def test_the_rim_of_an_average_counts_only_real_pixels():
    layer, _ = build((Pool("avg"),), 1)
    np.testing.assert_allclose(layer(paddle.ones([1, 1, 4, 4])).numpy(), 1.0)


def test_names_follow_the_tree_of_branches():
    steps = (Unit(4, 1, "first", "_one"), Fork(((Unit(4, 1, "left", "_l"),), (Fork(((Unit(4, 1, "deep", "_d"),),)),))))
    rows = {row.ours: row for row in unit_names(steps, "stages.0.0", "x_", "_X")}
    layer, _ = build(steps, 3)
    assert sorted(rows) == sorted(f"stages.0.0.{key}" for key in layer.state_dict())
    deep = rows["stages.0.0.1.branches.1.0.branches.0.0.conv.weight"]
    assert (deep.v2020, deep.v2_1) == ("x_deep_weights", "_X._d._conv.weight")
