# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Training curves for VisualDL.

Imports inside functions: visualdl is imported when a training opens its log, and not to check or list the callback.
"""

from __future__ import annotations

__version__ = "0.1.0"
