# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Logging: where the lines of the `ppclas_core` loggers, and of those of the plugins, are shown and kept.

A module that has something to report does it by its own logger:

    _log = logging.getLogger(__name__)
    _log.info("TRAIN: %d images", len(reader))              # a line of the log: what happens
    _log.warning("cache: %s cannot be written", folder)     # what the user should notice, or may have to change

It takes no function to print with, and calls `print` only below `cli/`, for the result of a command. The text is what
the user reads: no level and no logger name stand before it. Names from outside need no escape here, all handlers write
`printable(text)`.

Who shows the lines:
- the command line attaches a console handler (`console_logging`): info and above go to standard error; the further
  processes of a launch show warnings only, so that each line appears once. So `_log.info` needs no test of the rank.
- a training attaches a file handler (`LogFile`, by `runs.log.RunLog`) when it starts. What is logged before the run
  folder exists is kept and written once it does.
- elsewhere, in a notebook or a program that imports ppclas, Python's defaults hold: warnings are shown on standard
  error and info is not; a program that wants more sets up `logging` as for any library.

Handlers and the level INFO are set on the top-level loggers only (`ppclas_core`, `ppclas_search`, ...), never on the
root, so loggers of other libraries stay as they are. While a handler of ours is attached, no record goes to the root:
Paddle puts a handler there in the processes of a launch, and each line would appear twice.

In tests: `capsys` for what a command or a training shows, `caplog` (with `caplog.set_level("INFO")`) for functions that
are called without a command line.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, TextIO, Tuple

from ppclas_core.system import console
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.system.text import printable

_log = logging.getLogger(__name__)
_packages: Dict[str, None] = {"ppclas_core": None}
"""Top-level packages whose loggers are ours, in the order in which they came."""
_handlers: List[logging.Handler] = []
_before: Dict[str, Tuple[int, bool]] = {}
"""Level and `propagate` of the loggers of these packages, as they were before the first handler was attached."""


def add_package(module: str) -> None:
    """Treat the loggers of a plugin as those of core.

    Args:
        module: a module of the plugin; all loggers of its top-level package are shown.
    """
    package = module.partition(".")[0]
    if package not in _packages:
        _packages[package] = None
        if _handlers:
            _prepare(package)
        for handler in _handlers:
            logging.getLogger(package).addHandler(handler)


def attach(handler: logging.Handler) -> None:
    """Send all lines of core and of the plugins, from INFO on, to a handler as well."""
    _handlers.append(handler)
    for package in _packages:
        _prepare(package)
        logging.getLogger(package).addHandler(handler)


def detach(handler: logging.Handler) -> None:
    """Undo `attach`; with the last handler the loggers become what they were."""
    if handler in _handlers:
        _handlers.remove(handler)
    for package in _packages:
        logging.getLogger(package).removeHandler(handler)
    if not _handlers:
        for package, (level, propagate) in _before.items():
            logging.getLogger(package).setLevel(level)
            logging.getLogger(package).propagate = propagate
        _before.clear()


def _prepare(package: str) -> None:
    """Let INFO through, unless the program has set a level, and nothing to the root."""
    logger = logging.getLogger(package)
    if package not in _before:
        _before[package] = (logger.level, logger.propagate)
        logger.propagate = False
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)


class Console(logging.Handler):
    """Writes the text of each record to standard error, whatever stream that is at the moment.

    Attributes:
        bar: a live progress bar of rich; while there is one, lines scroll above it.
    """

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self.bar: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            line = printable(self.format(record))
            if self.bar is not None:
                self.bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
            elif sys.stderr is not None:
                sys.stderr.write(f"{line}\n")
                sys.stderr.flush()
        except Exception:  # as handlers of the standard library: a line that fails must not end the program
            self.handleError(record)


@contextlib.contextmanager
def console_logging(level: Optional[int] = None) -> Iterator[Console]:
    """Show the lines on standard error during the block; nested, the outer handler stays the only one.

    Args:
        level: the lowest level that is shown; by default INFO, in the further processes of a launch WARNING.

    Yields:
        The handler.
    """
    found = next((handler for handler in _handlers if isinstance(handler, Console)), None)
    if found is not None:
        yield found
        return
    if level is None:
        level = logging.INFO if rank_from_environment().number == 0 else logging.WARNING
    handler = Console(level)
    attach(handler)
    try:
        yield handler
    finally:
        detach(handler)


class LogFile(logging.Handler):
    """Writes the text of each record, with its time, to a file; keeps the records until `open` names the file.

    A file that cannot be written is reported once and given up. The loss of the console is recorded, once.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._kept: Optional[List[str]] = []
        self._file: Optional[TextIO] = None
        self._console_lost = False

    def open(self, path: Path) -> None:
        """Append to `path`, beginning with the lines that were kept; create the folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a", encoding="utf-8")  # noqa: SIM115
        with self._locked():
            kept, self._kept, self._file = self._kept or [], None, file
            for line in kept:
                self._write(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Write or keep one record."""
        try:
            self._write(_timed(record.created, self.format(record)))
            lost = console.loss(sys.stderr)
            if lost is not None and not self._console_lost:
                self._console_lost = True
                self._write(_timed(time.time(), f"the console can no longer be written ({lost}); training "
                                                "continues and logs here"))
        except Exception:  # as handlers of the standard library: a line that fails must not end the program
            self.handleError(record)

    def close(self) -> None:
        """Close the file; what is still kept is dropped."""
        with self._locked():
            if self._file is not None:
                with contextlib.suppress(OSError):
                    self._file.close()
            self._file = self._kept = None
        super().close()

    def _write(self, line: str) -> None:
        if self._kept is not None:
            self._kept.append(line)
        elif self._file is not None:
            try:
                self._file.write(line)
                self._file.flush()
            except OSError as error:
                name, self._file = Path(self._file.name).name, None
                _log.warning("%s can no longer be written: %s", name, error.strerror or error)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()


def _timed(seconds: float, text: str) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(seconds))} {printable(text)}\n"
