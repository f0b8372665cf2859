# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images at http and https addresses that the user names, with limits on size and time."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Optional, Union
from urllib.parse import quote

from ppclas_core.data.errors import BadImage

MAX_BYTES = 64 << 20
"""Largest size of an image, in bytes."""
TIMEOUT = 20.0
"""Seconds without a byte after which a download fails."""
MAX_SECONDS = 120.0
"""Seconds after which a slow download fails."""
_PART = 1 << 16
_SAFE = "!#$%&'()*+,/:;=?@[]~"
"""Characters of an address that stay as they are; blanks and letters beyond ASCII are escaped."""
_WEB = ("http://", "https://")


def is_url(text: Union[str, Path]) -> bool:
    """Return whether a text is an http or https address; a `Path` never is."""
    return isinstance(text, str) and text.lower().startswith(_WEB)


def fetch_image(url: str, *, max_bytes: int = MAX_BYTES, timeout: float = TIMEOUT,
                max_seconds: float = MAX_SECONDS) -> bytes:
    """Return the content of an address; nothing is stored.

    Args:
        url: http or https address.
        max_bytes: largest accepted size.
        timeout: seconds without a byte after which the download fails.
        max_seconds: seconds after which the download fails.

    Raises:
        BadImage: the download fails, or exceeds a limit.
    """
    opener = urllib.request.build_opener(_OnlyWeb())
    end = time.monotonic() + max_seconds
    data = bytearray()
    try:
        request = urllib.request.Request(quote(url, safe=_SAFE), headers={"User-Agent": "ppclas"})
        with opener.open(request, timeout=timeout) as response:
            while part := response.read(_PART):
                data += part
                if len(data) > max_bytes:
                    raise BadImage(f"the download is larger than {max_bytes / (1 << 20):g} MB",
                                   do="download it and give the file")
                if time.monotonic() > end:
                    raise BadImage(f"the download takes longer than {max_seconds:g} s")
    except urllib.error.HTTPError as error:
        raise BadImage(f"cannot be downloaded: HTTP {error.code} {error.reason}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: not a valid address
        raise BadImage(f"cannot be downloaded: {getattr(error, 'reason', '') or error}") from error
    return bytes(data)


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    """Handler that follows redirects to http and https addresses only."""

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
                         headers: http.client.HTTPMessage, newurl: str) -> Optional[urllib.request.Request]:
        """Return the request of the new address; None refuses it."""
        return super().redirect_request(req, fp, code, msg, headers, newurl) if is_url(newurl) else None
