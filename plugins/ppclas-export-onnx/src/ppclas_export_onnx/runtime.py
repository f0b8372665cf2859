# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime for ONNX models: onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import usable_cores


class OnnxRuntime:
    """A session with one input and one output; thread-safe.

    Args:
        file: ONNX model, float32 or quantized.
        threads: CPU threads; None: all cores that this process may use.
        device: `cpu`, `gpu` or `gpu:N`.
        log_of_output: return the logarithm of the output, for models that output probabilities.

    Raises:
        UserError: the file is missing or damaged, or onnxruntime has no such device.
    """

    def __init__(self, file: Path, *, threads: Optional[int] = None, device: str = "cpu",
                 log_of_output: bool = False) -> None:
        import onnxruntime

        if not file.is_file():
            raise UserError("no such file", where=str(file), do="copy the whole bundle")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.log_severity_level = 3  # errors
        providers: List[object] = ["CPUExecutionProvider"]
        if device.startswith("gpu"):
            if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
                raise UserError(f"device is {device}, but this onnxruntime has no CUDA",
                                do="pip install onnxruntime-gpu")
            providers.insert(0, ("CUDAExecutionProvider", {"device_id": int(device.partition(":")[2] or 0)}))
        try:
            self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)
        except (RuntimeError, ValueError, OSError) as error:  # the exceptions of onnxruntime are RuntimeErrors
            raise UserError(f"onnxruntime cannot load this model: {error}", where=str(file), do="export it again"
                            ) from error
        self.input_names = [each.name for each in self._session.get_inputs()]
        self.output_names = [each.name for each in self._session.get_outputs()]
        self._log = log_of_output

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return the output (N, num_classes) float32 of a batch (N, ...) in the dtype of the model's input."""
        output = np.asarray(self._session.run(None, {self.input_names[0]: np.ascontiguousarray(batch)})[0])
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log else output
