# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The pipeline server of Paddle Serving on an exported folder: MODEL_FOLDER SIDE HTTP_PORT RPC_PORT, run by its Python.

Its preprocessing is what a user of that server writes: decode, resize to a square, normalise.
"""

from __future__ import annotations

import base64
import os
import sys

os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

import cv2
import numpy as np
from paddle_serving_server.pipeline import Op
from paddle_serving_server.web_service import WebService

FOLDER, SIDE, HTTP, RPC = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


class Classify(Op):
    """image -> prediction."""

    def preprocess(self, input_dicts, data_id, log_id):
        """Encoded file in base64 -> the input of the model."""
        (_, fields), = input_dicts.items()
        encoded = np.frombuffer(base64.b64decode(fields["image"]), np.uint8)
        image = cv2.resize(cv2.imdecode(encoded, cv2.IMREAD_COLOR), (SIDE, SIDE))[:, :, ::-1].astype(np.float32)
        mean, std = (np.array(row, np.float32) for row in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
        batch = ((image / 255 - mean) / std).transpose(2, 0, 1)[None]
        return {"image": np.ascontiguousarray(batch)}, False, None, ""

    def postprocess(self, input_dicts, fetch_dict, data_id, log_id):
        """Probabilities -> first class and all scores, as texts."""
        row = fetch_dict["prediction"][0]
        return {"label": str(int(row.argmax())), "scores": " ".join(repr(float(value)) for value in row)}, None, ""


class Image(WebService):
    """One op."""

    def get_pipeline_response(self, read_op):
        """The graph."""
        return Classify(name="classify", input_ops=[read_op])


if __name__ == "__main__":
    service = Image(name="image")
    local = {"client_type": "local_predictor", "model_config": FOLDER, "devices": "", "fetch_list": ["prediction"]}
    service.prepare_pipeline_config(yml_dict={
        "http_port": HTTP, "rpc_port": RPC, "worker_num": 1, "build_dag_each_worker": False,
        "dag": {"is_thread_op": True}, "op": {"classify": {"concurrency": 1, "local_service_conf": local}}})
    service.run_service()
