# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The toy checkpoint of the tests of `export`."""

from __future__ import annotations

from tests.export.conftest import checkpoint

__all__ = ["checkpoint"]
