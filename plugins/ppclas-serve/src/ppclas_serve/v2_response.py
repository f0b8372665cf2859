# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Responses of the Open Inference Protocol: inference, metadata and configuration."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ppclas_serve.response_json import json_bytes
from ppclas_serve.tensors import to_binary, to_json
from ppclas_serve.v2_request import BYTES_INPUT, OUTPUTS, Contract, InferRequest

HEADER_LENGTH = "Inference-Header-Content-Length"


class Identity(NamedTuple):
    """Name, version and class names of a model."""

    name: str
    version: str
    labels: List[str]


def encode_response(request: InferRequest, logits: np.ndarray, probabilities: np.ndarray,
                    model: Identity) -> Tuple[bytes, Dict[str, str]]:
    """Return body and headers of an inference response.

    Args:
        request: the parsed request, which selects outputs and formats.
        logits: (n, num_classes) float32, finite.
        probabilities: (n, num_classes) float32, finite.
        model: the model of the response.
    """
    tables = {"logits": logits, "probabilities": probabilities}
    outputs: List[Dict[str, Any]] = []
    tail: List[bytes] = []
    for requested in request.outputs:
        array = tables[requested.name]
        if requested.classes:
            array = _classes(array, requested.classes, model.labels)
        output: Dict[str, Any] = {"name": requested.name, "datatype": "", "shape": list(array.shape)}
        if requested.binary:
            output["datatype"], raw = to_binary(array)
            output["parameters"] = {"binary_data_size": len(raw)}
            tail.append(raw)
        else:
            output["datatype"], output["data"] = to_json(array)
        outputs.append(output)
    head = {"model_name": model.name, "model_version": model.version, "outputs": outputs}
    if request.id:
        head["id"] = request.id
    text = json_bytes(head)
    if not tail:
        return text, {"Content-Type": "application/json"}
    return b"".join([text, *tail]), {"Content-Type": "application/octet-stream", HEADER_LENGTH: str(len(text))}


def _classes(table: np.ndarray, count: int, labels: Sequence[str]) -> np.ndarray:
    """Return the output of the classification extension: (n, count) `value:index:label` in UTF-8, best first."""
    order = np.argsort(-table, axis=1, kind="stable")[:, :count]
    found = np.empty(order.shape, object)
    for position, index in np.ndenumerate(order):
        label = f":{labels[int(index)]}" if index < len(labels) else ""
        found[position] = f"{table[position[0], index]:f}:{index}{label}".encode("utf-8", "backslashreplace")
    return found


def metadata(name: str, version: str, contract: Contract) -> Dict[str, Any]:
    """Return the metadata of a model; a request has one of the two inputs."""
    return {
        "name": name, "versions": [version], "platform": "ppclas",
        "inputs": [{"name": contract.input_name, "datatype": contract.datatype, "shape": [-1, *contract.shape]},
                   {"name": BYTES_INPUT, "datatype": "BYTES", "shape": [-1]}],
        "outputs": [{"name": output, "datatype": "FP32", "shape": [-1, contract.num_classes]} for output in OUTPUTS],
    }


def configuration(name: str, contract: Contract, max_delay: float, instances: int) -> Dict[str, Any]:
    """Return the configuration of a model in the format of Triton; dims exclude the batch."""
    outputs = [{"name": output, "data_type": "TYPE_FP32", "dims": [contract.num_classes]} for output in OUTPUTS]
    inputs = [{"name": contract.input_name, "data_type": f"TYPE_{contract.datatype}", "dims": list(contract.shape),
               "optional": True},
              {"name": BYTES_INPUT, "data_type": "TYPE_STRING", "dims": [1], "optional": True}]
    return {"name": name, "platform": "ppclas", "max_batch_size": contract.max_batch, "input": inputs,
            "output": outputs, "instance_group": [{"name": name, "kind": "KIND_AUTO", "count": instances}],
            "dynamic_batching": {"max_queue_delay_microseconds": round(1e6 * max_delay)}}
