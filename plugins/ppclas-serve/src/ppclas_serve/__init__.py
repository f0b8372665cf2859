# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas serve`: an HTTP inference server for bundles.

Imports inside functions: the command line starts without the server, whose libraries take seconds to import, and the
server imports Paddle only if it draws Grad-CAM maps.
"""

from __future__ import annotations

__version__ = "0.1.0"
