# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The exception that becomes an error response."""

from __future__ import annotations

from typing import Mapping, Optional


class RequestError(Exception):
    """Refusal of a request; the client gets it as an error response.

    Args:
        status: HTTP status. 400: invalid request; 401: no valid token; 404: no such model; 413: too large;
            429: too many at once; 503: temporarily unavailable.
        message: what is wrong, for the client.
        retry_after: seconds after which the client may retry; sent as `Retry-After`.
        headers: further headers of the response.
    """

    def __init__(self, status: int, message: str, retry_after: Optional[int] = None, *,
                 headers: Optional[Mapping[str, str]] = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
