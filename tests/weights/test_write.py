# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files that are whole or absent, and the names of each generation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.system.atomic import atomic_file, atomic_folder
from ppclas_core.weights import write
from ppclas_core.weights.formats.quantized import dequantize
from ppclas_core.weights.read import read_weights

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.float32(2) * np.ones((), np.float32),
          "c": np.arange(4, dtype=np.int64), "t": np.arange(6, dtype=np.float32).reshape(2, 3).T}


@pytest.mark.parametrize("save", [write.save_pdparams, write.save_safetensors, write.save_variables])
def test_what_is_written_is_read(tmp_path: Path, save: Any) -> None:
    path = tmp_path / "new" / ("x.safetensors" if save is write.save_safetensors else "x")
    save(path, ARRAYS)
    found = read_weights(path).arrays
    assert found.keys() == ARRAYS.keys()
    for key, value in ARRAYS.items():
        assert found[key].dtype == value.dtype
        assert found[key].shape == value.shape
        np.testing.assert_array_equal(found[key], value)


def test_the_variable_file_is_the_legacy_form_byte_by_byte(tmp_path: Path) -> None:
    write.save_variables(tmp_path / "x", {"conv1_bn_mean": np.array([1.5], np.float32)})
    header = bytes(16) + b"\x04\0\0\0" + b"\x08\x05\x10\x01"
    assert (tmp_path / "x" / "conv1_bn_mean").read_bytes() == header + b"\0\0\xc0\x3f"


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "x.pdparams"
    path.write_bytes(b"old")

    def interrupted_file() -> None:
        with atomic_file(path) as partial:
            partial.write_bytes(b"half")
            raise KeyboardInterrupt

    def interrupted_folder() -> None:
        with atomic_folder(tmp_path / "folder") as partial:
            (partial / "a").write_bytes(b"half")
            raise KeyboardInterrupt

    for interrupted in (interrupted_file, interrupted_folder):
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.pdparams"]


def test_names_that_cannot_be_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'\.\./x' cannot be the name"):
        write.save_variables(tmp_path / "x", {"../x": np.ones(1, np.float32)})
    with pytest.raises(UserError, match="exists already"):
        write.save_variables(tmp_path, {"x": np.ones(1, np.float32)})


def test_whole_numbers_of_a_quantised_checkpoint_become_floats_per_channel() -> None:
    arrays: Dict[str, np.ndarray] = {
        "conv1_weights": np.array([127, -127], np.float32).reshape(2, 1, 1, 1),
        "conv1_weights.scale": np.array([0.5, 2.0], np.float32),
        "fc_weights.int8": np.array([[127, 0]], np.int8),
        "fc_weights@scale": np.array([0.25], np.float32),
        "conv2_weights": np.array([0.3], np.float32).reshape(1, 1, 1, 1),
        "conv2_weights.scale": np.array([0.3], np.float32),
        "relu_0.tmp_0.scale": np.array([1.0], np.float32),
        "state_3": np.array([1.0], np.float32),
        "conv1_bn_scale": np.array([1.0, 1.0], np.float32),
    }
    found = dequantize(arrays)
    assert sorted(found) == ["conv1_bn_scale", "conv1_weights", "conv2_weights", "fc_weights"]
    assert found["conv1_weights"].ravel().tolist() == [0.5, -2.0]
    assert found["fc_weights"].ravel().tolist() == [0.25, 0.0]
    np.testing.assert_array_equal(found["conv2_weights"], arrays["conv2_weights"])


def test_a_checkpoint_without_scales_is_left_alone() -> None:
    arrays = {"state_3": np.ones(1), "conv1_bn_scale": np.ones(2)}
    assert dequantize(arrays) == arrays


BATCH_NORM = {"stage.0.bn.scale": np.array([1.5, 2.5], np.float32), "stage.0.bn.offset": np.zeros(2, np.float32),
              "stage.0.bn.mean": np.zeros(2, np.float32), "stage.0.bn.var": np.ones(2, np.float32)}


def test_a_batch_norm_whose_scale_ends_like_a_quantisers_is_kept() -> None:
    arrays = {"stage.0.conv.weights": np.array([[[[127.0]]], [[[1.0]]]], np.float32), **BATCH_NORM}
    found = dequantize(arrays)
    assert found.keys() == arrays.keys()
    assert all(found[name] is arrays[name] for name in arrays)


def test_a_quantised_network_keeps_the_batch_norms_whose_scale_ends_like_a_quantisers() -> None:
    found = dequantize({"stage.0.conv.weights": np.array([[[[127.0]]], [[[-127.0]]]], np.float32),
                        "stage.0.conv.weights.scale": np.array([0.5], np.float32),
                        "relu_0.tmp_0.scale": np.array([1.0], np.float32), **BATCH_NORM})
    assert sorted(found) == sorted(["stage.0.conv.weights", *BATCH_NORM])
    assert found["stage.0.conv.weights"].ravel().tolist() == [0.5, -0.5]
    np.testing.assert_array_equal(found["stage.0.bn.scale"], BATCH_NORM["stage.0.bn.scale"])
