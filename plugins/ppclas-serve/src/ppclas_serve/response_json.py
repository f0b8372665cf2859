# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Serialization of JSON responses; text from clients and file names can always be serialized."""

from __future__ import annotations

import json

from starlette.responses import JSONResponse

from ppclas_serve.request_error import RequestError


def json_bytes(value: object) -> bytes:
    """Serialize a value as JSON in UTF-8; a lone surrogate becomes its JSON escape.

    Raises:
        ValueError: NaN or infinity.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


class Json(JSONResponse):
    """JSON response, serialized by `json_bytes`."""

    def render(self, content: object) -> bytes:
        """Return the body."""
        return json_bytes(content)


def error_response(error: RequestError) -> Json:
    """Return the response of a refused request."""
    return Json({"error": error.message}, error.status, headers=error.headers)
