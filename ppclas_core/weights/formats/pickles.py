# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of pickled arrays that executes no code of the pickle.

A pickle is a program: `paddle.load` of an untrusted file runs whatever it names. Here the few names that arrays need
resolve to stand-in classes that only collect values. Every other name is refused with an error that contains it.
"""

from __future__ import annotations

import collections
import contextlib
import pickle
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickle_scan import scan

_NUMPY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_FRAME_MODULES = ("numpy.core.numeric", "numpy._core.numeric")
_KINDS = "biufcSU"
_VALUES = (str, bytes, bytearray, bool, int, float, complex, set, frozenset, type(None))


def read_pickle(path: Path) -> Any:
    """Return the content of a pickle: containers, numbers, strings and numpy arrays (read-only, dtypes of the file).

    Raises:
        UserError: the file needs anything but arrays and containers, is damaged, or is not a pickle.
    """
    with damage_named(path), open(path, "rb") as file:
        return plain(restricted_unpickler(file, path).load())


@contextlib.contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Convert every exception that reading a damaged file raises into a UserError with the path."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except Exception as error:  # a damaged pickle raises nearly every kind of error
        raise UserError(f"the file is damaged or no checkpoint ({type(error).__name__}: {error})", where=str(path),
                        do="copy or download it again") from error


def plain(value: Any) -> Any:
    """Return the result of `restricted_unpickler` with its stand-ins, at any depth, replaced by arrays."""
    return _plain(value, {})


def _plain(value: Any, seen: Dict[int, Any]) -> Any:
    if id(value) in seen:  # a container that holds itself
        return seen[id(value)]
    if hasattr(value, "finished"):
        return value.finished()
    if isinstance(value, dict):
        seen[id(value)] = result = type(value)()
        result.update((key, _plain(item, seen)) for key, item in value.items())
        return result
    if isinstance(value, list):
        items: List[Any] = []
        seen[id(value)] = items
        items.extend(_plain(item, seen) for item in value)
        return items
    if isinstance(value, tuple):
        seen[id(value)] = fixed = tuple(_plain(item, seen) for item in value)
        return fixed
    if not isinstance(value, _VALUES):
        raise TypeError(f"it holds a {type(value).__name__}")
    return value


def restricted_unpickler(
    file: BinaryIO,
    path: Path,
    extra: Optional[Mapping[Tuple[str, str], Any]] = None,
    outside: Optional[Callable[[Any], Any]] = None,
) -> pickle.Unpickler:
    """Return an unpickler that accepts arrays and containers only.

    A pickle can set attributes on the classes it receives, so each unpickler has its own stand-in classes.

    Args:
        file: seekable; the pickle begins at the current position.
        path: named in errors.
        extra: (module, name) -> further stand-in; `plain` replaces one with a method `finished` by its result.
        outside: persistent id -> stand-in of data outside the pickle; None refuses such references.
    """

    class Dtype:
        def __init__(self, code: Any, *_: Any) -> None:
            self.code, self.order = _text(code), "="

        def __setstate__(self, state: Tuple[Any, ...]) -> None:
            self.order = _text(state[1])

        def finished(self) -> np.dtype:
            dtype = np.dtype(str(self.code))
            if dtype.kind not in _KINDS or dtype.hasobject:
                raise UserError(f"the file holds an array of type '{self.code}'; only numbers are read",
                                where=str(path))
            return dtype.newbyteorder(">") if self.order == ">" else dtype

    class Array:
        def __init__(self, *_: Any) -> None:
            self.state: Tuple[Any, ...] = ()

        def __setstate__(self, state: Tuple[Any, ...]) -> None:
            self.state = state

        def finished(self) -> np.ndarray:
            shape, dtype, fortran, data = self.state[-4:]
            return _array(data, dtype.finished(), shape, "F" if fortran else "C")

    class Frame:  # protocol 5
        def __init__(self, data: Any, dtype: Any, shape: Any, order: Any) -> None:
            self.parts = (data, dtype, shape, order)

        def finished(self) -> np.ndarray:
            data, dtype, shape, order = self.parts
            return _array(data, dtype.finished(), shape, _text(order))

    class Scalar:
        def __init__(self, dtype: Any, data: Any) -> None:
            self.parts = (data, dtype)

        def finished(self) -> Any:
            data, dtype = self.parts
            return _array(data, dtype.finished(), (), "C")[()]

    def encode(text: str, encoding: str = "latin1") -> bytes:
        if _text(encoding) not in ("latin1", "latin-1", "ascii", "utf-8"):
            raise UserError(f"the file wants the codec '{encoding}'", where=str(path))
        return text.encode(_text(encoding))

    def empty_bytes() -> bytes:
        return b""

    allowed: Dict[Tuple[str, str], Any] = {
        ("numpy", "ndarray"): Array,
        ("numpy", "dtype"): Dtype,
        ("_codecs", "encode"): encode,
        ("__builtin__", "bytes"): empty_bytes,  # how protocols below 3 write b""
        ("collections", "OrderedDict"): collections.OrderedDict,
        **{(module, "_reconstruct"): Array for module in _NUMPY_MODULES},
        **{(module, "scalar"): Scalar for module in _NUMPY_MODULES},
        **{(module, "_frombuffer"): Frame for module in _FRAME_MODULES},
        **(extra or {}),
    }

    class Restricted(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if (module, name) not in allowed:
                raise UserError(f"the file wants to run {module}.{name}, which no checkpoint needs, so it was not read",
                                where=str(path), do="do not load it with other tools unless you trust its origin")
            return allowed[module, name]

        def persistent_load(self, pid: Any) -> Any:
            if outside is not None:
                return outside(pid)
            raise UserError(f"the file refers to outside data ({pid!r}), which a checkpoint does not", where=str(path))

    scan(file)
    return Restricted(file, encoding="latin1")  # files written by Python 2 keep raw bytes as text


def _array(data: Any, dtype: np.dtype, shape: Any, order: str) -> np.ndarray:
    if isinstance(data, str):
        data = data.encode("latin1")
    shape = tuple(int(size) for size in shape)
    if len(data) != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
        raise ValueError(f"an array of shape {shape} has {len(data)} bytes")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if order == "F" else "C")
    array.flags.writeable = False
    return array


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)
