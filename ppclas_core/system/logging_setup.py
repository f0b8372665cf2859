# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Logging: handlers for the loggers of `ppclas_core` and of its plugins.

Each module logs with its own logger:

    _log = logging.getLogger(__name__)
    _log.info("TRAIN: %d images", len(reader))              # a line of the log
    _log.warning("cache: %s cannot be written", folder)     # something that the user may have to change

Only commands below `cli/` call `print`, for their result. The user sees the text of a record without level and logger
name. All handlers write `printable(text)`, so a caller does not escape names from outside.

Handlers:
- The command line attaches a console handler (`console_logging`): INFO and above go to standard error. All processes of
  a launch but the first show warnings only, so each line appears once and `_log.info` needs no check of the rank.
- A training attaches a file handler (`LogFile`, by `runs.log.RunLog`) when it starts. Records from before the run
  folder exists are kept and written later.
- In a notebook or a program that imports ppclas, Python's defaults apply: warnings go to standard error, and INFO is
  hidden.

Handlers and the level INFO are set on the top-level loggers only (`ppclas_core`, `ppclas_search`, ...), never on the
root, so loggers of other libraries do not change. While one of these handlers is attached, no record goes to the root:
Paddle attaches a handler there in the processes of a launch, and each line would appear twice.

Tests use `capsys` for the output of a command or a training, and `caplog` (with `caplog.set_level("INFO")`) for
functions that are called without a command line.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, TextIO, Tuple

from ppclas_core.system import console
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.system.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress

_log = logging.getLogger(__name__)
_packages: Dict[str, None] = {"ppclas_core": None}
"""Top-level packages whose loggers the handlers are attached to, in the order of `add_package`."""
_handlers: List[logging.Handler] = []
_before: Dict[str, Tuple[int, bool]] = {}
"""Package -> level and `propagate` of its logger before the first handler was attached."""


def add_package(module: str) -> None:
    """Attach the handlers of core, present and future, to the loggers of a plugin.

    Args:
        module: a module of the plugin; the handlers get the records of its whole top-level package.
    """
    package = module.partition(".")[0]
    if package not in _packages:
        _packages[package] = None
        if _handlers:
            _prepare(package)
        for handler in _handlers:
            logging.getLogger(package).addHandler(handler)


def attach(handler: logging.Handler) -> None:
    """Attach a handler to the loggers of core and of the plugins, for INFO and above."""
    _handlers.append(handler)
    for package in _packages:
        _prepare(package)
        logging.getLogger(package).addHandler(handler)


def detach(handler: logging.Handler) -> None:
    """Undo `attach`; without the last handler, the loggers get back their former settings."""
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
    """Set the level INFO, unless the program has set another one, and send nothing to the root."""
    logger = logging.getLogger(package)
    if package not in _before:
        _before[package] = (logger.level, logger.propagate)
        logger.propagate = False
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)


class Console(logging.Handler):
    """Handler that writes the text of each record to the current `sys.stderr`.

    Attributes:
        bar: progress bar of rich that is shown now, above which lines are printed; None without one.
    """

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self.bar: Optional[Progress] = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            line = printable(self.format(record))
            if self.bar is not None:
                self.bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
            elif sys.stderr is not None:
                sys.stderr.write(f"{line}\n")
                sys.stderr.flush()
        except Exception:  # as in the standard library: a failed log line must not end the program
            self.handleError(record)


@contextlib.contextmanager
def console_logging(level: Optional[int] = None) -> Iterator[Console]:
    """Show log lines on standard error in this context; an inner context uses the handler of the outer one.

    Args:
        level: lowest level that is shown; default: INFO, and WARNING in all processes of a launch but the first.

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
    """Handler that writes the text of each record, with its time, to a file; it keeps the records until `open`.

    After a failed write it logs one warning and writes nothing more. A failed write to the console is recorded once.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._kept: Optional[List[str]] = []
        self._file: Optional[TextIO] = None
        self._console_lost = False

    def open(self, path: Path) -> None:
        """Append the kept lines, and all later ones, to `path`; create its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a", encoding="utf-8")  # noqa: SIM115  open until `close`
        with self._locked():
            kept, self._kept, self._file = self._kept or [], None, file
            for line in kept:
                self._write(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Write or keep one record."""
        try:
            self._write(_timed(record.created, self.format(record)))
            lost = console.write_error(sys.stderr)
            if lost is not None and not self._console_lost:
                self._console_lost = True
                self._write(_timed(time.time(), f"the console can no longer be written ({lost}); training "
                                                "continues and logs here"))
        except Exception:  # as in the standard library: a failed log line must not end the program
            self.handleError(record)

    def close(self) -> None:
        """Close the file; discard kept lines."""
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
