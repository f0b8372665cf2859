# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Protection of the requests that load or unload models against web pages of other sites.

Any page in a browser on the machine can send a request to 127.0.0.1 (cross-site request forgery), also under its own
host name (DNS rebinding). The browser sends the site of the page in `Origin` and the host name of the URL in `Host`.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Collection
from urllib.parse import urlsplit

from starlette.requests import Request

from ppclas_serve.request_error import RequestError


def check_control(request: Request, names: Collection[str]) -> None:
    """Check that a request to load or unload a model is meant for this server.

    Args:
        request: the request; only its headers are read.
        names: host names of the server, beside `localhost` and IP addresses.

    Raises:
        RequestError: 403 for another Host or Origin, 415 for a content type other than JSON. Clients that are not
            browsers may omit the content type, as those of Triton do.
    """
    host = request.headers.get("host", "")
    if not _is_ours(host, names):
        raise RequestError(403, f"the host {host[:80]!r} is not allowed to control models; --control-host NAME allows "
                           f"it")
    origin = request.headers.get("origin")
    if origin is not None and re.sub("^https?://", "", origin.lower()) != host.lower():
        raise RequestError(403, f"a web page of {origin[:80]!r} is not allowed to control models")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RequestError(403, "a web page of another site is not allowed to control models")
    kind = request.headers.get("content-type")
    if kind is None and any(name == "origin" or name.startswith("sec-") for name in request.headers):
        raise RequestError(415, "a request of a browser must have the content type application/json")
    if kind is not None and kind.split(";")[0].strip().lower() != "application/json":
        raise RequestError(415, f"the content type must be application/json, not {kind[:80]!r}")


def _is_ours(host: str, names: Collection[str]) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or name in {each.lower() for each in names}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
