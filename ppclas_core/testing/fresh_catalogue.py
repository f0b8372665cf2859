# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Removal of the catalogue of the process, for tests whose plugins no other test may see."""

from __future__ import annotations

import sys

from ppclas_core.plugins.catalogue import catalogue


def forget_catalogue() -> None:
    """Let the next call of `catalogue()` build a new one, as in a new process.

    The modules of one-file plugins are forgotten too: a file of the same name in another folder may be loaded next.
    """
    for file in catalogue().files:
        sys.modules.pop(file.stem, None)
    catalogue.cache_clear()
