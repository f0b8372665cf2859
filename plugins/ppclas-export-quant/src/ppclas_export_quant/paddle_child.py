# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `paddle_format`: it quantizes a program, with the environment FLAGS_enable_pir_api=0.

Arguments: FOLDER ALGORITHM OUT STEM KEPT...; see `main`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

OPERATORS = ["conv2d", "depthwise_conv2d", "mul", "matmul", "matmul_v2"]
"""Operators that are quantized."""
BATCH = 4
"""Images per calibration step."""


def main(folder: str, algorithm: str, out: str, stem: str, *kept: str) -> None:
    """Calibrate with the inputs in `calibration.npy`, and write the quantized model.

    The ranges of the activations are saved in `ranges.json`, which later calls reuse.

    Args:
        folder: folder with `calibration.npy` and the float program.
        algorithm: Paddle's name of the calibration method.
        out: folder of the quantized program.
        stem: stem of its file names.
        kept: names of the weights of layers that stay in float.
    """
    del sys.path[0]  # the folder of this file, whose modules would shadow others
    import numpy as np
    import paddle
    from paddle.static.quantization import PostTrainingQuantization

    inputs = np.load(Path(folder) / "calibration.npy", mmap_mode="r")
    file = Path(folder) / "ranges.json"
    ranges = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    if ranges is not None:
        inputs = inputs[:BATCH]  # Paddle needs a few also with known ranges

    class Images(paddle.io.Dataset):
        def __len__(self) -> int:
            return len(inputs)

        def __getitem__(self, index: int) -> np.ndarray:
            return np.array(inputs[index])

    paddle.enable_static()
    place = paddle.CPUPlace()
    image = paddle.static.data("image", [None, *inputs.shape[1:]], "float32")
    loader = paddle.io.DataLoader(Images(), places=place, feed_list=[image], batch_size=min(BATCH, len(inputs)),
                                  drop_last=True, return_list=False)
    quantization = PostTrainingQuantization(
        executor=paddle.static.Executor(place), model_dir=folder, model_filename="inference.pdmodel",
        params_filename="inference.pdiparams", data_loader=loader, batch_nums=len(loader), algo=algorithm,
        quantizable_op_type=OPERATORS, weight_quantize_type="channel_wise_abs_max", onnx_format=True,
        skip_tensor_list=list(kept) or None, scale_dict=ranges)
    quantization.quantize()
    if ranges is None:
        found = {name: np.asarray(value).tolist() for name, value in vars(quantization)["_scale_dict"].items()}
        file.write_text(json.dumps(found), encoding="utf-8")
    quantization.save_quantized_model(out, model_filename=f"{stem}.pdmodel", params_filename=f"{stem}.pdiparams")


if __name__ == "__main__":
    main(*sys.argv[1:])
