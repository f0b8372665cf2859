# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The toy plugin and the small configs of the tests of `config`."""

from __future__ import annotations

from tests.config.conftest import error_of, folder, minimal, toys, write

__all__ = ["error_of", "folder", "minimal", "toys", "write"]
