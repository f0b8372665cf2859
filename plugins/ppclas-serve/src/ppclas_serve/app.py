# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The application: all routes, errors as JSON, one log line and one measure for each request."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any, Dict, MutableMapping, Tuple
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ppclas_serve.log import tell
from ppclas_serve.metrics import CONTENT_TYPE
from ppclas_serve.refused import Refused
from ppclas_serve.response_json import Json
from ppclas_serve.routes_2020 import Service2020
from ppclas_serve.routes_page import Page
from ppclas_serve.routes_v2 import V2
from ppclas_serve.service import Service

QUIET = ("live", "ready", "metrics")
"""Endpoints that machines ask all the time; their good answers are not logged."""
GONE = 499
"""Logged where the client went away before its answer."""


def application(service: Service) -> Front:
    """The ASGI application of one server."""

    async def metrics(request: Request) -> Response:
        """Counters and gauges for Prometheus."""
        text = service.metrics.text(service.repository, service.buffers.held, len(service.connections),
                                    service.pool)
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    routes = [*V2(service).routes(), *Service2020(service).routes(), *Page(service).routes(),
              Route("/metrics", metrics)]
    handlers: Dict[Any, Any] = {Refused: _refused, HTTPException: _http_error, ClientDisconnect: _gone, 500: _failed}
    return Front(Starlette(routes=routes, exception_handlers=handlers), service)


class Front:
    """Around the application: request id, log line, measure.

    Attributes:
        inner: the application of Starlette.
    """

    def __init__(self, inner: Starlette, service: Service) -> None:
        self.inner, self._service = inner, service

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        started = time.perf_counter()
        identity = _identity(scope["headers"])
        status = 0

        async def sent(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*map(_without_host, message["headers"]), (b"x-request-id", identity.encode())]
                if self._service.stopping:
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            await self.inner(scope, receive, sent)
        except Exception:  # it is answered already; here it is told
            logging.getLogger("ppclas_serve").exception("internal error", extra={"facts": {"request": identity}})
        finally:
            self._account(scope, status or GONE, time.perf_counter() - started, identity)

    def _account(self, scope: MutableMapping[str, Any], status: int, seconds: float, identity: str) -> None:
        route = getattr(scope.get("endpoint"), "__name__", "unknown")
        model = scope.get("path_params", {}).get("model", "")
        model = model if model in self._service.repository.names else ""  # strangers make no labels
        self._service.metrics.answered(route, model, status, seconds)
        if self._service.settings.access_log and not (route in QUIET and status == 200):
            client = scope.get("client") or ("", 0)
            tell("request", {"request": identity, "method": scope["method"], "path": scope["path"][:200],
                             "status": status, "ms": round(1000 * seconds, 2), "model": model, "client": client[0]})


def _identity(headers: Any) -> str:
    """The sender's X-Request-Id, where it is harmless; else a new one."""
    given = next((value.decode("latin-1") for name, value in headers if name == b"x-request-id"), "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex


def _without_host(header: Tuple[bytes, bytes]) -> Tuple[bytes, bytes]:
    """A redirect without scheme and host: those of the request are what its sender says, and may be foreign."""
    name, value = header
    if name.lower() != b"location":
        return header
    found = urlsplit(value)
    return name, b"/" + found.path.lstrip(b"/") + (b"?" + found.query if found.query else b"")


async def _refused(request: Request, error: Any) -> Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Json({"error": error.message}, error.status, headers=headers)


async def _http_error(request: Request, error: Any) -> Response:
    return Json({"error": str(error.detail)}, error.status_code, headers=error.headers)


async def _gone(request: Request, error: Any) -> Response:
    return Response(status_code=GONE)


async def _failed(request: Request, error: Any) -> Response:
    return Json({"error": "internal server error; see the log of the server"}, 500)
