# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Download of one URL into a file, with resume, retries and a timeout; a partial file never has the final name."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Callable, Dict, NamedTuple, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.system.atomic import sync
from ppclas_core.system.machine_errors import is_full_disk

_log = logging.getLogger(__name__)

CONNECTION_RETRIES = 1
"""Retries if no connection could be made and nothing was received before."""
MAX_BYTES = 4 << 30
"""Largest download in bytes; the largest published weights have 1.8 GB."""
_CHUNK = 1 << 18
Progress = Callable[[int, Optional[int]], None]


class RetryPolicy(NamedTuple):
    """When a download gives up.

    Args:
        timeout: seconds without data after which an attempt fails.
        retries: number of retries after consecutive attempts that received no new bytes. If no connection could be made
            and nothing was received before, `CONNECTION_RETRIES` applies instead.
        pause: seconds before the first retry; it doubles for each further retry, up to 30.
    """

    timeout: float = 30.0
    retries: int = 5
    pause: float = 1.0


DEFAULT_POLICY = RetryPolicy()


class _TooLargeError(Exception):
    """Raised when the file has more than `MAX_BYTES`."""


def fetch(
    url: str,
    path: Path,
    *,
    policy: RetryPolicy = DEFAULT_POLICY,
    progress: Progress = lambda done, total: None,
) -> None:
    """Download `url` to `path`. Bytes of a failed attempt stay in `<path>.part`; the next call resumes from there.

    Args:
        url: address of the file.
        path: the complete file; its folder is created.
        policy: timeout and retries.
        progress: called with the bytes received and the total bytes (None when the server does not report them).

    Raises:
        UserError: the server refuses, the file is too large, or all retries failed (no connection, incomplete file).
    """
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    failures = 0
    most = _size(part)
    while True:
        try:
            _attempt(url, part, policy.timeout, progress)
            break
        except _TooLargeError:
            part.unlink(missing_ok=True)
            raise UserError(f"the server sends more than {MAX_BYTES >> 30} GiB; no published weights are that large",
                            where=url, do=_by_hand(path)) from None
        except urllib.error.HTTPError as error:
            if error.code not in (408, 425, 429, 500, 502, 503, 504):
                raise UserError(f"the server refuses: {error.code} {error.reason}", where=url,
                                do=_by_hand(path)) from error
            reason = f"{error.code} {error.reason}"
            reached = True
        except (OSError, http.client.HTTPException) as error:  # no connection, timeout, invalid response
            if isinstance(error, OSError) and (is_full_disk(error) or error.filename):
                raise  # the local file cannot be written: a retry does not help
            reason = str(getattr(error, "reason", None) or error or type(error).__name__)
            reached = not isinstance(error, urllib.error.URLError)  # URLError is raised before anything is received
        failures = 1 if _size(part) > most else failures + 1
        most = max(most, _size(part))
        if failures > (policy.retries if reached or most else min(policy.retries, CONNECTION_RETRIES)):
            so_far = f"; {_size(part)} bytes so far, kept for the next attempt" if _size(part) else ""
            raise UserError(f"cannot be downloaded ({reason}){so_far}", where=url, do=_by_hand(path))
        _log.warning("%s: %s; trying again", path.name, reason)
        time.sleep(min(policy.pause * 2 ** (failures - 1), 30.0))
    sync(part)
    os.replace(part, path)
    _state_file(part).unlink(missing_ok=True)


def _attempt(url: str, part: Path, timeout: float, progress: Progress) -> None:
    """Request the bytes after those of the part file and append them; return when the file is complete."""
    state = _read_state(part, url)
    request = urllib.request.Request(url, headers={"User-Agent": "ppclas", "Accept-Encoding": "identity"})
    start = _size(part) if state else 0
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", state["validator"])
    opener = urllib.request.build_opener(_NoDowngrade())
    try:
        response = opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code == 416 and start:  # no bytes after those of the part file, or a file with other content
            part.unlink(missing_ok=True)
            raise ConnectionError("the server has no further bytes; starting again") from error
        raise
    with response:
        start, total = _extent(response, start)
        if total is not None and total > MAX_BYTES:
            raise _TooLargeError
        with open(part, "r+b" if start else "wb") as file:
            file.seek(start)
            _write_state(part, url, response)  # after the truncation, so the part file never mixes two versions
            done = start
            progress(done, total)
            while True:
                chunk = response.read1(_CHUNK)
                if not chunk:
                    break
                if done + len(chunk) > MAX_BYTES:
                    raise _TooLargeError
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done < total:
        raise ConnectionError(f"the connection ended after {done} of {total} bytes")


def _extent(response: http.client.HTTPResponse, start: int) -> Tuple[int, Optional[int]]:
    """Return the offset of the body in the file, and the length of the whole file (None if not reported)."""
    if response.status == 206:
        match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        if match is None or int(match.group(1)) != start:
            raise ConnectionError("the server sent another range than the requested one")
        return start, int(match.group(2)) + 1 if match.group(3) == "*" else int(match.group(3))
    length = response.headers.get("Content-Length")
    return 0, int(length) if length and re.fullmatch("[0-9]{1,18}", length) else None


class _NoDowngrade(urllib.request.HTTPRedirectHandler):
    """Redirect handler that refuses redirects from https to another protocol."""

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
                         headers: http.client.HTTPMessage, newurl: str) -> Optional[urllib.request.Request]:
        """Return the request to the new URL; raise a UserError if it leaves https, or is neither https nor http."""
        if not newurl.startswith("https:") and (req.full_url.startswith("https:") or not newurl.startswith("http:")):
            raise UserError(f"the server redirects to '{newurl}', which is not protected by https", where=req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _state_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_state(part: Path, url: str) -> Dict[str, str]:
    """Return URL and validator (ETag or Last-Modified) of the part file; empty when it cannot be resumed."""
    try:
        state = json.loads(_state_file(part).read_text(encoding="utf-8"))
        return state if state["url"] == url and state["validator"] and part.exists() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_state(part: Path, url: str, response: http.client.HTTPResponse) -> None:
    etag = response.headers.get("ETag") or ""
    validator = response.headers.get("Last-Modified", "") if etag.startswith("W/") or not etag else etag
    _state_file(part).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _by_hand(path: Path) -> str:
    return f"another mirror: PPCLAS_WEIGHTS_URL=https://...; or fetch it by other means and put it at {path}"
