# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Parsing of inference requests of the Open Inference Protocol (KServe V2) with the binary tensor extension."""

from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ppclas_serve.body import Body
from ppclas_serve.encoded_image import decode_base64
from ppclas_serve.image_header import image_size
from ppclas_serve.request_error import RequestError
from ppclas_serve.request_json import Numbers, read_json
from ppclas_serve.tensors import elements_from_binary, from_binary, from_json, parameters, parse_shape

BYTES_INPUT = "image_bytes"
OUTPUTS = ("probabilities", "logits")
MAX_OUTPUTS = 16
"""Largest number of outputs in one request; an output may be requested several times in different forms."""


class Contract(NamedTuple):
    """Inputs and outputs of a model.

    Args:
        input_name, datatype, shape: name, datatype and shape of the input tensor, without the batch.
        num_classes: number of classes, the width of the outputs.
        max_batch: largest number of images in one request.
    """

    input_name: str
    datatype: str
    shape: Tuple[int, ...]
    num_classes: int
    max_batch: int


class OutputRequest(NamedTuple):
    """A requested output: its name, binary or JSON, and the number of best classes as text; 0 classes: all numbers."""

    name: str
    binary: bool
    classes: int


class InferRequest(NamedTuple):
    """A parsed request: either `rows` (n, ...) in the dtype of the model or encoded `images`; the other is None."""

    id: str
    rows: Optional[np.ndarray]
    images: Optional[List[bytes]]
    outputs: List[OutputRequest]


def parse(body: Body, header_length: Optional[int], contract: Contract) -> InferRequest:
    """Parse a request.

    Args:
        body: the whole request body.
        header_length: bytes of JSON at the start of the body, from `Inference-Header-Content-Length`; None: all.
        contract: inputs and outputs of the model.

    Raises:
        RequestError: 400, the request is invalid.
    """
    size = len(body) if header_length is None else header_length
    if header_length is not None and not 0 < size <= len(body):
        raise RequestError(400, f"Inference-Header-Content-Length is {header_length}; the body has {len(body)} bytes")
    head = json_object(body if size == len(body) else body[:size])
    given = _one_input(head, contract)
    shape = parse_shape(given.get("shape"), given["name"])
    raw = _raw(given, memoryview(body)[size:])
    if shape[0] > contract.max_batch:
        raise RequestError(400, f"{shape[0]} images; one request may have {contract.max_batch}")
    rows = images = None
    if given["name"] == BYTES_INPUT:
        images = _images(given, shape, raw)
    else:
        rows = _rows(given, shape, raw, contract)
    return InferRequest(_request_id(head), rows, images, _requested_outputs(head, contract))


def _request_id(head: Dict[str, Any]) -> str:
    given = head.get("id")
    if given is not None and not isinstance(given, str):
        raise RequestError(400, f"'id' must be a string, not {quoted(given)}")
    return given or ""


def json_object(text: Body) -> Dict[str, Any]:
    """Parse a JSON object with `read_json`.

    Raises:
        RequestError: 400, the text is not a JSON object.
    """
    if text.startswith(b"--") or image_size(text) is not None:
        raise RequestError(400, "not valid JSON: this is an image or a form; send it to /v2/models/NAME/classify")
    found = read_json(text)
    if not isinstance(found, dict):
        raise RequestError(400, "the JSON must be an object")
    return found


def quoted(value: object) -> str:
    """Return an untrusted value as text for a message: short, and without control characters."""
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)[:40]
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "...")
    return "a list" if isinstance(value, (list, Numbers)) else "an object"


def _one_input(head: Dict[str, Any], contract: Contract) -> Dict[str, Any]:
    inputs = head.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        raise RequestError(400, f"'inputs' must be a list of one tensor: '{contract.input_name}' or '{BYTES_INPUT}'")
    given: Dict[str, Any] = inputs[0]
    wanted = {contract.input_name: contract.datatype, BYTES_INPUT: "BYTES"}
    name = given.get("name")
    if not isinstance(name, str) or name not in wanted:
        raise RequestError(400, f"unknown input {quoted(name)}; the inputs are '{contract.input_name}' and "
                           f"'{BYTES_INPUT}'")
    if given.get("datatype") != wanted[name]:
        raise RequestError(400, f"the datatype of '{name}' must be {wanted[name]}, not {quoted(given.get('datatype'))}")
    return given


def _raw(given: Dict[str, Any], rest: memoryview) -> Optional[memoryview]:
    """Return the raw bytes of the tensor; None if it comes as JSON."""
    settings = parameters(given)
    if "shared_memory_region" in settings:
        raise RequestError(400, "shared memory is not supported; send the data")
    size = settings.get("binary_data_size")
    if size is None:
        if len(rest):
            raise RequestError(400, f"{len(rest)} bytes follow the JSON, but no input has 'binary_data_size'")
        if "data" not in given:
            raise RequestError(400, f"the input '{given['name']}' has neither 'data' nor 'binary_data_size'")
        return None
    if isinstance(size, bool) or not isinstance(size, int) or size != len(rest):
        raise RequestError(400, f"binary_data_size is {quoted(size)}; {len(rest)} bytes follow the JSON")
    return rest


def _images(given: Dict[str, Any], shape: Tuple[int, ...], raw: Optional[memoryview]) -> List[bytes]:
    if shape[1:] not in ((), (1,)):
        raise RequestError(400, f"the shape of '{BYTES_INPUT}' must be [number of images], not {list(shape)}")
    if raw is not None:
        return elements_from_binary(raw, shape[0])
    data = given["data"]
    data = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in data] \
        if isinstance(data, list) else []
    if len(data) != shape[0]:
        raise RequestError(400, f"'{BYTES_INPUT}' of shape {list(shape)} needs {shape[0]} elements of 'data'")
    return [decode_base64(item) for item in data]


def _rows(given: Dict[str, Any], shape: Tuple[int, ...], raw: Optional[memoryview], contract: Contract) -> np.ndarray:
    if shape[1:] != contract.shape:
        raise RequestError(400, f"the shape of '{contract.input_name}' must be [n, "
                           f"{', '.join(map(str, contract.shape))}], not "
                           f"{list(shape)}")
    if raw is not None:
        return from_binary(raw, contract.datatype, shape)
    return from_json(given["data"], contract.datatype, shape)


def _requested_outputs(head: Dict[str, Any], contract: Contract) -> List[OutputRequest]:
    binary = bool(parameters(head).get("binary_data_output", False))
    outputs = head.get("outputs")
    if outputs is None or outputs == []:  # all outputs, as in Triton
        return [OutputRequest(name, binary, 0) for name in OUTPUTS]
    if isinstance(outputs, list) and len(outputs) > MAX_OUTPUTS:
        raise RequestError(400, f"{len(outputs)} outputs; one request may ask for {MAX_OUTPUTS}")
    if not isinstance(outputs, list):
        raise RequestError(400, "'outputs' must be a list, or missing")
    found: List[OutputRequest] = []
    for item in outputs:
        name = item.get("name") if isinstance(item, dict) else item
        if not isinstance(item, dict) or name not in OUTPUTS:
            raise RequestError(400, f"unknown output {quoted(name)}; the outputs are {' and '.join(OUTPUTS)}")
        settings = parameters(item)
        classes = settings.get("classification", 0)
        if isinstance(classes, bool) or not isinstance(classes, int) or classes < 0:
            raise RequestError(400, "'classification' must be a number of classes")
        found.append(OutputRequest(name, bool(settings.get("binary_data", binary)), min(classes, contract.num_classes)))
    return found
