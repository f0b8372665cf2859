# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Quantization to int8 for onnxruntime, OpenVINO and Paddle Inference: after training, or during training.

Imports inside functions: an int8 bundle is loaded without onnx and the quantization package of onnxruntime, which take
seconds to import and which only an export needs; the child process must change `sys.path` first.
"""

from __future__ import annotations

__version__ = "0.1.0"
