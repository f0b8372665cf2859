# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of PyTorch's `.pth` files without PyTorch: zip archives and the older pickle streams. No code is run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickles import damage_named, plain, restricted_unpickler

_DTYPES = {"Float": "<f4", "Double": "<f8", "Half": "<f2", "BFloat16": "<u2", "Long": "<i8", "Int": "<i4",
           "Short": "<i2", "Char": "i1", "Byte": "u1", "Bool": "?"}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_MOST_TIMES, _HARMLESS = 20, 1 << 20
"""A member may unpack to at most this multiple of its compressed size, or to this many bytes, whichever is larger."""
_STATE_KEYS = ("state_dict", "model_state_dict", "model")


def read_torch_file(path: Path) -> Dict[str, np.ndarray]:
    """Return the state dict of a checkpoint, also from below one of `_STATE_KEYS`; a `module.` prefix is removed.

    bfloat16 becomes float32; other dtypes are kept.

    Raises:
        UserError: the file is damaged, has no tensors, or needs anything but tensors and containers.
    """
    with damage_named(path):
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


def _stand_ins() -> Dict[Tuple[str, str], Any]:
    class Tensor:
        def __init__(self, storage: _Storage, offset: int, size: Any, stride: Any, *_: Any) -> None:
            self.parts = (storage, int(offset), tuple(map(int, size)), tuple(map(int, stride)))

        def finished(self) -> np.ndarray:
            storage, offset, size, stride = self.parts
            values = storage.values()
            last = offset + sum((n - 1) * step for n, step in zip(size, stride))
            if len(size) != len(stride) or min((offset, *size, *stride)) < 0 or (0 not in size and last >= len(values)):
                raise ValueError(f"a tensor of size {size} leaves its storage of {len(values)} values")
            steps = tuple(step * values.itemsize for step in stride)
            return np.lib.stride_tricks.as_strided(values[offset:], size, steps, writeable=False)

    class Kind:
        def __init__(self, kind: str) -> None:
            self.kind = kind

    def parameter(tensor: Tensor, *_: Any) -> Tensor:
        return tensor

    def size(values: Any = ()) -> List[Any]:
        return list(values)  # a list is not hashable, so the file cannot use it as a key

    return {
        ("torch._utils", "_rebuild_tensor_v2"): Tensor,
        ("torch._utils", "_rebuild_tensor"): Tensor,
        ("torch._utils", "_rebuild_parameter"): parameter,
        ("torch", "Size"): size,
        **{("torch", f"{kind}Storage"): Kind(kind) for kind in _DTYPES},
    }


def _read_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        programs = [name for name in archive.namelist() if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(programs) != 1:
            raise ValueError("no data.pkl in it")
        root = programs[0][: -len("data.pkl")]
        storages: Dict[str, _Storage] = {}

        def outside(pid: Any) -> _Storage:
            _, kind, key = pid[:3]
            if key not in storages:
                storages[key] = _Storage(kind.kind, _member(archive, f"{root}data/{key}"))
            return storages[key]

        return plain(_load(io.BytesIO(_member(archive, programs[0])), path, outside))


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member. PyTorch stores members uncompressed, so a high compression ratio is refused."""
    info = archive.getinfo(name)
    if info.file_size > max(_MOST_TIMES * info.compress_size, _HARMLESS):
        raise ValueError(f"'{name}' takes {info.compress_size} bytes and unpacks to {info.file_size}")
    return archive.read(info)


def _read_legacy(path: Path) -> Any:
    storages: Dict[str, _Storage] = {}

    def outside(pid: Any) -> _Storage:
        _, kind, key = pid[:3]
        if len(pid) > 5 and pid[5] is not None:
            raise UserError("the file has views of storages, as PyTorch before 0.4 wrote", where=str(path))
        return storages.setdefault(key, _Storage(kind.kind))

    with open(path, "rb") as file:
        if _load(file, path) != _LEGACY_MAGIC:
            raise ValueError("neither a zip archive nor a stream of PyTorch")
        _load(file, path)  # protocol version
        _load(file, path)  # sizes of C types on the machine that wrote the file
        content = _load(file, path, outside)
        keys: List[Any] = _load(file, path)
        for key in keys:
            count = int.from_bytes(file.read(8), "little")
            storage = storages[key]
            size = count * np.dtype(_DTYPES[storage.kind]).itemsize
            storage.data = file.read(size)
            if len(storage.data) != size:
                raise ValueError("it is cut off")
        return plain(content)


def _load(file: Any, path: Path, outside: Optional[Any] = None) -> Any:
    extra: Mapping[Tuple[str, str], Any] = _stand_ins() if outside is not None else {}
    source: BinaryIO = file
    return restricted_unpickler(source, path, extra, outside).load()
