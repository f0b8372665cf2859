# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Protection against web pages of other sites, and the sites whose pages may send requests.

Any page in a browser on the machine can send a request to 127.0.0.1 (cross-site request forgery), also under its own
host name (DNS rebinding). The browser sends the site of the page in `Origin` and the host name of the URL in `Host`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Tuple
from urllib.parse import urlsplit

from starlette.requests import Request

from ppclas_core.errors import UserError
from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import ServerSettings

EVERY_SITE = "*"
_PORTS = {"http": 80, "https": 443}


def check_origin_option(origin: str) -> str:
    """Return a value of `--cors-origin` as browsers write it.

    Raises:
        UserError: it is neither `*` nor scheme, host and port.
    """
    if origin == EVERY_SITE:
        return origin
    try:
        found = urlsplit(origin)
        name, port = found.hostname or "", found.port
        whole = found.scheme in _PORTS and origin.lower() == f"{found.scheme}://{found.netloc}".lower()
        known = re.fullmatch(r"[a-z0-9.-]+", name) or f"[{ipaddress.IPv6Address(name)}]" in found.netloc
        valid = bool(whole and known and port != 0 and "@" not in origin)
    except ValueError:
        valid = False
    if not valid:
        raise UserError(f"--cors-origin is {origin!r}; it must be a site such as https://app.example.org:8443, or '*'",
                        do="give each site its own --cors-origin; names in other scripts are written as xn--...")
    host = f"[{name}]" if ":" in name else name
    return f"{found.scheme}://{host}" + (f":{port}" if port and port != _PORTS[found.scheme] else "")


def check_site(request: Request, settings: ServerSettings) -> None:
    """Check that a request is meant for this server, and that no page of an unknown site has caused it.

    Args:
        request: the request; only its headers are read.
        settings: `host` and `allowed_hosts` are names of the server, beside `localhost`, IP addresses and the name of
            this machine; pages of `cors_origins` may ask, if they are named.

    Raises:
        RequestError: 403 for another Host or Origin.
    """
    host = request.headers.get("host", "")
    if not _is_ours(host, (settings.host, *settings.allowed_hosts)):
        raise RequestError(403, f"the host {host[:80]!r} is not one of this server; --allowed-host NAME allows it")
    origin = request.headers.get("origin")
    if origin is not None and origin in settings.cors_origins:
        return
    if origin is not None and re.sub("^https?://", "", origin.lower()) != host.lower():
        raise RequestError(403, f"a web page of {origin[:80]!r} is not allowed here")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RequestError(403, "a web page of another site is not allowed here")


def check_json(request: Request) -> None:
    """Check the content type of a request without a body that matters: a form of a page cannot send JSON.

    Raises:
        RequestError: 415 for a content type other than JSON. Clients that are not browsers may omit it, as those of
            Triton do.
    """
    kind = request.headers.get("content-type")
    if kind is None and any(name == "origin" or name.startswith("sec-") for name in request.headers):
        raise RequestError(415, "a request of a browser must have the content type application/json")
    if kind is not None and kind.split(";")[0].strip().lower() != "application/json":
        raise RequestError(415, f"the content type must be application/json, not {kind[:80]!r}")


def _is_ours(host: str, names: Tuple[str, ...]) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    machine = socket.gethostname().lower()
    if name == "localhost" or name.endswith(".localhost") or name in {each.lower() for each in names}:
        return True
    if name and name in (machine, f"{machine}.local"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
