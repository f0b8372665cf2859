# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Published names and addresses in place of a path to weights; what is here under the same name wins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Union

SUFFIXES = (".pdparams", ".safetensors")
"""Endings that a prefix of weights leaves out."""


def is_address(source: Union[str, Path]) -> bool:
    """Return True for an http address."""
    return str(source).startswith(("http://", "https://"))


def published_name(source: Union[str, Path]) -> str:
    """Return the source when it is a name of the catalogue and nothing here is called so; "" otherwise."""
    from ppclas_core.plugins.models import list_models

    text = str(source)
    if not text or "/" in text or os.sep in text:
        return ""
    if any(Path(text + suffix).exists() for suffix in ("", *SUFFIXES)):
        return ""
    return text if text.rpartition(":")[2] in list_models() else ""


def find_source(source: Union[str, Path]) -> Path:
    """Return a path as it is, and a published name or an http address as the downloaded file.

    Raises:
        UserError: nothing is published under the name, or the download fails.
    """
    if is_address(source):
        from ppclas_core.weights.download import download_address

        return download_address(str(source))
    name = published_name(source)
    if name:
        from ppclas_core.weights.download import download

        return download(name)
    return Path(source)
