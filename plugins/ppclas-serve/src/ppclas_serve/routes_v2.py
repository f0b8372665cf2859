# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol over HTTP, with the extensions binary tensors, classification, repository, statistics."""

from __future__ import annotations

from typing import List, Optional, Tuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ppclas_core.errors import UserError
from ppclas_serve import __version__
from ppclas_serve.control import check_control
from ppclas_serve.refused import Refused
from ppclas_serve.response_json import Json
from ppclas_serve.service import Service
from ppclas_serve.v2_answer import HEADER_LENGTH, Identity, answer, configuration, metadata
from ppclas_serve.v2_request import json_object, parse

EXTENSIONS = ["binary_tensor_data", "classification", "model_configuration", "model_repository", "statistics"]


class V2:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._models = service.repository

    def routes(self) -> List[BaseRoute]:
        """Inference first: they are tried in order."""
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
        """Logits and probabilities of a tensor, or of encoded images."""
        with self._models.using(*_named(request)) as model:
            model.check_room()
            async with self._service.buffers.body(request) as body:
                asked = await self._service.aside(len(body), parse, body, _header_length(request), model.contract)
                if asked.images is not None:
                    logits = await self._service.in_time(model.classify(asked.images))
                else:
                    assert asked.rows is not None
                    with model.admitted(len(asked.rows)):
                        logits = await self._service.in_time(model.logits(asked.rows))
                content, headers = answer(asked, logits, model.probabilities(logits),
                                          Identity(model.name, model.version, model.labels))
        return Response(content, headers=headers)

    async def server(self, request: Request) -> Response:
        """Name, version, extensions."""
        return Json({"name": "ppclas-serve", "version": __version__, "extensions": EXTENSIONS})

    async def live(self, request: Request) -> Response:
        """The process answers."""
        return Json({"live": True})

    async def ready(self, request: Request) -> Response:
        """All models are loaded, images are decoded, and the server is not stopping; 503 with the reason otherwise."""
        reason = self._service.unready
        return Json({"ready": False, "reason": reason} if reason else {"ready": True}, 503 if reason else 200)

    async def model_ready(self, request: Request) -> Response:
        """The model is loaded; 503 otherwise."""
        name, version = _named(request)
        model = self._models.get(name, version)
        ready = not self._service.stopping and not self._service.pool.stuck
        return Json({"name": name, "ready": ready, "version": model.version}, 200 if ready else 503)

    async def model_metadata(self, request: Request) -> Response:
        """Inputs and outputs."""
        model = self._models.get(*_named(request))
        return Json(metadata(model.name, model.version, model.contract))

    async def config(self, request: Request) -> Response:
        """Batching and instances, in the words of Triton."""
        model, runtimes = self._models.get(*_named(request)), self._service.runtimes
        return Json(configuration(model.name, model.contract, runtimes.max_delay, runtimes.instances))

    async def stats(self, request: Request) -> Response:
        """What a model has done."""
        model = self._models.get(*_named(request))
        return Json({"model_stats": [self._service.metrics.statistics(model.name, model.version)]})

    async def all_stats(self, request: Request) -> Response:
        """What all models have done."""
        return Json({"model_stats": [self._service.metrics.statistics(model.name, model.version)
                                             for model in self._models.models]})

    async def index(self, request: Request) -> Response:
        """The models and their states; `{"ready": true}` leaves out the others."""
        async with self._service.buffers.body(request) as body:
            asked = await self._service.aside(len(body), json_object, body) if body else {}
        return Json([row for row in self._models.index() if row["state"] == "READY" or asked.get("ready") is not True])

    async def load(self, request: Request) -> Response:
        """Load the files as they are now; what answers goes on until they are proved."""
        self._check_control(request)
        try:
            await self._models.load(request.path_params["model"])
        except UserError as error:
            raise Refused(400, str(error)) from None
        return Json({})

    async def unload(self, request: Request) -> Response:
        """Let go of a model."""
        self._check_control(request)
        await self._models.unload(request.path_params["model"])
        return Json({})

    def _check_control(self, request: Request) -> None:
        if not self._service.settings.control:
            raise Refused(403, "models are loaded and unloaded over HTTP only with --control")
        check_control(request, (self._service.settings.host, *self._service.settings.control_hosts))


def _named(request: Request) -> Tuple[str, str]:
    return request.path_params["model"], request.path_params.get("version", "")


def _header_length(request: Request) -> Optional[int]:
    text = request.headers.get(HEADER_LENGTH)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 12:
        raise Refused(400, f"{HEADER_LENGTH} is {text[:40]!r}")
    return int(text)
