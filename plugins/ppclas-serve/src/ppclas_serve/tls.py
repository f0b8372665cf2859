# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""TLS of the server: its certificate and key, which are loaded again when their files change."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from pathlib import Path
from typing import List, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_serve.log import log_event

RELOAD_SECONDS = 10.0
"""Seconds between polls of the files."""


class Tls:
    """Certificate and key of the server.

    Args:
        certificate: PEM file with the certificate, followed by the intermediate ones.
        key: PEM file with the private key, without a password.

    Attributes:
        context: for the connections; TLS 1.2 and later.

    Raises:
        UserError: a file cannot be read, or the key does not belong to the certificate.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._state = self._poll()
        self._load(self.context)

    async def reload(self, seconds: float = RELOAD_SECONDS) -> None:
        """Load changed files for new connections, until this task is cancelled; invalid ones are reported once.

        The files are tried in another context first, because an invalid pair would damage the one in use.
        """
        while True:
            await asyncio.sleep(seconds)
            try:
                state = self._poll()
                if state == self._state:
                    continue
                self._state = state
                self._load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
                self._load(self.context)
                log_event("certificate", {"path": str(self._files[0])})
            except UserError as error:
                log_event("certificate not loaded", {"path": str(self._files[0]), "error": str(error)}, logging.ERROR)

    def _poll(self) -> List[Optional[Tuple[int, int, int]]]:
        """Return what changes with the content of the files; None for a missing one."""
        found: List[Optional[Tuple[int, int, int]]] = []
        for file in self._files:
            try:
                state = os.stat(file)
            except OSError:
                found.append(None)
            else:
                found.append((state.st_mtime_ns, state.st_size, state.st_ino))
        return found

    def _load(self, context: ssl.SSLContext) -> None:
        certificate, key = self._files
        try:
            context.load_cert_chain(certificate, key, password=_no_password)
        except UserError as error:
            raise UserError(str(error), where=str(key), do="openssl pkey -in KEY -out NEW writes it without") from None
        except ssl.SSLError as error:
            reason = error.reason or str(error)
            text = "the key does not belong to the certificate" if reason == "KEY_VALUES_MISMATCH" else \
                f"certificate and key cannot be read as PEM files: {reason.lower().replace('_', ' ')}"
            raise UserError(text, where=f"{certificate}, {key}") from error
        except OSError as error:
            raise UserError(f"the file cannot be read: {error.strerror}", where=f"{certificate}, {key}") from error


def _no_password() -> str:
    raise UserError("the private key has a password")
