# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Knowledge distillation for ppclas: losses, teachers, and the selection of unlabeled images.

Imports inside functions: configs are checked and the command line starts without Paddle, OpenCV and numpy, which take
seconds to import.
"""

from __future__ import annotations

__version__ = "0.1.0"
