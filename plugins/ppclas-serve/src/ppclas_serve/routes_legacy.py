# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Legacy protocol of the image service of Paddle Serving: JSON with base64 to `/image/prediction`, first model only."""

from __future__ import annotations

from typing import Any, Dict, List

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ppclas_serve.encoded_image import decode_base64
from ppclas_serve.request_error import RequestError
from ppclas_serve.response_json import Json
from ppclas_serve.service import Service
from ppclas_serve.v2_request import json_object

FETCH = "prediction"
VALUE_ERROR = "Request Value Error"
"""Result, with status 200, for an invalid image or feed in valid JSON; legacy clients expect it."""


class LegacyRoutes:
    """Endpoint of the legacy protocol.

    Args:
        service: state of the server.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> List[BaseRoute]:
        """Return the route."""
        return [Route("/image/prediction", self.image_prediction, methods=["POST"])]

    async def image_prediction(self, request: Request) -> Response:
        """Respond with the probabilities of all classes for each image of `feed`."""
        with self._service.repository.using(self._service.repository.names[0]) as model:
            model.check_room()
            async with self._service.buffers.body(request) as body:
                if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
                    raise RequestError(400, "the content type must be application/json")
                parsed = await self._service.run_parser(len(body), json_object, body)
                if "fetch" not in parsed:
                    raise RequestError(400, "'fetch' is missing")
                try:
                    images = await self._service.run_parser(len(body), fed_images, parsed, model.contract.max_batch)
                    logits = await self._service.with_timeout(model.classify(images))
                except RequestError as error:
                    if error.status not in (400, 413):
                        raise
                    return Json({"result": VALUE_ERROR})
        return Json({"result": {FETCH: model.probabilities(logits).tolist()}})


def fed_images(parsed: Dict[str, Any], limit: int) -> List[bytes]:
    """Return the encoded images of a request.

    Raises:
        RequestError: 400, `feed` is not a list of 1 to `limit` images, or `fetch` does not name the prediction.
    """
    feed, fetch = parsed.get("feed"), parsed["fetch"]
    if not isinstance(fetch, list) or FETCH not in fetch:
        raise RequestError(400, f"'fetch' must name '{FETCH}'")
    feed = [feed] if isinstance(feed, dict) else feed
    if not isinstance(feed, list) or not 1 <= len(feed) <= limit:
        raise RequestError(400, f"'feed' must be a list of 1 to {limit} images")
    return [decode_base64(item.get("image") if isinstance(item, dict) else None) for item in feed]
