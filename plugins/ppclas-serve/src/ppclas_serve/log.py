# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Logs as JSON lines: `time` (UTC), `level`, `event`, and the fields of the event."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import sys
from typing import Dict, Iterator, Mapping

from ppclas_core.errors import UserError

NAME = "ppclas_serve"


def log_event(event: str, fields: Mapping[str, object], level: int = logging.INFO) -> None:
    """Log one event."""
    logging.getLogger(NAME).log(level, event, extra={"fields": fields})


@contextlib.contextmanager
def logging_to(file: str) -> Iterator[None]:
    """Write the log of the server and the errors of uvicorn to a file, or to standard error if `file` is "".

    After an error both loggers are as before; else they keep the file, because a thread may log the end of the process.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        handler: logging.Handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace") if file else \
            logging.StreamHandler(sys.stderr)
    except OSError as error:
        raise UserError(f"the log cannot be written: {error.strerror}", where=file, do="choose another --log-file"
                        ) from error
    handler.setFormatter(_Json())
    loggers = [(logging.getLogger(NAME), logging.INFO), (logging.getLogger("uvicorn.error"), logging.ERROR)]
    before = [(logger.handlers, logger.propagate, logger.level) for logger, _ in loggers]
    for logger, level in loggers:
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)
    try:
        yield
    except BaseException:
        for (logger, _), (handlers, propagate, former) in zip(loggers, before):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(former)
        handler.close()
        raise


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line of JSON."""
        when = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        row: Dict[str, object] = {"time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                               "level": record.levelname.lower(), "event": record.getMessage().strip(),
                               **getattr(record, "fields", {})}
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False, default=str)
