# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Logs as JSON lines: `time` (UTC), `level`, `event`, and the fields of the event."""

from __future__ import annotations

import datetime
import json
import logging
import sys
from typing import Dict, Mapping

from ppclas_core.errors import UserError

NAME = "ppclas_serve"


def log_event(event: str, fields: Mapping[str, object], level: int = logging.INFO) -> None:
    """Log one event."""
    logging.getLogger(NAME).log(level, event, extra={"fields": fields})


def set_up(file: str) -> logging.Handler:
    """Write the log of the server and the errors of uvicorn to a file, or to standard error if `file` is "".

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
    for name, level in ((NAME, logging.INFO), ("uvicorn.error", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level)
    return handler


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
