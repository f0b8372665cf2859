# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Grid and Bayesian search over any keys of a config."""

from __future__ import annotations

__version__ = "0.1.0"
