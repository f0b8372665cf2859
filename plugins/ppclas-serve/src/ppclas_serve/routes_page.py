# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The page at `/` and its endpoints: the best classes of an image, and heat maps."""

from __future__ import annotations

import asyncio
import base64
import importlib.resources
from typing import Any, Dict, List, Optional

import numpy as np
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ppclas_serve.body import Body
from ppclas_serve.encoded_image import sent_image
from ppclas_serve.explain import GradCam, input_png, occlusion
from ppclas_serve.image_header import image_size
from ppclas_serve.model import Model
from ppclas_serve.openapi import document
from ppclas_serve.request_error import RequestError
from ppclas_serve.response_json import Json
from ppclas_serve.service import Service
from ppclas_serve.sites import check_site

POLICY = ("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
          "connect-src 'self'")
"""Content-Security-Policy of the pages: they load nothing from other hosts."""


class PageRoutes:
    """Endpoints of the page.

    Args:
        service: state of the server.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._explaining = asyncio.Lock()
        self._grad_cam: Dict[Model, GradCam] = {}

    def routes(self) -> List[BaseRoute]:
        """Return the routes; `classify` is also enabled without the page, because it is useful with curl."""
        found: List[BaseRoute] = [Route("/v2/models/{model}/classify", self.classify, methods=["POST"]),
                                  Route("/openapi.json", self.openapi), Route("/docs", self.docs)]
        if self._service.settings.page:
            found += [Route("/", self.page), Route("/v2/models/{model}/explain", self.explain, methods=["POST"])]
        return found

    async def classify(self, request: Request) -> Response:
        """Respond with the best classes of the image in the body; `?topk=5`."""
        topk = _query_integer(request, "topk", 5, 1)
        with self._service.repository.using(request.path_params["model"]) as model:
            model.check_room()
            async with self._service.buffers.body(request) as body:
                image = await self._image(body, request)
                logits = await self._service.with_timeout(model.classify([image]))
        return Json({"model": model.name, "version": model.version, "classes": model.best(logits[0], topk or 5)})

    async def explain(self, request: Request) -> Response:
        """Respond with the heat map of a class (`?class=INDEX`, default the best); one request at a time."""
        check_site(request, self._service.settings)
        chosen = _query_integer(request, "class", None, 0)
        with self._service.repository.using(request.path_params["model"]) as model:
            if self._explaining.locked():
                raise RequestError(429, "another heat map is being computed", retry_after=2)
            async with self._explaining, self._service.buffers.body(request) as body:
                if chosen is not None and chosen >= model.contract.num_classes:
                    raise RequestError(400, f"class is {chosen}; the model has {model.contract.num_classes} classes")
                image = await self._image(body, request)
                with model.admitted(model.contract.max_batch):
                    found = await self._service.with_timeout(self._explain(model, image, chosen))
        return Json(found)

    async def _image(self, body: Body, request: Request) -> Body:
        size = 0 if image_size(body) is not None else len(body)  # an image file needs no parsing
        return await self._service.run_parser(size, sent_image, body, request.headers.get("content-type", ""))

    async def _explain(self, model: Model, body: Body, chosen: Optional[int]) -> Dict[str, Any]:
        row = (await model.preprocess([body]))[0]
        logits = await model.logits(row[None])
        index = int(logits[0].argmax()) if chosen is None else chosen
        channels_last = model.contract.datatype == "UINT8"
        method = "Grad-CAM"
        table = await self._run_grad_cam(model, row, index)
        if table is None:
            method = "occlusion"
            table = await occlusion(model.logits, row, index, channels_last=channels_last,
                                    batch=model.contract.max_batch, multilabel=model.task.activation == "sigmoid")
        png = input_png(row, model.preprocessing, channels_last=channels_last)
        return {"model": model.name, "version": model.version, "method": method,
                "class": next(each for each in model.best(logits[0], model.contract.num_classes)
                              if each["id"] == index),
                "map": np.round(table.astype(np.float64), 4).tolist(),
                "image": "data:image/png;base64," + base64.b64encode(png).decode()}

    async def _run_grad_cam(self, model: Model, row: np.ndarray, index: int) -> Optional[np.ndarray]:
        """Return the Grad-CAM map; None without a checkpoint, or if the network has no single last feature map."""
        if model.checkpoint is None:
            return None
        if model not in self._grad_cam:
            self._grad_cam = {model: GradCam(model.checkpoint)}  # only one is kept: each holds a whole network
        return await self._service.pool.maps.run(self._grad_cam[model], row, index)

    async def page(self, request: Request) -> Response:
        """Respond with the page that classifies a photo."""
        return _html("page.html")

    async def docs(self, request: Request) -> Response:
        """Respond with the routes as HTML."""
        return _html("docs.html")

    async def openapi(self, request: Request) -> Response:
        """Respond with the routes as OpenAPI 3.1."""
        return Json(document(self._service.settings.page))


def _query_integer(request: Request, name: str, default: Optional[int], least: int) -> Optional[int]:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise RequestError(400, f"{name} must be an integer of at least {least}")
    return int(text)


def _html(name: str) -> Response:
    text = importlib.resources.files("ppclas_serve").joinpath(name).read_text(encoding="utf-8")
    return HTMLResponse(text, headers={"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
                                       "Referrer-Policy": "no-referrer"})
