# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Quantization of an ONNX model by QuantizeLinear and DequantizeLinear nodes (QDQ)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

from ppclas_export_quant.ranges import operators


def prepare(model: Path, out: Path) -> None:
    """Infer shapes and fold batch norms into convolutions, so that each layer is quantized as it will run."""
    import onnxruntime
    from onnxruntime.quantization.shape_inference import quant_pre_process

    onnxruntime.set_default_logger_severity(3)  # errors only; its inner sessions have no option for the level

    quant_pre_process(str(model), str(out), skip_symbolic_shape=True)


def quantise(model: Path, ranges: Any, keep_float: Sequence[str], out: Path) -> None:
    """Write the quantized model: activations uint8, weights int8 in -64..64 with a scale per channel.

    uint8 activations are 2.8 times faster than int8 ones in onnxruntime on x86, and equal in OpenVINO. Weights in the
    full range would saturate on CPUs without VNNI, which add two products in 16 bits: there the network of the quick
    start lost 0.067 of its top-1, and with half the range it loses nothing.

    Args:
        model: output of `prepare`.
        ranges: ranges of the activations.
        keep_float: names of nodes that stay in float.
        out: file of the quantized model.
    """
    import onnx
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

    per_channel = reduce_range = True
    quantizer = QDQQuantizer(onnx.load(str(model)), per_channel, reduce_range, QuantType.QInt8, QuantType.QUInt8,
                             ranges, [], list(keep_float), operators(), {})
    quantizer.quantize_model()
    quantizer.model.save_model_to_file(str(out), False)
