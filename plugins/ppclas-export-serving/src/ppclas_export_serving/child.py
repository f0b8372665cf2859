# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Child program of `ChildRuntime` with the local predictor of Paddle Serving, run in its own environment."""

from __future__ import annotations

import os
import tempfile
from typing import Any

# only this implementation of protobuf reads the old generated messages that Serving ships
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"


class Local:
    """The local predictor, with feed `image` and fetch `prediction`."""

    def __init__(self, folder: str, threads: int, gpu: int) -> None:
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as place:  # its import creates a folder of logs in the working directory
            os.chdir(place)
            from paddle_serving_app.local_predict import LocalPredictor

            os.chdir(before)
        self._predictor = LocalPredictor()
        self._predictor.load_model_config(folder, use_gpu=gpu >= 0, gpu_id=max(gpu, 0), thread_num=threads)
        self.input_names, self.output_names = self._predictor.feed_names_, self._predictor.fetch_names_

    def __call__(self, batch: Any) -> Any:
        """Return the probabilities (N, num_classes) of a batch (N, 3, H, W)."""
        return self._predictor.predict(feed={"image": batch}, fetch=["prediction"], batch=True)["prediction"]


def load(folder: str, threads: str, gpu: str) -> Local:
    """Load the predictor of a folder with `serving_server_conf.prototxt`."""
    return Local(folder, int(threads), int(gpu))
