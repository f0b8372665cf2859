# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CPU training with the convolutions of oneDNN.

Imports inside functions: configs are checked without Paddle, which takes seconds to import; private modules of Paddle
are imported only while a program is built.
"""

from __future__ import annotations

__version__ = "0.1.0"
