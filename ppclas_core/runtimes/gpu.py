# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Paddle Inference on an NVIDIA GPU, with or without TensorRT."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ppclas_core.errors import UserError
from ppclas_core.runtimes.conversion_cache import converted_file

if TYPE_CHECKING:
    import paddle

WORKSPACE = 1 << 30
"""Bytes of TensorRT's workspace."""
LARGEST_BATCH = 8
"""Largest batch of the TensorRT engine; a larger batch rebuilds it."""


def use_gpu(config: paddle.inference.Config, device: str, megabytes: int) -> None:
    """Set a config of Paddle Inference to a GPU, with an initial memory pool of `megabytes`.

    Raises:
        UserError: Paddle does not find the GPU.
    """
    if not _has_gpu(device):
        raise UserError(f"device is {device}, but Paddle sees no GPU", do="'ppclas doctor' shows what is installed")
    config.enable_use_gpu(megabytes, _gpu_index(device))


def check_tensorrt(device: str) -> None:
    """Raise a UserError if TensorRT cannot run: no GPU, a Paddle without TensorRT, or missing libraries."""
    from paddle import inference

    if not device.startswith("gpu"):
        raise UserError(f"TensorRT needs an NVIDIA GPU; the device is {device}", do="leave TensorRT out, or use a GPU")
    if not _has_gpu(device):
        raise UserError(f"TensorRT needs an NVIDIA GPU, and Paddle sees no {device}",
                        do="'ppclas doctor' shows what is installed; 'ppclas benchmark' compares CPU runtimes")
    if not any(inference.get_trt_compile_version()):
        raise UserError("this Paddle was built without TensorRT",
                        do="use a wheel or a container image of Paddle with TensorRT")
    if not any(inference.get_trt_runtime_version()):
        built = ".".join(map(str, inference.get_trt_compile_version()))
        raise UserError("the TensorRT libraries are not found",
                        do=f"install tensorrt {built} with pip, and add its folder to LD_LIBRARY_PATH")


def use_tensorrt(config: paddle.inference.Config, model_file: Path, params_file: Path, device: str, *,
                 half: bool) -> None:
    """Enable TensorRT for the supported subgraphs; the shape ranges of all tensors are measured once and cached."""
    import paddle
    from paddle import inference

    precision = inference.PrecisionType
    config.enable_tensorrt_engine(workspace_size=WORKSPACE, max_batch_size=LARGEST_BATCH, min_subgraph_size=3,
                                  precision_mode=precision.Half if half else precision.Float32, use_static=False,
                                  use_calib_mode=False)
    shapes = converted_file([model_file, params_file], f"shapes-{LARGEST_BATCH}.pbtxt", {"paddle": paddle.__version__},
                            lambda out: _find_shapes(model_file, params_file, device, out))
    config.enable_tuned_tensorrt_dynamic_shape(str(shapes), True)


def _find_shapes(model_file: Path, params_file: Path, device: str, out: Path) -> None:
    """Run batches of 1 and of `LARGEST_BATCH` images and write the range of all tensor shapes."""
    import numpy as np
    from paddle import inference

    config = inference.Config(str(model_file), str(params_file))
    config.disable_glog_info()
    use_gpu(config, device, 100)
    config.collect_shape_range_info(str(out))
    predictor = inference.create_predictor(config)
    (name, shape), = predictor.get_input_tensor_shape().items()
    for batch in (1, LARGEST_BATCH):
        predictor.get_input_handle(name).copy_from_cpu(np.zeros([batch, *shape[1:]], np.float32))
        predictor.run()
    del predictor  # its destructor writes the file


def _gpu_index(device: str) -> int:
    return int(device.partition(":")[2] or 0)


def _has_gpu(device: str) -> bool:
    import paddle

    return bool(paddle.device.is_compiled_with_cuda() and paddle.device.cuda.device_count() > _gpu_index(device))
