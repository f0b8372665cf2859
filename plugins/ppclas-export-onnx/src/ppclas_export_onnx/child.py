# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `convert`; arguments: MODEL PARAMS OUT OPSET METADATA, in the working directory."""

from __future__ import annotations

import json
import sys


def main(model_file: str, params_file: str, out: str, opset: str, metadata: str) -> None:
    """Convert a model, check it by onnx, and name output and batch dimension; METADATA is a JSON file of strings."""
    del sys.path[0]  # the folder of this file: its module names may shadow others
    import onnx
    import paddle2onnx

    paddle2onnx.export(model_file, params_file, out, opset_version=int(opset), enable_onnx_checker=True,
                       optimize_tool="None")
    model = onnx.load(out)
    old = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["logits" if name == old else name for name in node.output]
        node.input[:] = ["logits" if name == old else name for name in node.input]
    model.graph.output[0].name = "logits"
    for port in (model.graph.input[0], model.graph.output[0]):  # the converter numbers dynamic dimensions
        port.type.tensor_type.shape.dim[0].dim_param = "batch"
    with open(metadata, encoding="utf-8") as file:
        onnx.helper.set_model_props(model, json.load(file))
    onnx.save(model, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
