# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Error of an artifact that cannot be made, cannot run or does not reproduce its model."""

from __future__ import annotations

from ppclas_core.errors import UserError


class ExportFailed(UserError):  # noqa: N818 - a public name
    """Raised when an artifact cannot be made, cannot run or does not match its model; the command line exits with 1."""

    exit_code = 1
