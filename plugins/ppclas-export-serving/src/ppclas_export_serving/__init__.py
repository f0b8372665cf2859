# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export for inference servers: Paddle Serving, Triton and KServe.

Imports inside functions: the options of the formats are listed without Paddle, which takes seconds to import, and the
child program imports Paddle Serving in a temporary working directory.
"""

from __future__ import annotations

__version__ = "0.1.0"
