# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON output that is valid and readable for any names in it."""

from __future__ import annotations

import json
from typing import Optional

from ppclas_core.system.text import is_safe


def to_json(value: object, indent: Optional[int] = None) -> str:
    r"""Return JSON in which characters that a terminal would obey or cannot show are escaped as `\uXXXX`.

    A byte of a file name that is not UTF-8 becomes `\udcXX`, which `json.loads` and `os.fsencode` convert back.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if text.isascii() and "\x7f" not in text:  # json escapes the other control characters
        return text
    return "".join(character if is_safe(character) else json.dumps(character)[1:-1] for character in text)
