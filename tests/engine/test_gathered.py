# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of several processes, put together part by part; the processes are played by one."""

from __future__ import annotations

from typing import Any, List

import numpy as np
import paddle
import pytest

from ppclas_core.system.rank import ALONE, Rank
from ppclas_core.training.distributed import collectives as distributed
from ppclas_core.training.distributed.collectives import gathered

ROWS = [np.arange(22, dtype=np.float32).reshape(11, 2), np.arange(100, 108, dtype=np.float32).reshape(4, 2),
        np.zeros((0, 2), np.float32)]


@pytest.mark.parametrize("kind", [np.float32, bool])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_processes_with_different_numbers_of_rows_all_get_all(monkeypatch: Any, number: int, kind: Any) -> None:
    sent: List[np.ndarray] = []

    def all_gather(parts: Any, mine: Any) -> None:
        start = 4 * len(sent)
        sent.append(mine.numpy())
        for rows in ROWS:
            part = np.zeros((len(mine), 2), np.float32)
            part[: len(rows[start : start + 4])] = rows[start : start + 4]
            parts.append(paddle.to_tensor(part))

    monkeypatch.setattr(distributed, "_ROWS", 4)
    monkeypatch.setattr(distributed, "summed", lambda counts, rank: np.array([11, 4, 0]))
    monkeypatch.setattr(paddle.distributed, "all_gather", all_gather)
    found = gathered(ROWS[number].astype(kind), Rank(number, 3))
    assert found.dtype == kind
    assert np.array_equal(found, np.concatenate(ROWS).astype(kind))
    assert [len(part) for part in sent] == [4, 4, 3]
    mine = np.concatenate(sent)[: len(ROWS[number])]
    assert np.array_equal(mine, ROWS[number].astype(kind).astype(np.float32))


def test_one_process_has_its_rows_already() -> None:
    assert gathered(ROWS[0], ALONE) is ROWS[0]
