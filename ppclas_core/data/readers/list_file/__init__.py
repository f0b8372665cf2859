# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""List files: lines of `path label` or `path 1,4`.

`reader` reads a file. `plain` parses parts with plain lines only, by array operations; `lines` parses the
others line by line and reports errors. `spelling` detects lists written for another system or encoding.
"""

from __future__ import annotations

from ppclas_core.data.readers.list_file.reader import open_list_file, read_list
from ppclas_core.data.readers.list_file.spelling import list_bytes

__all__ = ["list_bytes", "open_list_file", "read_list"]
