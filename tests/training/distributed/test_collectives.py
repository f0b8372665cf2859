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
from ppclas_core.training.distributed.collectives import gathered_rows, gathered_states

ROWS = [np.arange(22, dtype=np.float32).reshape(11, 2), np.arange(100, 108, dtype=np.float32).reshape(4, 2),
        np.zeros((0, 2), np.float32)]


@pytest.mark.parametrize("kind", [np.float32, bool, np.int64])
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
    found = gathered_rows(ROWS[number].astype(kind), Rank(number, 3))
    assert [part.dtype for part in found] == [kind] * 3
    assert all(np.array_equal(part, rows.astype(kind)) for part, rows in zip(found, ROWS))
    assert {part.dtype.name for part in sent} == {"float64" if kind is np.int64 else "float32"}
    assert [len(part) for part in sent] == [4, 4, 3]
    mine = np.concatenate(sent)[: len(ROWS[number])]
    assert np.array_equal(mine, ROWS[number].astype(kind).astype(np.float32))


def test_one_process_has_its_rows_already() -> None:
    assert gathered_rows(ROWS[0], ALONE)[0] is ROWS[0]
    assert gathered_states([{"samples": 3}], ALONE) == [[{"samples": 3}]]


def test_states_of_metrics_come_from_every_process_in_their_form(monkeypatch: Any) -> None:
    """Two processes; what the second one sends is twice what the first one does."""
    monkeypatch.setattr(distributed, "gathered_rows", lambda rows, rank: [rows, (2 * rows).astype(rows.dtype)])
    counts, matrix = np.array([1, 2**40]), np.zeros((0, 0), np.int64)
    first, second = gathered_states([{"samples": 3, "loss": 0.5}, {"counts": counts, "matrix": matrix}], Rank(0, 2))
    assert first[0] == {"samples": 3, "loss": 0.5}
    assert second[0] == {"samples": 6, "loss": 1.0}
    assert type(second[0]["samples"]) is int
    assert second[1]["counts"].tolist() == [2, 2**41]
    assert (second[1]["matrix"].shape, second[1]["counts"].shape) == ((0, 0), (2,))
