# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON that is sent: whatever text a stranger or a file name brings in, it can be encoded."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON in UTF-8; half of a surrogate pair becomes its escape, as JSON can say it.

    Raises:
        ValueError: NaN or infinity.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


class Json(JSONResponse):
    """A response of `json_bytes`."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return json_bytes(content)
