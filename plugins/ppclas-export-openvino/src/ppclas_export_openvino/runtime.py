# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime for OpenVINO IR, ONNX models and Paddle ProgramDescs: OpenVINO."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Literal, Optional

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import usable_cores

if TYPE_CHECKING:
    import openvino

HINTS = {"fp32": "f32", "bf16": "bf16"}


class OpenVinoRuntime:
    """A compiled model with one input and one output, tuned for latency; not thread-safe.

    Args:
        file: `.xml`, `.onnx` or `.pdmodel`, with the weights beside it.
        precision: precision of the computation. `bf16` is faster on CPUs with instructions for it. Quantized layers run
            in int8 in both cases.
        threads: CPU threads; None: all cores that this process may use.
        device: `cpu`, `gpu` or `gpu:N` (Intel GPUs).
        log_of_output: return the logarithm of the output, for models that output probabilities.

    Raises:
        UserError: the file is missing or damaged, or OpenVINO has no such device.
    """

    def __init__(self, file: Path, *, precision: Literal["fp32", "bf16"] = "fp32", threads: Optional[int] = None,
                 device: str = "cpu", log_of_output: bool = False) -> None:
        if not file.is_file():
            raise UserError("no such file", where=str(file), do="copy the whole bundle")
        core = open_core()
        name = device.upper().replace(":", ".")
        if name.partition(".")[0] not in {each.partition(".")[0] for each in core.available_devices}:
            raise UserError(f"device is {device}, but OpenVINO finds only {', '.join(core.available_devices)}")
        settings: Dict[str, object] = {"INFERENCE_PRECISION_HINT": HINTS[precision], "PERFORMANCE_HINT": "LATENCY"}
        if name == "CPU":
            settings["INFERENCE_NUM_THREADS"] = threads or usable_cores()
        try:
            compiled = core.compile_model(str(file), name, settings)
        except RuntimeError as error:
            raise UserError(f"OpenVINO cannot load this model: {str(error).strip().splitlines()[-1]}",
                            where=str(file), do="export it again") from error
        self._request = compiled.create_infer_request()
        self.input_names = [sorted(port.get_names())[0] for port in compiled.inputs]
        self.output_names = [(sorted(port.get_names()) or ["output"])[0] for port in compiled.outputs]
        self._log = log_of_output

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return the output (N, num_classes) float32 of a batch (N, ...) in the dtype of the model's input."""
        self._request.infer([np.ascontiguousarray(batch)], share_inputs=True)
        output = np.array(self._request.get_output_tensor(0).data)  # a copy: the next call overwrites the tensor
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log else output


def open_core() -> openvino.Core:
    """Return an `openvino.Core` with loaded device plugins.

    The CPU plugin sets an alternate signal stack in the thread that loads it. When a second core is closed after the
    first, that stack points to freed memory, and the next Ctrl-C causes a segmentation fault. Therefore a short-lived
    thread loads the plugin.
    """
    import openvino

    def load() -> openvino.Core:
        core = openvino.Core()
        core.available_devices  # noqa: B018 - this loads the plugins
        return core

    with ThreadPoolExecutor(1, thread_name_prefix="openvino") as short_lived:
        return short_lived.submit(load).result()
