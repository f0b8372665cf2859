# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Child program of `ChildRuntime` with the local predictor of Paddle Serving, run in its own environment."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# only this implementation of protobuf reads the old generated messages that Serving ships
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"


class ServingPredictor:
    """The local predictor, with feed `image` and fetch `prediction`."""

    def __init__(self, folder: str, threads: int, gpu: int) -> None:
        working_directory = os.getcwd()
        with tempfile.TemporaryDirectory() as scratch:  # its import creates a folder of logs in the working directory
            os.chdir(scratch)
            from paddle_serving_app.local_predict import LocalPredictor

            os.chdir(working_directory)
        self._predictor = LocalPredictor()
        self._predictor.load_model_config(folder, use_gpu=gpu >= 0, gpu_id=max(gpu, 0), thread_num=threads)
        self.input_names = self._predictor.feed_names_
        self.output_names = self._predictor.fetch_names_

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return the probabilities (N, num_classes) of a batch (N, 3, H, W) float32."""
        outputs = self._predictor.predict(feed={"image": batch}, fetch=["prediction"], batch=True)
        probabilities: np.ndarray = outputs["prediction"]
        return probabilities


def load(folder: str, threads: str, gpu: str) -> ServingPredictor:
    """Load the predictor of a folder with `serving_server_conf.prototxt`."""
    return ServingPredictor(folder, int(threads), int(gpu))
