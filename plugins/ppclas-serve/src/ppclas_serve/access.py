# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Who may ask: the check of tokens before a request is read, and the headers for pages of other sites (CORS)."""

from __future__ import annotations

from typing import List, Optional

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ppclas_serve.request_error import RequestError
from ppclas_serve.response_json import error_response
from ppclas_serve.settings import ServerSettings
from ppclas_serve.tokens import Tokens

OPEN_PATHS = ("/v2/health/live", "/v2/health/ready", "/", "/docs", "/openapi.json")
"""Paths without a token: probes, and pages that have no data of the models; the page asks for the token."""


def middleware(settings: ServerSettings, tokens: Optional[Tokens]) -> List[Middleware]:
    """Return the layers around all routes; a preflight request of a browser has no token, so it is answered first."""
    layers = []
    if settings.cors_origins:
        layers.append(Middleware(
            CORSMiddleware, allow_origins=list(settings.cors_origins), allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Inference-Header-Content-Length", "X-Request-Id",
                           "traceparent", "tracestate"],
            expose_headers=["Inference-Header-Content-Length", "Retry-After", "X-Request-Id", "WWW-Authenticate"]))
    if tokens is not None and settings.token_for == "all":
        layers.append(Middleware(TokenCheck, tokens=tokens))
    return layers


class TokenCheck:
    """ASGI middleware that answers requests without a valid token by 401, before their body is read."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            try:
                self._tokens.check(Headers(scope=scope))
            except RequestError as error:
                await error_response(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
