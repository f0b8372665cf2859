# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Bearer tokens (RFC 6750): the file that has them, and the check of a request."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import stat
import sys
from pathlib import Path
from typing import Mapping, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_serve.log import log_event
from ppclas_serve.request_error import RequestError

LEAST_LENGTH = 16
"""Smallest length of a token; `openssl rand -hex 32` writes 64 characters."""
LARGEST_FILE = 1 << 20
"""Largest size of a token file in bytes."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Tokens:
    """The tokens of a file, which is read again when it changes.

    Args:
        file: one token a line; empty lines and lines that start with `#` are ignored.

    Raises:
        UserError: the file cannot be read, has no token, or a line is no token.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _state(file)
        self._digests = _read(file)
        if sys.platform != "win32" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            log_event("token file is open to others", {"path": str(file), "do": f"chmod 600 {file}"}, logging.WARNING)

    def check(self, headers: Mapping[str, str]) -> None:
        """Check that a request has one of the tokens; they are compared in constant time.

        Raises:
            RequestError: 401.
        """
        self._reread()
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise RequestError(401, "a token is required: Authorization: Bearer TOKEN",
                               headers={"WWW-Authenticate": 'Bearer realm="ppclas"'})
        digest = _digest(given.strip())
        if sum(hmac.compare_digest(digest, each) for each in self._digests) == 0:
            raise RequestError(401, "the token is not valid",
                               headers={"WWW-Authenticate": 'Bearer realm="ppclas", error="invalid_token"'})

    def _reread(self) -> None:
        """Read a changed file; an invalid one is reported once, and the former tokens stay valid."""
        state = _state(self._file)
        if state == self._seen:
            return
        self._seen = state
        try:
            self._digests = _read(self._file)
            log_event("tokens", {"path": str(self._file), "count": len(self._digests)})
        except UserError as error:
            log_event("tokens not read", {"path": str(self._file), "error": str(error)}, logging.ERROR)


def _state(file: Path) -> Optional[Tuple[int, int, int]]:
    """Return what changes with the content of a file; None if there is no file."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(file: Path) -> Tuple[bytes, ...]:
    """Return the digests of the tokens of a file: of equal length, so that their comparison takes equal time."""
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_FILE + 1).decode("ascii")
    except OSError as error:
        raise UserError(f"the token file cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise UserError("the token file has other characters than ASCII", where=str(file)) from error
    if len(text) > LARGEST_FILE:
        raise UserError("the token file is larger than 1 MB", where=str(file))
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    tokens = [(number, line) for number, line in lines if line and not line.startswith("#")]
    for number, token in tokens:
        if len(token) < LEAST_LENGTH or not _TOKEN.fullmatch(token):
            raise UserError(f"a token needs at least {LEAST_LENGTH} characters of A-Z a-z 0-9 . _ ~ + / -",
                            where=f"{file}:{number}", do="openssl rand -hex 32 makes one")
    if not tokens:
        raise UserError("the token file has no token", where=str(file), do="write one token a line")
    return tuple(_digest(token) for _, token in tokens)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
