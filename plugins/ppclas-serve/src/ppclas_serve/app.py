# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The ASGI application: all routes, errors as JSON, one access log line and one metrics sample per request."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any, Dict, Iterable, Tuple
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from ppclas_serve.access import middleware
from ppclas_serve.log import log_event
from ppclas_serve.metrics import CONTENT_TYPE
from ppclas_serve.request_error import RequestError
from ppclas_serve.response_json import Json, error_response
from ppclas_serve.routes_legacy import LegacyRoutes
from ppclas_serve.routes_page import PageRoutes
from ppclas_serve.routes_v2 import V2Routes
from ppclas_serve.service import Service
from ppclas_serve.trace import trace_id

UNLOGGED = ("live", "ready", "metrics")
"""Routes that monitoring polls all the time; their responses with status 200 are not logged."""
CLIENT_CLOSED = 499
"""Status that is logged when the client disconnects before its response (as in nginx)."""
_REQUEST_ID = "ppclas.request_id"
"""Key of the request id in the ASGI scope."""


def application(service: Service) -> RequestObserver:
    """Return the ASGI application of one server."""

    async def metrics(request: Request) -> Response:
        """Respond with the counters and gauges for Prometheus."""
        text = service.metrics.text(service.repository, service.buffers.held, len(service.connections),
                                    service.pool)
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    routes = [*V2Routes(service).routes(), *LegacyRoutes(service).routes(), *PageRoutes(service).routes(),
              Route("/metrics", metrics)]
    handlers: Dict[Any, Any] = {RequestError: _request_error, HTTPException: _http_error,
                                ClientDisconnect: _client_closed, 500: _server_error}
    return RequestObserver(Starlette(routes=routes, exception_handlers=handlers,
                                     middleware=middleware(service.settings, service.tokens)), service)


class RequestObserver:
    """ASGI middleware that adds the request id, writes the access log and updates the metrics.

    Attributes:
        inner: the Starlette application.
    """

    def __init__(self, inner: Starlette, service: Service) -> None:
        self.inner = inner
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        started = time.perf_counter()
        scope[_REQUEST_ID] = request_id = _request_id(scope["headers"])
        status = 0

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*map(_without_host, message["headers"]),
                                      (b"x-request-id", request_id.encode())]
                if self._service.stopping:
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            await self.inner(scope, receive, observed_send)
        except Exception:  # Starlette has sent status 500 and raises again; log it with the request id
            logging.getLogger("ppclas_serve").exception("internal error", extra={"fields": {"request": request_id}})
        finally:
            self._record(scope, status or CLIENT_CLOSED, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """Update the metrics and write the access log entry of one request."""
        route = getattr(scope.get("endpoint"), "__name__", "unknown")
        model = scope.get("path_params", {}).get("model", "")
        model = model if model in self._service.repository.names else ""  # a client must not create metric labels
        self._service.metrics.count_response(route, model, status, seconds)
        if self._service.settings.access_log and not (route in UNLOGGED and status == 200):
            client = scope.get("client") or ("", 0)
            fields = {"request": scope[_REQUEST_ID], "method": scope["method"], "path": scope["path"][:200],
                      "status": status, "ms": round(1000 * seconds, 2), "model": model, "client": client[0]}
            trace = trace_id(scope["headers"])
            log_event("request", {**fields, "trace": trace} if trace else fields)


def _request_id(headers: Iterable[Tuple[bytes, bytes]]) -> str:
    """Return the client's X-Request-Id if it is 1 to 64 letters, digits, '.', '_' or '-'; else a new id."""
    given = next((value.decode("latin-1") for name, value in headers if name == b"x-request-id"), "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex


def _without_host(header: Tuple[bytes, bytes]) -> Tuple[bytes, bytes]:
    """Remove scheme and host from a redirect: they come from the Host header, which the client controls."""
    name, value = header
    if name.lower() != b"location":
        return header
    found = urlsplit(value)
    return name, b"/" + found.path.lstrip(b"/") + (b"?" + found.query if found.query else b"")


async def _request_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return error_response(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Json({"error": str(error.detail)}, error.status_code, headers=error.headers)


async def _client_closed(request: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED)


async def _server_error(request: Request, error: Exception) -> Response:
    request_id = request.scope[_REQUEST_ID]
    return Json({"error": f"internal server error (request id {request_id}); see the server log"}, 500)
