# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of pickled arrays that executes no code of the pickle.

A pickle is a program: `paddle.load` of an untrusted file runs whatever it names. Here the few names that arrays need
resolve to stand-in classes that only collect values. Every other name is refused with an error that contains it.

The types of the stand-ins' arguments are those of a valid file. A damaged file may pass anything else; the exception
that follows becomes a `UserError` in `name_damaged_file`.
"""

from __future__ import annotations

import collections
import contextlib
import pickle
from abc import ABC, abstractmethod
from pathlib import Path
from typing import (
    Any,
    BinaryIO,
    Callable,
    ClassVar,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    cast,
)

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickle_scan import scan

_NUMPY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_FRAME_MODULES = ("numpy.core.numeric", "numpy._core.numeric")
_KINDS = "biufcSU"
_VALUES = (str, bytes, bytearray, bool, int, float, complex, set, frozenset, type(None))

Globals = Mapping[Tuple[str, str], object]
"""(module, name) in a pickle -> the object that the unpickler uses for it."""
Text = Union[str, bytes]
"""Text in a pickle: files written by Python 2 have bytes."""


def read_pickle(path: Path) -> Any:  # noqa: ANN401  # Any: the content of a file, which the caller checks
    """Return the content of a pickle: containers, numbers, strings and numpy arrays (read-only, dtypes of the file).

    Raises:
        UserError: the file needs anything but arrays and containers, is damaged, or is not a pickle.
    """
    with name_damaged_file(path), open(path, "rb") as file:
        return replace_stand_ins(RestrictedUnpickler(file, path).load())


@contextlib.contextmanager
def name_damaged_file(path: Path) -> Iterator[None]:
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


class StandIn(ABC):
    """Object that the unpickler builds in place of one whose class would run code."""

    @abstractmethod
    def result(self) -> object:
        """Return the value, which replaces the stand-in."""


S = TypeVar("S", bound=StandIn)


def fresh_class(stand_in: Type[S]) -> Type[S]:
    """Return a new subclass of a stand-in class.

    A pickle can set attributes on the classes it receives, so each unpickler gets classes of its own.
    """
    return cast(Type[S], type(stand_in.__name__, (stand_in,), {}))


def replace_stand_ins(value: object) -> object:
    """Return a result of `RestrictedUnpickler` with its stand-ins, at any depth, replaced by their results."""
    return _replaced(value, {})


def _replaced(value: object, seen: Dict[int, object]) -> object:
    if id(value) in seen:  # a container that holds itself
        return seen[id(value)]
    if isinstance(value, StandIn):
        return value.result()
    if isinstance(value, dict):
        result = type(value)()
        seen[id(value)] = result
        result.update((key, _replaced(item, seen)) for key, item in value.items())
        return result
    if isinstance(value, list):
        items: List[object] = []
        seen[id(value)] = items
        items.extend(_replaced(item, seen) for item in value)
        return items
    if isinstance(value, tuple):
        fixed = tuple(_replaced(item, seen) for item in value)
        seen[id(value)] = fixed
        return fixed
    if not isinstance(value, _VALUES):
        raise TypeError(f"it holds a {type(value).__name__}")
    return value


class RestrictedUnpickler(pickle.Unpickler):
    """Unpickler that accepts arrays and containers only; `replace_stand_ins` completes its result.

    Args:
        file: seekable; the pickle begins at the current position.
        path: named in errors.
        more_globals: further stand-ins; their classes must be new ones, see `fresh_class`.
        find_outside: persistent id -> object for data outside the pickle; None refuses such references.

    Raises:
        ValueError: the pickle needs far more memory or time than its size suggests, see `scan`.
    """

    def __init__(
        self,
        file: BinaryIO,
        path: Path,
        more_globals: Optional[Globals] = None,
        find_outside: Optional[Callable[[object], object]] = None,
    ) -> None:
        scan(file)
        super().__init__(file, encoding="latin1")  # files written by Python 2 keep raw bytes as text
        self._path = path
        self._globals: Globals = {**_array_globals(path), **(more_globals or {})}
        self._find_outside = find_outside

    def find_class(self, module: str, name: str) -> object:
        """Return the stand-in for a name; raise a UserError for every other name."""
        if (module, name) not in self._globals:
            raise UserError(f"the file wants to run {module}.{name}, which no checkpoint needs, so it was not read",
                            where=str(self._path), do="do not load it with other tools unless you trust its origin")
        return self._globals[module, name]

    def persistent_load(self, pid: object) -> object:
        """Return the object for data outside the pickle."""
        if self._find_outside is not None:
            return self._find_outside(pid)
        raise UserError(f"the file refers to outside data ({pid!r}), which a checkpoint does not",
                        where=str(self._path))


def _array_globals(path: Path) -> Globals:
    """Return the stand-ins for numpy arrays and containers; all are made anew, as a pickle may change them."""
    array, frame, scalar = (fresh_class(each) for each in (_Array, _Frame, _Scalar))
    dtype = fresh_class(_Dtype)
    dtype.path = path

    def encode(text: str, encoding: Text = "latin1") -> bytes:
        if _text(encoding) not in ("latin1", "latin-1", "ascii", "utf-8"):
            raise UserError(f"the file wants the codec '{_text(encoding)}'", where=str(path))
        return text.encode(_text(encoding))

    def empty_bytes() -> bytes:
        return b""

    return {
        ("numpy", "ndarray"): array,
        ("numpy", "dtype"): dtype,
        ("_codecs", "encode"): encode,
        ("__builtin__", "bytes"): empty_bytes,  # how protocols below 3 write b""
        ("collections", "OrderedDict"): collections.OrderedDict,
        **{(module, "_reconstruct"): array for module in _NUMPY_MODULES},
        **{(module, "scalar"): scalar for module in _NUMPY_MODULES},
        **{(module, "_frombuffer"): frame for module in _FRAME_MODULES},
    }


class _Dtype(StandIn):
    """Stand-in for `numpy.dtype`."""

    path: ClassVar[Path]

    def __init__(self, code: Text, *_: object) -> None:
        self.code = _text(code)
        self.order = "="

    def __setstate__(self, state: Sequence[Text]) -> None:
        self.order = _text(state[1])

    def result(self) -> np.dtype:
        dtype = np.dtype(self.code)
        if dtype.kind not in _KINDS or dtype.hasobject:
            raise UserError(f"the file holds an array of type '{self.code}'; only numbers are read",
                            where=str(self.path))
        return dtype.newbyteorder(">") if self.order == ">" else dtype


class _Array(StandIn):
    """Stand-in for `numpy.ndarray`, whose values come by `__setstate__`."""

    def __init__(self, *_: object) -> None:
        self.state: Tuple[object, ...] = ()

    def __setstate__(self, state: Tuple[object, ...]) -> None:
        self.state = state

    def result(self) -> np.ndarray:
        shape, dtype, fortran, data = cast(Tuple[Sequence[int], _Dtype, bool, Text], self.state[-4:])
        return _array(data, dtype.result(), shape, "F" if fortran else "C")


class _Frame(StandIn):
    """Stand-in for an array of pickle protocol 5."""

    def __init__(self, data: Text, dtype: _Dtype, shape: Sequence[int], order: Text) -> None:
        self.data = data
        self.dtype = dtype
        self.shape = shape
        self.order = order

    def result(self) -> np.ndarray:
        return _array(self.data, self.dtype.result(), self.shape, _text(self.order))


class _Scalar(StandIn):
    """Stand-in for a numpy scalar."""

    def __init__(self, dtype: _Dtype, data: Text) -> None:
        self.dtype = dtype
        self.data = data

    def result(self) -> np.generic:
        return cast(np.generic, _array(self.data, self.dtype.result(), (), "C")[()])


def _array(data: Text, dtype: np.dtype, shape: Sequence[int], order: str) -> np.ndarray:
    if isinstance(data, str):
        data = data.encode("latin1")
    shape = tuple(int(size) for size in shape)
    if len(data) != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
        raise ValueError(f"an array of shape {shape} has {len(data)} bytes")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if order == "F" else "C")
    array.flags.writeable = False
    return array


def _text(value: object) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)
