# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The one exception that becomes an answer of the server."""

from __future__ import annotations

from typing import Optional


class Refused(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP status. 400: the request is wrong; 404: no such model; 408: it came too slowly; 413: too large;
            429: too many at once; 503: not now.
        message: what is wrong, for the sender.
        retry_after: seconds after which the sender may try again; sent as `Retry-After`.
    """

    def __init__(self, status: int, message: str, retry_after: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after
