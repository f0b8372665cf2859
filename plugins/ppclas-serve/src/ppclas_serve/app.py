# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The ASGI application: all routes, errors as JSON, one access log line and one metrics sample per request."""

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
"""Routes that monitoring polls all the time; their responses with status 200 are not logged."""
GONE = 499
"""Status that is logged when the client disconnects before its response."""


def application(service: Service) -> Front:
    """Return the ASGI application of one server."""

    async def metrics(request: Request) -> Response:
        """Respond with the counters and gauges for Prometheus."""
        text = service.metrics.text(service.repository, service.buffers.held, len(service.connections),
                                    service.pool)
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    routes = [*V2(service).routes(), *Service2020(service).routes(), *Page(service).routes(),
              Route("/metrics", metrics)]
    handlers: Dict[Any, Any] = {Refused: _refused, HTTPException: _http_error, ClientDisconnect: _gone, 500: _failed}
    return Front(Starlette(routes=routes, exception_handlers=handlers), service)


class Front:
    """ASGI middleware that adds the request id, writes the access log and updates the metrics.

    Attributes:
        inner: the Starlette application.
    """

    def __init__(self, inner: Starlette, service: Service) -> None:
        self.inner, self._service = inner, service

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Handle one ASGI connection."""
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
        except Exception:  # the response is sent already; only the log entry is missing
            logging.getLogger("ppclas_serve").exception("internal error", extra={"facts": {"request": identity}})
        finally:
            self._account(scope, status or GONE, time.perf_counter() - started, identity)

    def _account(self, scope: MutableMapping[str, Any], status: int, seconds: float, identity: str) -> None:
        route = getattr(scope.get("endpoint"), "__name__", "unknown")
        model = scope.get("path_params", {}).get("model", "")
        model = model if model in self._service.repository.names else ""  # an unknown name must not create a label
        self._service.metrics.answered(route, model, status, seconds)
        if self._service.settings.access_log and not (route in QUIET and status == 200):
            client = scope.get("client") or ("", 0)
            tell("request", {"request": identity, "method": scope["method"], "path": scope["path"][:200],
                             "status": status, "ms": round(1000 * seconds, 2), "model": model, "client": client[0]})


def _identity(headers: Any) -> str:
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


async def _refused(request: Request, error: Any) -> Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Json({"error": error.message}, error.status, headers=headers)


async def _http_error(request: Request, error: Any) -> Response:
    return Json({"error": str(error.detail)}, error.status_code, headers=error.headers)


async def _gone(request: Request, error: Any) -> Response:
    return Response(status_code=GONE)


async def _failed(request: Request, error: Any) -> Response:
    return Json({"error": "internal server error; see the log of the server"}, 500)
