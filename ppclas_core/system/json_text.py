# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON output that is valid and readable for any names in it."""

from __future__ import annotations

import json
from typing import Any, Optional

from ppclas_core.system.text import is_safe


def to_json(value: Any, indent: Optional[int] = None) -> str:
    """Return JSON that is readable where it can be: what a terminal would obey or cannot show is `\\u` and four digits.

    A byte of a file name that is not UTF-8 becomes `\\udcXX`, which `json.loads` and `os.fsencode` turn back into it.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if text.isascii() and "\x7f" not in text:  # json escapes the other controls itself
        return text
    return "".join(character if is_safe(character) else json.dumps(character)[1:-1] for character in text)
