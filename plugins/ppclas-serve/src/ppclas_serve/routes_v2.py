# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol over HTTP, with the extensions that `EXTENSIONS` lists."""

from __future__ import annotations

from typing import List, Optional, Tuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ppclas_core.errors import UserError
from ppclas_serve import __version__
from ppclas_serve.request_error import RequestError
from ppclas_serve.response_json import Json
from ppclas_serve.service import Service
from ppclas_serve.sites import check_json, check_site
from ppclas_serve.v2_request import json_object, parse
from ppclas_serve.v2_response import HEADER_LENGTH, Identity, configuration, encode_response, metadata

EXTENSIONS = ["binary_tensor_data", "classification", "model_configuration", "model_repository", "statistics"]


class V2Routes:
    """Endpoints of the Open Inference Protocol.

    Args:
        service: state of the server.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._models = service.repository

    def routes(self) -> List[BaseRoute]:
        """Return the routes; inference comes first because routes are matched in order."""
        model, version = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
        found: List[BaseRoute] = [Route("/v2/models/stats", self.all_stats)]
        for start in (model, version):
            found += [Route(f"{start}/infer", self.infer, methods=["POST"]), Route(f"{start}/ready", self.model_ready),
                      Route(f"{start}/config", self.config), Route(f"{start}/stats", self.stats),
                      Route(start, self.model_metadata)]
        repository = "/v2/repository"
        return [*found, Route("/v2", self.server), Route("/v2/health/live", self.live),
                Route("/v2/health/ready", self.ready), Route(f"{repository}/index", self.index, methods=["POST"]),
                Route(f"{repository}/models/{{model}}/load", self.load, methods=["POST"]),
                Route(f"{repository}/models/{{model}}/unload", self.unload, methods=["POST"])]

    async def infer(self, request: Request) -> Response:
        """Respond with logits and probabilities of a tensor or of encoded images."""
        with self._models.using(*_named(request)) as model:
            model.check_room()
            async with self._service.buffers.body(request) as body:
                parsed = await self._service.run_parser(len(body), parse, body, _header_length(request), model.contract)
                if parsed.images is not None:
                    logits = await self._service.with_timeout(model.classify(parsed.images))
                else:
                    assert parsed.rows is not None
                    with model.admitted(len(parsed.rows)):
                        logits = await self._service.with_timeout(model.logits(parsed.rows))
                content, headers = encode_response(parsed, logits, model.probabilities(logits),
                                                   Identity(model.name, model.version, model.labels))
        return Response(content, headers=headers)

    async def server(self, request: Request) -> Response:
        """Respond with name, version and extensions of the server."""
        return Json({"name": "ppclas-serve", "version": __version__, "extensions": EXTENSIONS})

    async def live(self, request: Request) -> Response:
        """Respond with status 200 while the process is alive."""
        return Json({"live": True})

    async def ready(self, request: Request) -> Response:
        """Respond with 200 if all models are loaded, decoding works and the server is not stopping; else 503."""
        reason = self._service.unready
        return Json({"ready": False, "reason": reason} if reason else {"ready": True}, 503 if reason else 200)

    async def model_ready(self, request: Request) -> Response:
        """Respond with 200 if the model is loaded and the server accepts requests, else with 503."""
        name, version = _named(request)
        model = self._models.get(name, version)
        ready = not self._service.stopping and not self._service.pool.stuck
        return Json({"name": name, "ready": ready, "version": model.version}, 200 if ready else 503)

    async def model_metadata(self, request: Request) -> Response:
        """Respond with inputs and outputs of the model."""
        model = self._models.get(*_named(request))
        return Json(metadata(model.name, model.version, model.contract))

    async def config(self, request: Request) -> Response:
        """Respond with batching and instances of the model, in the format of Triton."""
        model, runtimes = self._models.get(*_named(request)), self._service.runtimes
        return Json(configuration(model.name, model.contract, runtimes.max_delay, runtimes.instances))

    async def stats(self, request: Request) -> Response:
        """Respond with the statistics of one model."""
        model = self._models.get(*_named(request))
        return Json({"model_stats": [self._service.metrics.statistics(model.name, model.version)]})

    async def all_stats(self, request: Request) -> Response:
        """Respond with the statistics of all loaded models."""
        return Json({"model_stats": [self._service.metrics.statistics(model.name, model.version)
                                     for model in self._models.models]})

    async def index(self, request: Request) -> Response:
        """Respond with the models and their states; a body `{"ready": true}` selects the loaded ones."""
        async with self._service.buffers.body(request) as body:
            parsed = await self._service.run_parser(len(body), json_object, body) if body else {}
        return Json([row for row in self._models.index() if row["state"] == "READY" or parsed.get("ready") is not True])

    async def load(self, request: Request) -> Response:
        """Load the current files of a model; the previous version keeps serving until they are verified."""
        self._check_control(request)
        try:
            await self._models.load(request.path_params["model"])
        except UserError as error:
            raise RequestError(400, str(error)) from None
        return Json({})

    async def unload(self, request: Request) -> Response:
        """Unload a model."""
        self._check_control(request)
        await self._models.unload(request.path_params["model"])
        return Json({})

    def _check_control(self, request: Request) -> None:
        if not self._service.settings.control:
            raise RequestError(403, "models can be loaded and unloaded over HTTP only with --control")
        if self._service.tokens is not None:
            self._service.tokens.check(request.headers)
        check_site(request, self._service.settings)
        check_json(request)


def _named(request: Request) -> Tuple[str, str]:
    """Return name and version of the model in the URL; version "" for the current one."""
    return request.path_params["model"], request.path_params.get("version", "")


def _header_length(request: Request) -> Optional[int]:
    text = request.headers.get(HEADER_LENGTH)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 12:
        raise RequestError(400, f"{HEADER_LENGTH} is {text[:40]!r}; it must be a number of bytes")
    return int(text)
