# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI 3.1 document of the routes."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from ppclas_serve import __version__

_JSON = "application/json"
_BINARY = "application/octet-stream"
_FORM = "multipart/form-data"
_TEXT = "application/x-www-form-urlencoded"
_IMAGE = (_BINARY, _FORM, _TEXT)
_ERRORS = {"400": "The request is invalid", "401": "No valid token",
           "403": "Not allowed: needs --control, or comes from another site",
           "404": "No such model or version", "408": "The request arrived too slowly", "413": "Too large",
           "414": "The URL is too long", "415": "Unknown encoding or content type",
           "431": "The head is too large", "429": "Too many images in progress; see Retry-After",
           "503": "Temporarily unavailable; see Retry-After"}

_HEALTH = {
    "/v2/health/live": "Whether the process responds",
    "/v2/health/ready": "Whether all models are loaded and the server is not stopping",
    "/v2": "Name, version and extensions of the server",
    "/v2/models/stats": "Statistics of all loaded models",
    "/metrics": "Counters and gauges for Prometheus",
    "/openapi.json": "This document",
    "/docs": "This document as a web page",
}
_MODEL = {
    "": "Inputs and outputs of the model", "/ready": "Whether the model is loaded",
    "/config": "Batching, in the format of Triton", "/stats": "Statistics of the model",
}


def document(page: bool) -> Dict[str, Any]:
    """Return the document.

    Args:
        page: whether the page and its heat maps are enabled.
    """
    paths: Dict[str, Any] = {path: {"get": _operation(text)} for path, text in _HEALTH.items()}
    for start in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        for end, text in _MODEL.items():
            paths[start + end] = {"get": _operation(text, path=start)}
        paths[f"{start}/infer"] = {"post": _operation(
            "Logits and probabilities of a tensor or of encoded images; JSON, or JSON followed by raw tensors with the "
            "header Inference-Header-Content-Length", path=start, body=(_JSON, _BINARY), schema="InferRequest")}
    model = "/v2/models/{model}"
    paths[f"{model}/classify"] = {"post": _operation(
        "The best classes of one image: the file, a form with it, base64 or a data URI", path=model, body=_IMAGE,
        query={"topk": "number of classes; default 5"})}
    paths["/v2/repository/index"] = {"post": _operation("The models and their states", body=(_JSON,))}
    for action in ("load", "unload"):
        path = f"/v2/repository/models/{{model}}/{action}"
        paths[path] = {"post": _operation(f"{action.capitalize()} a model; needs --control", path=path)}
    paths["/image/prediction"] = {"post": _operation("Legacy protocol (July 2020) of the first model", body=(_JSON,),
                                                     schema="Request2020")}
    if page:
        paths["/"] = {"get": _operation("Web page that classifies a photo")}
        paths[f"{model}/explain"] = {"post": _operation(
            "Heat map of a class, values in 0..1; the image as in classify", path=model, body=_IMAGE,
            query={"class": "index of the class; default: the best class"})}
    return {"openapi": "3.1.0", "info": {"title": "ppclas serve", "version": __version__,
            "description": "Image classification by the Open Inference Protocol (KServe V2)"},
            "paths": paths, "components": {"schemas": _SCHEMAS, "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "needed with --token-file"}}},
            "security": [{}, {"token": []}]}


def _operation(text: str, *, path: str = "", body: Tuple[str, ...] = (), schema: str = "",
               query: Optional[Dict[str, str]] = None) -> Dict[str, Any]:
    found: Dict[str, Any] = {"summary": text, "responses": {"200": {"description": "The response"}}}
    names = [name for name in ("model", "version") if f"{{{name}}}" in path]
    found["parameters"] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                           for name in names]
    found["parameters"] += [{"name": name, "in": "query", "description": what, "schema": {"type": "integer"}}
                            for name, what in (query or {}).items()]
    if path or body:
        found["responses"].update({code: {"description": what, "content": {_JSON: {"schema": _ref("Error")}}}
                                   for code, what in _ERRORS.items()})
    if body:
        content = {kind: {"schema": _ref(schema)} if schema and kind == _JSON else _BODIES.get(kind, {})
                   for kind in body}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _ref(name: str) -> Dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TENSOR = {"type": "object", "required": ["name", "datatype", "shape"], "properties": {
    "name": {"type": "string"}, "datatype": {"enum": ["FP32", "UINT8", "BYTES"]},
    "shape": {"type": "array", "items": {"type": "integer"}},
    "data": {"type": "array", "description": "numbers, flat or nested; for BYTES: base64 or data URIs"},
    "parameters": {"type": "object"}}}
_FIELD = {"type": "string", "description": "base64 (also URL-safe, wrapped or without padding) or a data URI"}
_BODIES: Dict[str, Any] = {
    _FORM: {"schema": {"type": "object", "properties": {"image": {"type": "string", "format": "binary"}}}},
    _TEXT: {"schema": {"type": "object", "properties": {"image": _FIELD}}},
}
_SCHEMAS: Dict[str, Any] = {
    "Error": {"type": "object", "properties": {"error": {"type": "string"}}},
    "InferRequest": {"type": "object", "required": ["inputs"], "properties": {
        "id": {"type": "string"}, "parameters": {"type": "object"},
        "inputs": {"type": "array", "minItems": 1, "maxItems": 1, "items": _TENSOR},
        "outputs": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {
            "name": {"enum": ["probabilities", "logits"]}, "parameters": {"type": "object"}}}}}},
    "Request2020": {"type": "object", "required": ["feed", "fetch"], "properties": {
        "feed": {"type": "array", "items": {"type": "object", "properties": {
            "image": _FIELD}}},
        "fetch": {"type": "array", "items": {"const": "prediction"}}}},
}
