# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A file of a few bytes takes neither gigabytes nor for ever, and what PyTorch and Paddle write passes."""

from __future__ import annotations

import collections
import io
import pickle
import zipfile
from pathlib import Path
from typing import Optional

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickle_scan import scan
from ppclas_core.weights.formats.pickles import read_pickle
from ppclas_core.weights.formats.torch_file import read_torch_file

MEMO = b"\x80\x02Nr\xff\xff\xff\x1f."
DOUBLED = b"".join(b"q" + bytes([index]) + b"h" + bytes([index]) + b"\x86" for index in range(40))
BOMBS = {
    "a memo of 8 GB": MEMO,
    "a text memo index": b"\x80\x02Np99999999\n.",
    "a key whose hash takes 2**40 steps": b"\x80\x02}(K\x01\x85" + DOUBLED + b"K\x01u.",
    "the same by SETITEM": b"\x80\x02}K\x01\x85" + DOUBLED + b"K\x01s.",
    "the same in a set": b"\x80\x04\x8f(K\x01\x85" + DOUBLED + b"\x90.",
    "the same in a frozenset": b"\x80\x04(K\x01\x85" + DOUBLED + b"\x91.",
    "the same by DICT": b"\x80\x02(K\x01\x85" + DOUBLED + b"K\x01d.",
    "a text of 4 GB": b"\x80\x02X\xff\xff\xff\xff.",
    "bytes of 2**60": b"\x80\x04\x8e\0\0\0\0\0\0\0\x10.",
    "no end": b"\x80\x02N",
    "an empty stack": b"\x80\x02\x86.",
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_is_loaded(data: bytes, tmp_path: Path) -> None:
    with pytest.raises((ValueError, IndexError)):
        scan(io.BytesIO(data))
    path = tmp_path / "bomb.pdparams"
    path.write_bytes(data)
    with pytest.raises(UserError, match="damaged or no checkpoint"):
        read_pickle(path)


@pytest.mark.parametrize("protocol", range(6))
def test_what_checkpoints_hold_passes_in_every_protocol(protocol: int, tmp_path: Path) -> None:
    weight = np.arange(6, dtype=np.float32).reshape(2, 3)
    content = {"weight": weight, "names": ["a", "b"], "step": 3, "rate": 0.5,
               "nested": collections.OrderedDict(x=(1, 2), y={"z": None}), 7: b"bytes", "shape": (2, (3, 4))}
    content["again"] = content["names"]
    stream = io.BytesIO(b"before" + pickle.dumps(content, protocol=protocol) + b"behind")
    stream.seek(6)
    scan(stream)
    assert stream.tell() == 6
    path = tmp_path / "x.pdparams"
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    found = read_pickle(path)
    assert np.array_equal(found["weight"], weight)
    assert found["again"] == ["a", "b"]
    assert found["shape"] == (2, (3, 4))


def test_a_large_array_is_passed_over_and_not_read() -> None:
    class Counted(io.BytesIO):
        asked = 0

        def read(self, size: Optional[int] = -1, /) -> bytes:
            Counted.asked += size if size is not None and size >= 0 else 1 << 40
            return super().read(size)

    scan(Counted(pickle.dumps({"weight": np.zeros(4 << 20, np.float32)}, protocol=4)))
    assert Counted.asked < 10_000


def test_a_packed_pth_that_unpacks_to_far_more_than_it_takes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pth"
    program = (b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\n"
               b"FloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQK\x00(K\x01t(K\x01t\x89ccollections\n"
               b"OrderedDict\n)RtRs.")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", bytes(30 << 20))
    with pytest.raises(UserError, match="unpacks to 31457280"):
        read_torch_file(path)
