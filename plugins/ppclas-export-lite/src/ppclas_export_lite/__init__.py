# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export for Paddle-Lite: the format `lite` and its runtime.

Imports inside functions: the options of the format are listed without Paddle, which takes seconds to import, and the
child programs import paddlelite and numpy only after they have removed their own folder from the module path.
"""

from __future__ import annotations

__version__ = "0.1.0"
