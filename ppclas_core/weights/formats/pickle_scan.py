# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Scan of a pickle before it is loaded, against pickles that need far more memory or time than their size suggests.

A pickle of nine bytes can request a memo of gigabytes, and one of two hundred bytes can hold a key whose hash takes
2**40 steps. The scan reads the opcodes without executing them and skips their data, so large files stay cheap.
"""

from __future__ import annotations

import io
import pickletools
from typing import BinaryIO, Dict, List

_LENGTHS = {"BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8, "BINUNICODE": 4, "BINUNICODE8": 8, "BINSTRING": 4,
            "LONG4": 4}
"""Opcode name -> number of bytes of the length field before its data."""
_OPCODES = {opcode.code.encode("latin1"): opcode for opcode in pickletools.opcodes}
_GETS = ("GET", "BINGET", "LONG_BINGET")
_PUTS = ("PUT", "BINPUT", "LONG_BINPUT")
_MARK, _NESTED, _OTHER = "mark", "nested", "other"


def scan(file: BinaryIO) -> None:
    """Scan the pickle that begins at the current position, then seek back to it.

    Raises:
        ValueError: a memo index larger than the number of operations before it, a length beyond the end of the file,
            a dict key or set member that is a tuple or a frozenset, or an opcode that pops from an empty stack.
    """
    start = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(start)
    _Walk(file, end).run()
    file.seek(start)


class _Walk:
    """State of a scan: stack and memo hold kinds in place of values."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file, self._end = file, end
        self._stack: List[str] = []
        self._memo: Dict[int, str] = {}

    def run(self) -> None:
        """Scan to the end of the pickle."""
        count = 0
        while True:
            code = self._file.read(1)
            opcode = _OPCODES.get(code)
            if opcode is None:
                raise ValueError(f"no opcode at byte {self._file.tell()}")
            argument = self._argument(opcode)
            if opcode.name == "STOP":
                return
            count += 1
            if opcode.name in _PUTS and not 0 <= argument <= count:
                raise ValueError(f"a memo index of {argument} after {count} operations")
            self._apply(opcode, argument)

    def _argument(self, opcode: pickletools.OpcodeInfo) -> int:
        """Read the argument; return it if it is an integer, else 0. Data is skipped."""
        if opcode.name in _LENGTHS:
            size = int.from_bytes(self._file.read(_LENGTHS[opcode.name]), "little")
            if self._file.tell() + size > self._end:
                raise ValueError(f"data of {size} bytes in a file that ends before")
            self._file.seek(size, io.SEEK_CUR)
            return 0
        if opcode.arg is None:
            return 0
        value = opcode.arg.reader(self._file)
        return value if isinstance(value, int) else 0

    def _apply(self, opcode: pickletools.OpcodeInfo, argument: int) -> None:
        stack = self._stack
        if opcode.name in _PUTS:
            self._memo[argument] = stack[-1] if stack else _OTHER
        elif opcode.name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1] if stack else _OTHER
        elif opcode.name in _GETS:
            stack.append(self._memo.get(argument, _OTHER))
        elif opcode.name == "DUP":
            stack.append(stack[-1])
        else:
            items = self._taken(opcode)
            self._check_hashed(opcode.name, items)
            stack += [_kind(item) for item in opcode.stack_after]

    def _taken(self, opcode: pickletools.OpcodeInfo) -> List[str]:
        """Pop the operands of an opcode; return the items above its mark, or all operands if it uses no mark."""
        before = opcode.stack_before
        if pickletools.markobject not in before:
            return [self._pop() for _ in before][::-1]
        items: List[str] = []
        while (kind := self._pop()) != _MARK:
            items.append(kind)
        for _ in range(before.index(pickletools.markobject)):
            self._pop()
        return items[::-1]

    def _pop(self) -> str:
        if not self._stack:
            raise ValueError("an operation finds an empty stack")
        return self._stack.pop()

    @staticmethod
    def _check_hashed(name: str, items: List[str]) -> None:
        """Refuse nested dict keys and set members: hashing a tuple of shared tuples can take exponential time."""
        hashed = {"SETITEM": items[1:2], "SETITEMS": items[::2], "DICT": items[::2], "ADDITEMS": items,
                  "FROZENSET": items}.get(name, [])
        if _NESTED in hashed:
            raise ValueError("a key that is a tuple, which no checkpoint has")


def _kind(item: pickletools.StackObject) -> str:
    if item is pickletools.markobject:
        return _MARK
    return _NESTED if item in (pickletools.pytuple, pickletools.pyfrozenset) else _OTHER
