# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export to OpenVINO: the format `openvino` and its runtime.

Imports inside functions: the options of the format are listed without OpenVINO, and ppclas-export-onnx is optional.
"""

from __future__ import annotations

__version__ = "0.1.0"
