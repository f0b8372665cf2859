# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The failure of an export that is nobody's typing mistake: the artefact does not do what the model does."""

from __future__ import annotations

from ppclas_core.errors import UserError


class ExportFailed(UserError):
    """The artefact was made, or should have been, and is not to be trusted; the command line exits with 1."""

    exit_code = 1
