# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the decoder that replaces DecodeImage: `decoder: auto | opencv | NAME`. All give the same pixels."""

from __future__ import annotations

import functools
import logging
from typing import Any, Callable, Dict, List, Optional

from ppclas_core.data.capabilities import Decoder
from ppclas_core.data.decoding.to_eight_bits import CLIP
from ppclas_core.data.pipeline import Pipeline
from ppclas_core.data.transforms.decode import DROP, DecodeImage
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue

Transcode = Callable[[bytes, int], Optional[bytes]]
"""`transcode(data, interval)`: the JPEG with equal pixels and a restart marker every `interval` MCUs.

The result is None if the function does not support the JPEG.
"""

_log = logging.getLogger(__name__)


def choose_decoder(name: str, pipeline: Pipeline) -> Optional[Decoder]:
    """Return the decoder that replaces the pipeline's DecodeImage; None: keep it.

    A decoder that can decode a part of an image has the capability `OpensParts`.

    Args:
        name: `auto`: the first installed decoder that works; `opencv`: DecodeImage; or the name of a decoder.
        pipeline: the pipeline.

    Raises:
        UserError: the decoder is unknown or does not work here.
    """
    plain = pipeline.steps[0].op if pipeline.steps else None
    if type(plain) is not DecodeImage or name in ("opencv", "DecodeImage"):
        return None
    params: Dict[str, Any] = {"to_rgb": plain.to_rgb, "channel_first": plain.channel_first}
    choices = {"alpha": (plain.alpha, DROP), "depth": (plain.depth, CLIP)}  # a decoder may lack these parameters
    params.update({key: value for key, (value, default) in choices.items() if value != default})
    if name != "auto":
        entry = catalogue().find("op", name)
        if entry.record.level != "decode":
            raise UserError(f"decoder is {name!r}, an op that does not decode", do=f"one of: {', '.join(decoders())}")
        decoder: Decoder = catalogue().create("op", name, params)
        return decoder
    for other in _plugin_decoders():
        try:
            decoder = catalogue().create("op", other, params)
            return decoder
        except UserError as error:
            _log_once(error.what)
    return None


@functools.cache
def _log_once(reason: str) -> None:
    """Log once per process why an installed decoder does not work."""
    _log.info("decoder skipped: %s", reason)


def decoders() -> List[str]:
    """Return the values of `decoder`: auto, opencv, then the decoders of plugins."""
    return ["auto", "opencv", *_plugin_decoders()]


def _plugin_decoders() -> List[str]:
    plugged = [entry.record for entry in catalogue().entries("op") if entry.record.level == "decode"
               and entry.record.name != "DecodeImage"]
    return [(record.aliases or (record.name,))[0] for record in plugged]


def transcoder() -> Optional[Transcode]:
    """Return the function `transcode` of the first installed decoder that has one; None if there is none."""
    for entry in catalogue().entries("op"):
        if entry.record.level != "decode":
            continue
        try:
            found = getattr(catalogue().target(entry), "transcode", None)
        except UserError:  # its requirements are missing
            continue
        if found is not None:
            transcode: Transcode = found
            return transcode
    return None
