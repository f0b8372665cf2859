# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export to ONNX: the format `onnx` and its runtime, onnxruntime.

Imports inside functions: the options of the format are listed without onnxruntime, and the child program imports the
converter only after it has removed its own folder from the module path.
"""

from __future__ import annotations

__version__ = "0.1.0"
