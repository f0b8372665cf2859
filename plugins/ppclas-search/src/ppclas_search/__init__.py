# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Grid and Bayesian search over any keys of a config.

Imports inside functions: the command line starts without Optuna, numpy and rich, which take seconds to import; the
process of a trial watches for a stop of its search before it imports Paddle.
"""

from __future__ import annotations

__version__ = "0.1.0"
