# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `convert`: MODEL PARAMS OUT OPSET, in the working directory."""

from __future__ import annotations

import sys


def main(model_file: str, params_file: str, out: str, opset: str) -> None:
    """Convert, check by onnx, and name the output."""
    del sys.path[0]  # the folder of this file, whose modules have names that others may have too
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
    onnx.save(model, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
