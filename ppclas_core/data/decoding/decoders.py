# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the replacement of DecodeImage: `decoder: auto | opencv | NAME`. All decoders give the same pixels."""

from __future__ import annotations

import functools
import logging
from typing import Any, Callable, Dict, Optional

from ppclas_core.data.decoding.to_eight_bits import CLIP
from ppclas_core.data.pipeline import Pipeline
from ppclas_core.data.transforms.decode import DROP, DecodeImage
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue

_log = logging.getLogger(__name__)


def choose_decoder(name: str, pipeline: Pipeline) -> Optional[Any]:
    """Return the op that replaces the pipeline's DecodeImage; None: keep it.

    A decoder with partial decoding has `open(data)`, which returns None or an object with `size`, (height, width), and
    `region((x, y, width, height))`, which returns an array or None.

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
        return catalogue().create("op", name, params)
    for other in decoders()[2:]:
        try:
            return catalogue().create("op", other, params)
        except UserError as error:
            _log_once(error.what)
    return None


@functools.cache
def _log_once(reason: str) -> None:
    """Log once per process why an installed decoder does not work."""
    _log.info("decoder left out: %s", reason)


def decoders() -> list[str]:
    """Return the values of `decoder`: auto, opencv, then the decoders of plugins."""
    plugged = [entry.record for entry in catalogue().entries("op") if entry.record.level == "decode"
               and entry.record.name != "DecodeImage"]
    return ["auto", "opencv", *((record.aliases or (record.name,))[0] for record in plugged)]


def transcoder() -> Optional[Callable[[Any, int], Optional[bytes]]]:
    """Return `transcode(data, interval)` of the first installed decoder that has it; None if there is none.

    `transcode` returns the JPEG with a restart marker every `interval` MCUs and equal pixels, or None if it does not
    support the JPEG.
    """
    for entry in catalogue().entries("op"):
        if entry.record.level != "decode":
            continue
        try:
            found = getattr(catalogue().target(entry), "transcode", None)
        except UserError:  # its requirements are missing
            continue
        if found is not None:
            transcode: Callable[[Any, int], Optional[bytes]] = found
            return transcode
    return None
