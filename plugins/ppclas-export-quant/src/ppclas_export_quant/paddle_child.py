# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `paddle_format`; arguments: FOLDER ALGORITHM OUT STEM KEPT..., with FLAGS_enable_pir_api=0."""

from __future__ import annotations

import json
import sys
from pathlib import Path

KINDS = ["conv2d", "depthwise_conv2d", "mul", "matmul", "matmul_v2"]
BATCH = 4


def main(folder: str, algorithm: str, out: str, stem: str, *kept: str) -> None:
    """Calibrate with the inputs in `calibration.npy`, and write the quantized model.

    The ranges are saved in `ranges.json`, which later calls reuse.

    Args:
        kept: names of the weights of layers that stay in float.
    """
    del sys.path[0]  # the folder of this file: its module names may shadow others
    import numpy as np
    import paddle
    from paddle.static.quantization import PostTrainingQuantization

    inputs, file = np.load(Path(folder) / "calibration.npy", mmap_mode="r"), Path(folder) / "ranges.json"
    ranges = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    if ranges is not None:
        inputs = inputs[:BATCH]  # Paddle requires a few

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
    quantisation = PostTrainingQuantization(
        executor=paddle.static.Executor(place), model_dir=folder, model_filename="inference.pdmodel",
        params_filename="inference.pdiparams", data_loader=loader, batch_nums=len(loader), algo=algorithm,
        quantizable_op_type=KINDS, weight_quantize_type="channel_wise_abs_max", onnx_format=True,
        skip_tensor_list=list(kept) or None, scale_dict=ranges)
    quantisation.quantize()
    if ranges is None:
        found = {name: np.asarray(value).tolist() for name, value in quantisation._scale_dict.items()}
        file.write_text(json.dumps(found), encoding="utf-8")
    quantisation.save_quantized_model(out, model_filename=f"{stem}.pdmodel", params_filename=f"{stem}.pdiparams")


if __name__ == "__main__":
    main(*sys.argv[1:])
