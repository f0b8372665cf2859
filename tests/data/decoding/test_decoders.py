# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The first decoder that works is chosen; one that does not work is logged."""

from __future__ import annotations

from typing import Any

import pytest

from ppclas_core.api import Op
from ppclas_core.data import build_pipeline
from ppclas_core.data.decoding import decoders
from ppclas_core.data.decoding.decoders import choose_decoder, transcoder
from ppclas_core.data.transforms.decode import DecodeImage
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Entry

TRAIN: list[Any] = [{"DecodeImage": {"to_rgb": False}}, {"RandCropImage": {"size": 8}}]


class Fast(DecodeImage):
    @staticmethod
    def transcode(data: bytes, interval: int) -> bytes:
        return data


class Known:
    """A catalogue of DecodeImage and two decoders: one installed without what it needs, and one that works."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def entries(self, kind: str) -> list[Entry]:
        return [Entry("op", Op(name, "x:y", "decode", aliases=(alias,)), "d", "1")
                for name, alias in (("DecodeImage", "opencv"), *((name, name.lower()) for name in self.names))]

    def find(self, kind: str, name: str) -> Entry:
        return next(entry for entry in self.entries("op") if name in (entry.record.name, *entry.record.aliases))

    def create(self, kind: str, name: str, params: dict[str, Any]) -> Any:
        if name == "broken":
            raise UserError("Broken was installed without its C part", do="install it again")
        return Fast(**params)

    def target(self, entry: Entry) -> Any:
        if entry.record.name == "Broken":
            raise UserError("Broken was installed without its C part")
        return Fast if entry.record.name == "Fast" else DecodeImage


def know(monkeypatch: Any, *names: str) -> None:
    monkeypatch.setattr(decoders, "catalogue", lambda: Known(*names))


def test_auto_takes_the_first_that_works_with_the_parameters_of_the_config(monkeypatch, caplog):
    pipeline = build_pipeline(TRAIN)
    caplog.set_level("INFO")
    decoders._log_once.cache_clear()
    know(monkeypatch, "Broken", "Fast")
    chosen = choose_decoder("auto", pipeline)
    choose_decoder("auto", pipeline)
    assert type(chosen) is Fast
    assert (chosen.to_rgb, chosen.channel_first) == (False, False)
    assert caplog.messages == ["decoder skipped: Broken was installed without its C part"]
    assert transcoder() is Fast.transcode


def test_where_none_works_opencv_decodes_and_a_named_one_is_an_error(monkeypatch):
    pipeline = build_pipeline(TRAIN)
    know(monkeypatch, "Broken")
    assert choose_decoder("auto", pipeline) is None
    assert transcoder() is None
    with pytest.raises(UserError, match="without its C part"):
        choose_decoder("broken", pipeline)


def test_a_pipeline_that_names_another_decoder_keeps_it(monkeypatch):
    steps = build_pipeline(TRAIN)
    steps.steps[0] = steps.steps[0]._replace(op=Fast())
    know(monkeypatch, "Fast")
    assert choose_decoder("auto", steps) is None
    assert choose_decoder("opencv", build_pipeline(TRAIN)) is None
