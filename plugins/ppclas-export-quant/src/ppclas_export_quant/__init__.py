# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Post-training quantization to int8 for onnxruntime, OpenVINO and Paddle Inference."""

from __future__ import annotations

__version__ = "0.1.0"
