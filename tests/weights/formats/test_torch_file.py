# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch's files without PyTorch: the forms are imitated by hand, stand-ins take the place of its modules."""

from __future__ import annotations

import argparse
import collections
import io
import pickle
import sys
import types
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.torch_file import read_torch_file

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


class Imitation:
    """Writes as `torch.save` does: tensors are calls of `_rebuild_tensor_v2` on storages kept outside the pickle."""

    def __init__(self) -> None:
        self.storages: List[bytes] = []

    def tensor(self, values: np.ndarray, kind: str = "FloatStorage", **change: Any) -> Any:
        """A tensor over a storage of its own; `change`: offset, size, stride that differ from it."""
        self.storages.append(values.tobytes())
        storage = Storage(kind, str(len(self.storages) - 1), values.size)
        strides = tuple(step // values.itemsize for step in values.strides)
        return Tensor((storage, change.get("offset", 0), change.get("size", values.shape),
                       change.get("stride", strides), False, collections.OrderedDict()))

    def pickle(self, content: Any, legacy: bool) -> bytes:
        stream = io.BytesIO()
        pickler = TorchPickler(stream, 2)
        pickler.legacy = legacy
        pickler.dump(content)
        return stream.getvalue()

    def zip(self, path: Path, content: Any) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", self.pickle(content, False))
            for key, data in enumerate(self.storages):
                archive.writestr(f"archive/data/{key}", data)
        return path

    def legacy(self, path: Path, content: Any) -> Path:
        parts = [pickle.dumps(LEGACY_MAGIC, 2), pickle.dumps(1001, 2), pickle.dumps({"little_endian": True}, 2)]
        parts += [self.pickle(content, True), pickle.dumps([str(key) for key in range(len(self.storages))], 2)]
        parts += [(len(data) // 4).to_bytes(8, "little") + data for data in self.storages]
        path.write_bytes(b"".join(parts))
        return path


class Storage:
    def __init__(self, kind: str, key: str, count: int) -> None:
        self.parts = (kind, key, count)


class Tensor:
    def __init__(self, arguments: Tuple[Any, ...]) -> None:
        self.arguments = arguments

    def __reduce__(self) -> Any:
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


class TorchPickler(pickle.Pickler):
    legacy = False

    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, Storage):
            return None
        kind, key, count = value.parts
        identity = ("storage", getattr(sys.modules["torch"], kind), key, "cpu", count)
        return (*identity, None) if self.legacy else identity


@pytest.fixture(autouse=True)
def torch_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules that pickles can refer to."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for kind in ("Float", "Half", "BFloat16", "Long", "Quantised"):
        setattr(torch, f"{kind}Storage", type(f"{kind}Storage", (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*_: Any) -> None:
        raise AssertionError("only named, never called")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    setattr(utils, "_rebuild_tensor_v2", _rebuild_tensor_v2)  # noqa: B010 - no attribute of every module
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)


def state(imitation: Imitation) -> Dict[str, Any]:
    return collections.OrderedDict(weight=imitation.tensor(VALUES), bias=imitation.tensor(VALUES[0] + 1))


@pytest.mark.parametrize("form", ["zip", "legacy"])
def test_a_state_dict_is_read_from_both_forms(tmp_path: Path, form: str) -> None:
    imitation = Imitation()
    arrays = read_torch_file(getattr(imitation, form)(tmp_path / "x.pth", state(imitation)))
    assert list(arrays) == ["weight", "bias"]
    np.testing.assert_array_equal(arrays["weight"], VALUES)
    np.testing.assert_array_equal(arrays["bias"], VALUES[0] + 1)


def test_a_training_checkpoint_gives_its_state_dict_without_the_prefix_of_data_parallel(tmp_path: Path) -> None:
    imitation = Imitation()
    inner = {f"module.{key}": value for key, value in state(imitation).items()}
    path = imitation.zip(tmp_path / "x.pth", {"epoch": 3, "state_dict": inner})
    assert list(read_torch_file(path)) == ["weight", "bias"]


def test_transposed_and_shared_tensors_are_seen_through_their_strides(tmp_path: Path) -> None:
    imitation = Imitation()
    content = {"t": imitation.tensor(VALUES, size=(3, 2), stride=(1, 3)), "part": imitation.tensor(VALUES, offset=3,
               size=(3,), stride=(1,)), "none": imitation.tensor(VALUES, size=(0, 3), stride=(3, 1))}
    arrays = read_torch_file(imitation.zip(tmp_path / "x.pth", content))
    np.testing.assert_array_equal(arrays["t"], VALUES.T)
    np.testing.assert_array_equal(arrays["part"], VALUES[1])
    assert arrays["none"].shape == (0, 3)


def test_bfloat16_becomes_float32(tmp_path: Path) -> None:
    imitation = Imitation()
    content = {"x": imitation.tensor(np.full(2, 0x3FC0, np.uint16), "BFloat16Storage")}
    array = read_torch_file(imitation.zip(tmp_path / "x.pth", content))["x"]
    assert (array.dtype, array.tolist()) == (np.float32, [1.5, 1.5])


@pytest.mark.parametrize("change", [{"size": (7,), "stride": (1,)}, {"offset": 5}, {"offset": -1},
                                    {"size": (2, 3), "stride": (-3, 1)}, {"size": (2,), "stride": (1 << 40,)}])
def test_a_tensor_that_leaves_its_storage_is_an_error(tmp_path: Path, change: Dict[str, Any]) -> None:
    imitation = Imitation()
    path = imitation.zip(tmp_path / "x.pth", {"x": imitation.tensor(VALUES, **change)})
    with pytest.raises(UserError, match="leaves its storage"):
        read_torch_file(path)


def test_what_is_not_a_tensor_is_refused_by_name(tmp_path: Path) -> None:
    imitation = Imitation()
    content = {"args": argparse.Namespace(lr=1), **state(imitation)}
    with pytest.raises(UserError, match=r"wants to run argparse\.Namespace"):
        read_torch_file(imitation.zip(tmp_path / "x.pth", content))
    with pytest.raises(UserError, match=r"wants to run torch\.QuantisedStorage"):
        read_torch_file(imitation.zip(tmp_path / "y.pth", {"x": imitation.tensor(VALUES, "QuantisedStorage")}))


def test_damaged_and_empty_files_are_errors(tmp_path: Path) -> None:
    imitation = Imitation()
    path = imitation.legacy(tmp_path / "x.pth", state(imitation))
    whole = path.read_bytes()
    for data in (whole[:-1], whole[:40], b"", b"<html>"):
        path.write_bytes(data)
        with pytest.raises(UserError, match="damaged"):
            read_torch_file(path)
    with pytest.raises(UserError, match="no state dict"):
        read_torch_file(Imitation().zip(tmp_path / "y.pth", {"epoch": 1}))
