# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The trace of a request: the header `traceparent` of W3C Trace Context."""

from __future__ import annotations

import re
from typing import Iterable, Tuple

_HEADER = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def trace_id(headers: Iterable[Tuple[bytes, bytes]]) -> str:
    """Return the trace id of a request, 32 hexadecimal digits; "" without a valid header."""
    given = [value.strip() for name, value in headers if name == b"traceparent"]
    found = _HEADER.fullmatch(given[0]) if len(given) == 1 else None
    if found is None or found[1] == b"ff" or (found[1] == b"00" and found[5]):
        return ""
    return found[2].decode() if int(found[2], 16) and int(found[3], 16) else ""
