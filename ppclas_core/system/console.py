# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Guarded standard output and standard error: a failed write never ends a program.

The reader of a pipe can end (`| head`), a terminal can be closed, the disk of `> log` can be full. A guarded stream
discards everything after its first failed write, and so does its file descriptor, which C++ code, child processes and
Python's own flush at exit share. A command whose result is its output reports the failure at its end by
`final_exit_code`; a command whose result is files calls `output_is_optional`.

Text is escaped, so names from outside cannot control the terminal. A program's own control characters, such as those of
a progress line, go to `unescaped(stream)`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any, Iterable, Iterator, Optional, TextIO, cast

from ppclas_core.system.text import printable


class GuardedStream:
    """Text stream that discards everything after its first failed write; other attributes are those of the stream.

    Attributes:
        error: the failed write; None if all writes succeeded.
        optional: the result of the program is elsewhere, so a failed write is no failure of the program.
    """

    def __init__(self, stream: TextIO, *, optional: bool) -> None:
        self.stream = stream
        self.optional = optional
        self.error: Optional[Exception] = None

    @property
    def rich_proxied_file(self) -> Unescaped:
        """Stream that rich writes to: this one, for text with escape sequences."""
        return Unescaped(self)

    def write(self, text: str) -> int:
        """Write `printable(text)`, or nothing after a failed write; return the number of characters of the text."""
        self.write_unescaped(printable(text))
        return len(text)

    def write_unescaped(self, text: str) -> int:
        """Write text with the program's own control characters, or nothing after a failed write."""
        if self.error is None:
            with self._discard_after_error():
                self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the buffer."""
        if self.error is None:
            with self._discard_after_error():
                self.stream.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each text."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any: attributes of the stream
        return getattr(self.stream, name)

    @contextlib.contextmanager
    def _discard_after_error(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if not isinstance(error, OSError) and not self.stream.closed:
                raise  # an error of the text, such as its encoding
            self.error = error
            self._redirect_to_null()

    def _redirect_to_null(self) -> None:
        """Redirect the file descriptor to the null device: Python still flushes the buffer at exit."""
        with contextlib.suppress(OSError, ValueError):  # streams of notebooks and tests have no descriptor
            descriptor = self.stream.fileno()
            if descriptor in (1, 2):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, descriptor)
                os.close(null)


class Unescaped:
    """Guarded stream for a program's own control characters; the caller escapes names from outside."""

    def __init__(self, guarded: GuardedStream) -> None:
        self._guarded = guarded

    def write(self, text: str) -> int:
        """Write text without escaping it."""
        return self._guarded.write_unescaped(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._guarded, name)


def unescaped(stream: TextIO) -> TextIO:
    """Return a stream for text with escape sequences: that of a guarded stream, or the stream itself."""
    return cast(TextIO, getattr(stream, "rich_proxied_file", stream))


@contextlib.contextmanager
def guarded_streams(*, optional: bool = False) -> Iterator[None]:
    """Guard `sys.stdout` and `sys.stderr` in this context; an inner context keeps the guards of the outer one.

    Args:
        optional: see `output_is_optional`.
    """
    before = sys.stdout, sys.stderr
    installed = []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, GuardedStream):
            if stream is None:  # closed by the caller; print() would write to standard output instead
                stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  open until exit
            installed.append(GuardedStream(stream, optional=name == "stderr"))
            setattr(sys, name, installed[-1])
    if optional:
        output_is_optional()
    try:
        yield
    finally:
        for stream in installed:
            stream.flush()
        for name, stream in zip(("stdout", "stderr"), before):
            if getattr(sys, name) in installed:
                setattr(sys, name, stream)


def output_is_optional() -> None:
    """Declare that the result of this program is files, so a failed write to standard output is no failure."""
    if isinstance(sys.stdout, GuardedStream):
        sys.stdout.optional = True


def write_error(stream: object) -> Optional[str]:
    """Return why a write to a guarded stream failed ("Broken pipe"); None if all succeeded."""
    if not isinstance(stream, GuardedStream):  # rich replaces the stream while a progress bar is shown
        stream = getattr(stream, "rich_proxied_file", None)
    error = stream.error if isinstance(stream, GuardedStream) else None
    return None if error is None else getattr(error, "strerror", None) or str(error)


def final_exit_code(code: int) -> int:
    """Flush the output; return the exit code of a program that would exit with `code`.

    A failed write makes it 2, unless the output is optional or its reader has ended (`ppclas list models | head`).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    output = sys.stdout if isinstance(sys.stdout, GuardedStream) else getattr(sys.stdout, "rich_proxied_file", None)
    reason = write_error(output)
    if code != 0 or reason is None or not isinstance(output, GuardedStream) or output.error is None:
        return code
    if output.optional or _reader_has_ended(output.error):
        return code
    sys.stderr.write(f"ppclas: the output cannot be written: {reason}\n  free disk space, or redirect the output "
                     "to another file\n")
    return 2


def write_message(text: str) -> None:
    """Write to standard error from a signal handler, where buffered streams must not be used; ignore errors."""
    with contextlib.suppress(OSError):
        os.write(2, printable(text).encode())


def fill_descriptors() -> None:
    """Open the null device in place of standard streams that the caller closed (`2>&-`).

    Else the next opened file, such as a checkpoint, would get descriptor 2, and messages of C++ code and signal
    handlers would be written into it.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number


def _reader_has_ended(error: Exception) -> bool:
    """Return whether the error is that of a pipe without a reader, which is EINVAL on Windows."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and getattr(error, "errno", 0) == errno.EINVAL)
