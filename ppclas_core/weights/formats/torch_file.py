# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of PyTorch's `.pth` files without PyTorch: zip archives and the older pickle streams. No code is run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple, cast

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickles import (
    Globals,
    RestrictedUnpickler,
    StandIn,
    fresh_class,
    name_damaged_file,
    replace_stand_ins,
)

_DTYPES = {"Float": "<f4", "Double": "<f8", "Half": "<f2", "BFloat16": "<u2", "Long": "<i8", "Int": "<i4",
           "Short": "<i2", "Char": "i1", "Byte": "u1", "Bool": "?"}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_MAX_RATIO = 20
_SMALL = 1 << 20
"""A member may unpack to `_MAX_RATIO` times its compressed size, or to `_SMALL` bytes if that is more."""
_STATE_KEYS = ("state_dict", "model_state_dict", "model")


def read_torch_file(path: Path) -> Dict[str, np.ndarray]:
    """Return the state dict of a checkpoint, also from below one of `_STATE_KEYS`; a `module.` prefix is removed.

    bfloat16 becomes float32; other dtypes are kept.

    Raises:
        UserError: the file is damaged, has no tensors, or needs anything but tensors and containers.
    """
    with name_damaged_file(path):
        content = _read_zip(path) if zipfile.is_zipfile(path) else _read_legacy(path)
    for key in _STATE_KEYS:
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
            break
    if not isinstance(content, dict) or not any(isinstance(value, np.ndarray) for value in content.values()):
        raise UserError("the file holds no state dict", where=str(path), do="save model.state_dict()")
    arrays = {str(key): value for key, value in content.items() if isinstance(value, np.ndarray)}
    if all(key.startswith("module.") for key in arrays):
        arrays = {key[len("module."):]: value for key, value in arrays.items()}
    return arrays


class _Storage:
    """Flat buffer that tensors are views of; `data` is stored elsewhere in the file."""

    def __init__(self, kind: str, data: bytes = b"") -> None:
        if kind not in _DTYPES:
            raise UserError(f"the file holds {kind}Storage, which is not read")
        self.kind = kind
        self.data = data

    def values(self) -> np.ndarray:
        """Return the values as an (n,) array; bfloat16 as float32."""
        values = np.frombuffer(self.data, _DTYPES[self.kind])
        return (values.astype(np.uint32) << 16).view(np.float32) if self.kind == "BFloat16" else values


class _StorageKind:
    """Stand-in for a storage class such as `torch.FloatStorage`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


class _Tensor(StandIn):
    """Stand-in for a tensor: a view of a storage by offset, size and stride (in values)."""

    def __init__(self, storage: _Storage, offset: int, size: Sequence[int], stride: Sequence[int], *_: object) -> None:
        self.storage = storage
        self.offset = int(offset)
        self.size = tuple(map(int, size))
        self.stride = tuple(map(int, stride))

    def result(self) -> np.ndarray:
        offset = self.offset
        size = self.size
        stride = self.stride
        values = self.storage.values()
        last = offset + sum((n - 1) * step for n, step in zip(size, stride))
        if len(size) != len(stride) or min((offset, *size, *stride)) < 0 or (0 not in size and last >= len(values)):
            raise ValueError(f"a tensor of size {size} leaves its storage of {len(values)} values")
        steps = tuple(step * values.itemsize for step in stride)
        return np.lib.stride_tricks.as_strided(values[offset:], size, steps, writeable=False)


def _tensor_globals() -> Globals:
    """Return the stand-ins for tensors; all are made anew, as a pickle may change them."""
    tensor = fresh_class(_Tensor)

    def parameter(data: _Tensor, *_: object) -> _Tensor:
        return data

    def size(values: Iterable[int] = ()) -> List[int]:
        return list(values)  # a list is not hashable, so the file cannot use it as a key

    return {
        ("torch._utils", "_rebuild_tensor_v2"): tensor,
        ("torch._utils", "_rebuild_tensor"): tensor,
        ("torch._utils", "_rebuild_parameter"): parameter,
        ("torch", "Size"): size,
        **{("torch", f"{kind}Storage"): _StorageKind(kind) for kind in _DTYPES},
    }


_StorageId = Tuple[object, _StorageKind, str]
"""First items of the persistent id of a storage: "storage", its class, its key in the file."""


def _read_zip(path: Path) -> object:
    with zipfile.ZipFile(path) as archive:
        programs = [name for name in archive.namelist() if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(programs) != 1:
            raise ValueError("no data.pkl in it")
        root = programs[0][: -len("data.pkl")]
        storages: Dict[str, _Storage] = {}

        def find_storage(pid: object) -> _Storage:
            _, kind, key = cast(_StorageId, cast(Tuple[object, ...], pid)[:3])
            if key not in storages:
                storages[key] = _Storage(kind.kind, _member(archive, f"{root}data/{key}"))
            return storages[key]

        program = io.BytesIO(_member(archive, programs[0]))
        return replace_stand_ins(RestrictedUnpickler(program, path, _tensor_globals(), find_storage).load())


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member. PyTorch stores members uncompressed, so a high compression ratio is refused."""
    info = archive.getinfo(name)
    if info.file_size > max(_MAX_RATIO * info.compress_size, _SMALL):
        raise ValueError(f"'{name}' takes {info.compress_size} bytes and unpacks to {info.file_size}")
    return archive.read(info)


def _read_legacy(path: Path) -> object:
    storages: Dict[str, _Storage] = {}

    def find_storage(pid: object) -> _Storage:
        parts = cast(Tuple[object, ...], pid)
        _, kind, key = cast(_StorageId, parts[:3])
        if len(parts) > 5 and parts[5] is not None:
            raise UserError("the file has views of storages, as PyTorch before 0.4 wrote", where=str(path))
        return storages.setdefault(key, _Storage(kind.kind))

    with open(path, "rb") as file:
        if RestrictedUnpickler(file, path).load() != _LEGACY_MAGIC:
            raise ValueError("neither a zip archive nor a stream of PyTorch")
        RestrictedUnpickler(file, path).load()  # protocol version
        RestrictedUnpickler(file, path).load()  # sizes of C types on the machine that wrote the file
        content = RestrictedUnpickler(file, path, _tensor_globals(), find_storage).load()
        keys: List[str] = RestrictedUnpickler(file, path).load()
        for key in keys:
            count = int.from_bytes(file.read(8), "little")
            storage = storages[key]
            size = count * np.dtype(_DTYPES[storage.kind]).itemsize
            storage.data = file.read(size)
            if len(storage.data) != size:
                raise ValueError("it is cut off")
        return replace_stand_ins(content)
