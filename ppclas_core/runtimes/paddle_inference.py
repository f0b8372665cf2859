# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Paddle Inference runtime for models of Paddle 3 (`.json`) and ProgramDescs (`.pdmodel`)."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, List, Literal, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.runtimes.gpu import check_tensorrt, use_gpu, use_tensorrt
from ppclas_core.system.cores import restore_math_threads, usable_cores

if TYPE_CHECKING:
    import paddle


class Tuning(NamedTuple):
    """Settings of Paddle Inference.

    Args:
        optimise: fuse operators and remove those not needed for inference.
        gpu_memory: initial GPU memory pool in MB; it grows as needed.
        tensorrt: compile supported subgraphs with TensorRT; needs a GPU.
    """

    optimise: bool = True
    gpu_memory: int = 100
    tensorrt: bool = False


DEFAULT_TUNING = Tuning()
FAILING_PASSES = ("conv_concat_activation_onednn_fuse_pass",)
"""Passes to disable for networks that concatenate convolutions with bias, such as SqueezeNet (Paddle 3.3 fails)."""
INT8 = {"conv2d", "depthwise_conv2d", "fused_conv2d"}
"""Operators that run in int8.

The classifier is excluded: on CPUs without AVX-512 the int8 inner product of oneDNN 3.6 returns wrong sums (a quarter
of the correct value, for some classes). Sums, concatenations and pooling are excluded: they would be rounded again, to
the range of one of their inputs, which doubles the error of SqueezeNet and is slower.
"""


class PaddleRuntime:
    """Predictor of Paddle Inference with one input and one output; not thread-safe.

    Args:
        model_file: program written by Paddle, `.json` or `.pdmodel`.
        params_file: its parameters, `.pdiparams`.
        threads: number of CPU threads; None: all usable cores.
        device: `cpu`, `gpu`, `gpu:N`.
        log_of_output: return the logarithm of the output, for outputs that are probabilities.
        precision: `bf16` uses bfloat16 where oneDNN supports it, `int8` runs a quantized model; both on the CPU only.
            `fp16` needs TensorRT.
        tuning: see `Tuning`.

    Raises:
        UserError: the files are missing or damaged, there is no such device, or it does not support the precision.
    """

    def __init__(self, model_file: Path, params_file: Path, *, threads: Optional[int] = None, device: str = "cpu",
                 log_of_output: bool = False, precision: Literal["fp32", "bf16", "int8", "fp16"] = "fp32",
                 tuning: Tuning = DEFAULT_TUNING) -> None:
        from paddle import inference

        if tuning.tensorrt:
            check_tensorrt(device)
        elif precision == "fp16":
            raise UserError("precision fp16 needs TensorRT, which is not enabled", do="enable TensorRT, or use fp32")
        for file in (model_file, params_file):
            if not file.is_file():
                raise UserError("no such file", where=str(file), do="an inference model is two files: copy both")

        def load(without: Sequence[str]) -> paddle.inference.Predictor:
            config = self._config(model_file, params_file, threads, device, precision, tuning)
            for name in without:
                config.delete_pass(name)
            with _stdout_to_stderr() if precision != "fp32" else contextlib.nullcontext():
                return inference.create_predictor(config)

        try:
            try:
                self._predictor = load(())
            except (RuntimeError, ValueError):
                self._predictor = load(FAILING_PASSES)
        except (RuntimeError, ValueError, OSError) as error:
            raise UserError(f"Paddle cannot load this inference model: {_error_text(error)}", where=str(model_file),
                            do="export it again") from error
        finally:
            restore_math_threads()
        self.input_names: List[str] = list(self._predictor.get_input_names())
        self.output_names: List[str] = list(self._predictor.get_output_names())
        self._input = self._predictor.get_input_handle(self.input_names[0])
        self._output = self._predictor.get_output_handle(self.output_names[0])
        self._log_of_output = log_of_output

    @staticmethod
    def _config(model_file: Path, params_file: Path, threads: Optional[int], device: str, precision: str,
                tuning: Tuning) -> paddle.inference.Config:
        from paddle import inference

        config = inference.Config(str(model_file), str(params_file))
        config.disable_glog_info()
        config.switch_ir_optim(tuning.optimise)
        if device.startswith("gpu"):
            if precision in ("bf16", "int8"):
                raise UserError(f"Paddle runs {precision} with oneDNN, on the CPU only; the device is {device}")
            use_gpu(config, device, tuning.gpu_memory)
            if tuning.tensorrt:
                use_tensorrt(config, model_file, params_file, device, half=precision == "fp16")
        else:
            config.disable_gpu()
            config.enable_mkldnn()
            config.set_cpu_math_library_num_threads(threads or usable_cores())  # Paddle's default is 1
            _set_precision(config, precision)
        if model_file.suffix == ".json":  # memory optimization of PIR programs needs both
            config.enable_new_ir(True)
            config.enable_new_executor(True)
        config.enable_memory_optim()
        return config

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map a batch (N, ...) in the dtype of the model's input to (N, num_classes) float32."""
        self._input.copy_from_cpu(np.ascontiguousarray(batch))
        try:
            self._predictor.run()
        finally:
            restore_math_threads()
        output = np.asarray(self._output.copy_to_cpu())
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log_of_output else output


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Redirect file descriptor 1 to standard error, as passes of oneDNN print to it between the output of a command."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _set_precision(config: paddle.inference.Config, precision: str) -> None:
    if precision == "bf16":
        config.enable_mkldnn_bfloat16()
    if precision == "int8":
        config.enable_mkldnn_int8(INT8)
        for name in ("conv_elementwise_add_mkldnn_fuse_pass", "conv_elementwise_add_onednn_fuse_pass"):
            config.delete_pass(name)  # fusion makes the residual sums of int8 networks eight times less accurate


def _error_text(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    errors = [line for line in lines if "Error:" in line]
    return (errors or lines or [type(error).__name__])[-1][:300]
