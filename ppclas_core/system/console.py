# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The console: standard output and standard error, whose loss never ends what a program does.

A reader can go away (`| head`), a terminal can be closed, the disk behind `> log` can be full. While the streams are
guarded, a write that fails is the last one: the stream is silent from then on, and so is everything that shares its
file descriptor (C++ code, child processes, Python's own flush at exit). A command whose result is its output reports
the loss at its end by `settle`; a command whose result is files calls `output_is_optional`.

No text from outside steers the terminal: what it would obey is written as a visible escape. A program's own control
characters, such as those of a progress line, go to `unescaped(stream)`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Any, Iterator, Optional, TextIO, cast

from ppclas_core.system.text import printable


class GuardedStream:
    """A text stream that goes silent at the first write that fails; everything else is that of the stream it guards.

    Attributes:
        error: why it is silent, None while it is written.
        optional: the result of the program is elsewhere, so a loss is no failure.
    """

    def __init__(self, stream: TextIO, *, optional: bool) -> None:
        self.stream, self.optional = stream, optional
        self.error: Optional[Exception] = None

    @property
    def rich_proxied_file(self) -> Unescaped:
        """What rich writes to: the stream, guarded, for text with escape sequences."""
        return Unescaped(self)

    def write(self, text: str) -> int:
        """Write `printable(text)`, or nothing once the stream is silent; return the number of its characters."""
        self.write_unescaped(printable(text))
        return len(text)

    def write_unescaped(self, text: str) -> int:
        """Write text with the program's own control characters, or nothing once the stream is silent."""
        if self.error is None:
            with self._silent_at_an_error():
                self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered."""
        if self.error is None:
            with self._silent_at_an_error():
                self.stream.flush()

    def writelines(self, lines: Any) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @contextlib.contextmanager
    def _silent_at_an_error(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            if not isinstance(error, OSError) and not self.stream.closed:
                raise  # an error of the text and none of the console
            self.error = error
            self._discard_the_rest()

    def _discard_the_rest(self) -> None:
        """Point the file descriptor to the null device: what is buffered still has to be flushed at exit."""
        with contextlib.suppress(OSError, ValueError):  # in a notebook or a test a stream has no descriptor
            descriptor = self.stream.fileno()
            if descriptor in (1, 2):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, descriptor)
                os.close(null)


class Unescaped:
    """A guarded stream for a program's own control characters: names from outside must be made printable before."""

    def __init__(self, guarded: GuardedStream) -> None:
        self._guarded = guarded

    def write(self, text: str) -> int:
        """Write text as it is."""
        return self._guarded.write_unescaped(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._guarded, name)


def unescaped(stream: Any) -> Any:
    """Return a stream to which escape sequences can be written; a stream that is not guarded is one."""
    return getattr(stream, "rich_proxied_file", stream)


@contextlib.contextmanager
def guarded_streams(*, optional: bool = False) -> Iterator[None]:
    """Guard `sys.stdout` and `sys.stderr`, for all code that prints by them; nested, the outer guard stays.

    Args:
        optional: see `output_is_optional`.
    """
    before = sys.stdout, sys.stderr
    installed = []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, GuardedStream):
            if stream is None:  # closed at the start; print() would take standard output in place of standard error
                stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
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
    """Declare that the result of this program is files: losing its standard output is no failure."""
    if isinstance(sys.stdout, GuardedStream):
        sys.stdout.optional = True


def loss(stream: Any) -> Optional[str]:
    """Return why a guarded stream is silent ("Broken pipe"), None while it is written."""
    if not isinstance(stream, GuardedStream):  # while a progress bar is shown, rich stands before it
        stream = getattr(stream, "rich_proxied_file", None)
    error = stream.error if isinstance(stream, GuardedStream) else None
    return None if error is None else getattr(error, "strerror", None) or str(error)


def settle(code: int) -> int:
    """Return the exit code of a program that would end with `code`, after a flush of what it printed.

    A reader that went away (`ppclas list models | head`) has what it wanted. An output that could not be written for
    another reason is a failure (2), unless it is optional.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    output = cast(Any, sys.stdout)
    reason = loss(output)
    if code != 0 or reason is None or output.optional or _reader_is_gone(output.error):
        return code
    sys.stderr.write(f"ppclas: the output cannot be written: {reason}\n  free space there, or send it to another "
                     "file\n")
    return 2


def write_message(text: str) -> None:
    """Write to standard error from a signal handler, where buffered output must not be used; never raises."""
    with contextlib.suppress(OSError):
        os.write(2, printable(text).encode())


def fill_descriptors() -> None:
    """Open the null device in place of standard streams that the caller closed (`2>&-`).

    Else the next file to be opened gets the number, and what C++ code or a signal handler writes to standard error
    ends up in a checkpoint.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest number that is free


def _reader_is_gone(error: Exception) -> bool:
    """On Windows, a pipe without a reader is an invalid argument."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and getattr(error, "errno", 0) == errno.EINVAL)
