# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Quantization error of each layer: its output from quantized inputs and weights against its float output.

Both are computed from the float activations, so errors of earlier layers do not count. A quantized copy of each layer
is added to the float model, whose outputs are then sums of squares only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, NamedTuple

import numpy as np

from ppclas_export_quant.samples import Samples

if TYPE_CHECKING:
    import onnx
    from onnxruntime.quantization.calibrate import TensorsData

COMPUTING = ("Add", "Conv", "Gemm", "GlobalAveragePool", "MatMul", "Mul")
"""Operators whose error is measured; others (ReLU, pooling, concatenation) are fused with their neighbors."""


class LayerError(NamedTuple):
    """Name and operator of a node, and the relative L2 error of its output."""

    name: str
    operator: str
    error: float


def layer_errors(model: Path, ranges: TensorsData, samples: Samples, work: Path) -> List[LayerError]:
    """Measure the errors of all nodes that compute in int8; return them largest first.

    Args:
        model: the prepared float model.
        ranges: ranges of the activations.
        samples: the images that the errors are measured on.
        work: an existing folder for intermediate files.
    """
    import onnx
    import onnxruntime

    compared = onnx.load(str(model))
    names = _add_copies(compared, ranges)
    file = work / "compared.onnx"
    onnx.save(compared, str(file))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    outputs = [f"{kind}:{name}" for name in names for kind in ("error", "square")]
    sums = sum(np.array(session.run(outputs, {"image": batch}), np.float64) for batch in samples.batches())
    parts = np.asarray(sums).reshape(-1, 2)
    rows = [LayerError(name, operator, float(np.sqrt(error / max(square, 1e-30))))
            for (name, operator), (error, square) in zip(names.items(), parts)]
    return sorted(rows, key=lambda row: -row.error)


def _add_copies(model: onnx.ModelProto, ranges: TensorsData) -> Dict[str, str]:
    """Add the quantized copies to the model. Return the operator of each copied node, in the order of the graph."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    weights = {each.name: each for each in graph.initializer}
    added: List[onnx.NodeProto] = []
    names: Dict[str, str] = {}
    rounded: Dict[str, str] = {}

    def activation(name: str) -> str:
        if name not in rounded:
            low, high = (float(np.asarray(each).reshape(-1)[0]) for each in ranges[name].range_value)
            low, high = min(low, 0.0), max(high, 0.0)
            scale = max(high - low, 1e-12) / 255
            graph.initializer.extend([
                numpy_helper.from_array(np.array(scale, np.float32), f"{name}:scale"),
                numpy_helper.from_array(np.array(np.clip(round(-low / scale), 0, 255), np.uint8), f"{name}:zero")])
            pair = [f"{name}:scale", f"{name}:zero"]
            added.append(helper.make_node("QuantizeLinear", [name, *pair], [f"{name}:int"]))
            added.append(helper.make_node("DequantizeLinear", [f"{name}:int", *pair], [f"{name}:rounded"]))
            rounded[name] = f"{name}:rounded"
        return rounded[name]

    def weight(name: str) -> str:
        if name not in rounded:
            values = numpy_helper.to_array(weights[name])
            graph.initializer.append(numpy_helper.from_array(_rounded_weight(values), f"{name}:rounded"))
            rounded[name] = f"{name}:rounded"
        return rounded[name]

    for node in list(graph.node):
        if node.op_type not in COMPUTING or not node.name or node.output[0] not in ranges:
            continue
        inputs = [activation(name) if name in ranges else name for name in node.input]
        if node.op_type in ("Conv", "Gemm", "MatMul") and node.input[1] in weights:
            inputs[1] = weight(node.input[1])
        if inputs == list(node.input):
            continue
        copy = helper.make_node(node.op_type, inputs, [f"{node.output[0]}:quantized"])
        copy.attribute.extend(node.attribute)
        added += [copy, helper.make_node("Sub", [node.output[0], copy.output[0]], [f"{node.name}:difference"]),
                  helper.make_node("ReduceSumSquare", [f"{node.name}:difference"], [f"error:{node.name}"], keepdims=0),
                  helper.make_node("ReduceSumSquare", [node.output[0]], [f"square:{node.name}"], keepdims=0)]
        names[node.name] = node.op_type
    graph.node.extend(added)
    graph.output.extend(helper.make_tensor_value_info(f"{kind}:{name}", TensorProto.FLOAT, [])
                        for name in names for kind in ("error", "square"))
    return names


def _rounded_weight(values: np.ndarray) -> np.ndarray:
    """Round float32 weights to int8 with a scale per output channel, and return them as float32."""
    axis = tuple(range(1, values.ndim)) if values.ndim > 2 else (0,)
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 64  # the same range as in `qdq.quantize`
    rounded: np.ndarray = np.clip(np.round(values / scale), -64, 64) * scale
    return rounded.astype(np.float32)
