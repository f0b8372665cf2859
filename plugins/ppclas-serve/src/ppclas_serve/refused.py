# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The exception that becomes an error response."""

from __future__ import annotations

from typing import Optional


class Refused(Exception):
    """A request that gets an error response.

    Args:
        status: HTTP status. 400: invalid request; 404: no such model; 408: timeout of the read; 413: too large;
            429: too many at once; 503: temporarily unavailable.
        message: what is wrong, for the client.
        retry_after: seconds after which the client may retry; sent as `Retry-After`.
    """

    def __init__(self, status: int, message: str, retry_after: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after
