# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A pickle is a program; the reader takes the arrays and runs nothing."""

from __future__ import annotations

import collections
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickles import read_pickle

ARRAYS = {
    "float32": np.arange(6, dtype=np.float32).reshape(2, 3),
    "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big end first": np.arange(3, dtype=">f4"),
    "no dimension": np.zeros((), np.int64),
    "no values": np.zeros((0, 3), np.float16),
    "truth": np.array([True, False]),
}


class Runs:
    """Pickles to a call of `function(*arguments)`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_of_every_protocol_come_back(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "ppcls.pdparams"
    path.write_bytes(pickle.dumps({**ARRAYS, "scalar": np.float32(3), "deep": [{"x": (1, np.ones(2))}]}, protocol))
    content = read_pickle(path)
    for name, array in ARRAYS.items():
        assert content[name].dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(content[name], array)
    assert content["scalar"] == 3
    assert content["deep"][0]["x"][1].tolist() == [1, 1]


def test_ordered_dicts_and_lists_that_hold_themselves_come_back(tmp_path: Path) -> None:
    loop: list = [1]
    loop.append(loop)
    path = tmp_path / "x.pdopt"
    path.write_bytes(pickle.dumps(collections.OrderedDict(loop=loop, text="a")))
    content = read_pickle(path)
    assert isinstance(content, collections.OrderedDict)
    assert content["loop"][1] is content["loop"]


def evil(tmp_path: Path, value: Any) -> str:
    path = tmp_path / "evil.pdparams"
    path.write_bytes(pickle.dumps({"weight": value}, 4))
    with pytest.raises(UserError) as caught:
        read_pickle(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_pickle_that_wants_to_run_a_command_is_refused_by_name(tmp_path: Path) -> None:
    import os

    victim = tmp_path / "victim"
    assert "wants to run posix.system" in evil(tmp_path, Runs(os.system, f"touch {victim}")).replace("nt.", "posix.")
    assert not victim.exists()


def test_eval_getattr_and_classes_of_other_modules_are_refused_by_name(tmp_path: Path) -> None:
    import subprocess

    assert "builtins.eval" in evil(tmp_path, Runs(eval, "1"))
    assert "builtins.getattr" in evil(tmp_path, Runs(getattr, "a", "b"))
    assert "subprocess.Popen" in evil(tmp_path, Runs(subprocess.Popen, ["true"]))
    assert "pathlib" in evil(tmp_path, tmp_path)


def test_numpy_functions_beyond_arrays_are_refused(tmp_path: Path) -> None:
    assert "wants to run numpy" in evil(tmp_path, Runs(np.load, "x.npy"))


def test_objects_inside_an_array_are_refused(tmp_path: Path) -> None:
    assert "only numbers" in evil(tmp_path, np.array([{}, []], dtype=object))


def test_a_pickle_cannot_change_the_reader_for_the_next_file(tmp_path: Path) -> None:
    defaults = b"}X\x0c\x00\x00\x00__defaults__X\x05\x00\x00\x00utf-8\x85s"  # {"__defaults__": ("utf-8",)}
    (tmp_path / "a").write_bytes(b"\x80\x02c_codecs\nencode\nN" + defaults + b"\x86b0N.")
    assert read_pickle(tmp_path / "a") is None
    (tmp_path / "b").write_bytes(b"\x80\x02c_codecs\nencode\nX\x02\x00\x00\x00\xc3\xbf\x85R.")
    assert read_pickle(tmp_path / "b") == b"\xff"
    (tmp_path / "c").write_bytes(b"\x80\x02c_codecs\nencode\n.")
    with pytest.raises(UserError, match="it holds a function"):
        read_pickle(tmp_path / "c")


def test_a_lying_shape_is_an_error(tmp_path: Path) -> None:
    good = pickle.dumps({"x": np.zeros(7, np.uint8)}, 2)
    path = tmp_path / "x.pdparams"
    path.write_bytes(good.replace(b"K\x07\x85", b"K\x63\x85"))
    with pytest.raises(UserError, match="damaged"):
        read_pickle(path)


@pytest.mark.parametrize("keep", [0, 1, 10, 100, 4000])
def test_a_file_cut_off_anywhere_is_an_error_that_names_it(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "short.pdparams"
    path.write_bytes(pickle.dumps({"x": np.zeros(2000, np.float32)})[:keep])
    with pytest.raises(UserError, match=r"short\.pdparams: the file is damaged"):
        read_pickle(path)


def test_garbage_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.pdparams"
    for data in (b"<html>404</html>", b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60), bytes(range(256))):
        path.write_bytes(data)
        with pytest.raises(UserError, match="damaged or no checkpoint"):
            read_pickle(path)
