# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run a Paddle inference model by Paddle Inference: of Paddle 3 (`.json`) or a ProgramDesc (`.pdmodel`)."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Iterator, List, Literal, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.runtimes.gpu import check_tensorrt, use_gpu, use_tensorrt
from ppclas_core.system.cores import restore_math_threads, usable_cores


class Tuning(NamedTuple):
    """How Paddle Inference is set up, beyond the device.

    Args:
        optimise: fuse operators and drop what an inference does not need.
        gpu_memory: MB that are taken of a GPU at once; more are taken as they are needed.
        tensorrt: compile what TensorRT can take, on a GPU.
    """

    optimise: bool = True
    gpu_memory: int = 100
    tensorrt: bool = False


USUAL = Tuning()
FAILING_PASSES = ("conv_concat_activation_onednn_fuse_pass",)
"""Paddle 3.3 cannot load a network that joins convolutions with a bias, as SqueezeNet, unless this one is left out."""
INT8 = {"conv2d", "depthwise_conv2d", "fused_conv2d"}
"""Operators that run on int8. The classifier does not: on processors without AVX-512 the int8 inner product of oneDNN
3.6 gives wrong sums (a quarter of the right one, for some classes). Sums, concatenations and pooling between them would
be rounded once more, to the range of one of their inputs: that doubles the error of SqueezeNet and makes it slower."""


class PaddleRuntime:
    """A predictor with one input and one output; not for two threads at once.

    Args:
        model_file, params_file: as Paddle wrote them.
        threads: of the CPU; None: all cores that this process may use.
        device: `cpu`, `gpu`, `gpu:N`.
        log_of_output: give the logarithm of the output, when that is probabilities.
        precision: `bf16` computes in bfloat16 where oneDNN can, `int8` runs a quantised model; both on the CPU only.
            `fp16` is one of TensorRT.
        tuning: see there.

    Raises:
        UserError: the files are missing or damaged, or there is no such device, or none with this precision.
    """

    def __init__(self, model_file: Path, params_file: Path, *, threads: Optional[int] = None, device: str = "cpu",
                 log_of_output: bool = False, precision: Literal["fp32", "bf16", "int8", "fp16"] = "fp32",
                 tuning: Tuning = USUAL) -> None:
        from paddle import inference

        if tuning.tensorrt:
            check_tensorrt(device)
        elif precision == "fp16":
            raise UserError("fp16 is a precision of TensorRT, which is not asked for", do="ask for both, or fp32")
        for file in (model_file, params_file):
            if not file.is_file():
                raise UserError("no such file", where=str(file), do="an inference model is two files: copy both")

        def load(without: Sequence[str]) -> Any:
            config = self._config(model_file, params_file, threads, device, precision, tuning)
            for name in without:
                config.delete_pass(name)
            with _told_on_stderr() if precision != "fp32" else contextlib.nullcontext():
                return inference.create_predictor(config)

        try:
            try:
                self._predictor = load(())
            except (RuntimeError, ValueError):
                self._predictor = load(FAILING_PASSES)
        except (RuntimeError, ValueError, OSError) as error:
            raise UserError(f"Paddle cannot load this inference model: {_short(error)}", where=str(model_file),
                            do="export it again") from error
        finally:
            restore_math_threads()
        self.input_names: List[str] = list(self._predictor.get_input_names())
        self.output_names: List[str] = list(self._predictor.get_output_names())
        self._input = self._predictor.get_input_handle(self.input_names[0])
        self._output = self._predictor.get_output_handle(self.output_names[0])
        self._log = log_of_output

    @staticmethod
    def _config(model_file: Path, params_file: Path, threads: Optional[int], device: str, precision: str,
                tuning: Tuning) -> Any:
        from paddle import inference

        config = inference.Config(str(model_file), str(params_file))
        config.disable_glog_info()
        config.switch_ir_optim(tuning.optimise)
        if device.startswith("gpu"):
            if precision in ("bf16", "int8"):
                raise UserError(f"Paddle runs {precision} by oneDNN, which is on the CPU; the device is {device}")
            use_gpu(config, device, tuning.gpu_memory)
            if tuning.tensorrt:
                use_tensorrt(config, model_file, params_file, device, half=precision == "fp16")
        else:
            config.disable_gpu()
            config.enable_mkldnn()
            config.set_cpu_math_library_num_threads(threads or usable_cores())  # Paddle's own default is 1
            _set_precision(config, precision)
        if model_file.suffix == ".json":  # memory optimisation of this form needs both
            config.enable_new_ir(True)
            config.enable_new_executor(True)
        config.enable_memory_optim()
        return config

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Batch (N, ...) in the dtype of the model's input -> (N, num_classes) float32."""
        self._input.copy_from_cpu(np.ascontiguousarray(batch))
        try:
            self._predictor.run()
        finally:
            restore_math_threads()
        output = np.asarray(self._output.copy_to_cpu())
        return np.log(np.maximum(output, np.finfo(np.float32).tiny)) if self._log else output


@contextlib.contextmanager
def _told_on_stderr() -> Iterator[None]:
    """oneDNN's passes print what they did, past Python, where a command writes its answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _set_precision(config: Any, precision: str) -> None:
    if precision == "bf16":
        config.enable_mkldnn_bfloat16()
    if precision == "int8":
        config.enable_mkldnn_int8(INT8)
        for name in ("conv_elementwise_add_mkldnn_fuse_pass", "conv_elementwise_add_onednn_fuse_pass"):
            config.delete_pass(name)  # fused, the residual sums of int8 networks are eight times less exact


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "Error:" in line]
    return (told or lines or [type(error).__name__])[-1][:300]
