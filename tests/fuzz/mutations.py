# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Strategies that damage valid inputs, and the two lengths of every fuzz test."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHORT, LONG = 40, 2500
"""Examples in the gate, and under `-m fuzz` (all files together: about ten minutes)."""

lengths = pytest.mark.parametrize("examples", [pytest.param(SHORT, id="short"),
                                               pytest.param(LONG, id="long", marks=pytest.mark.fuzz)])

JUNK = [b"", b"\0", b"\xff\xfe", b"\x1b[31m", b"\xe9", b"9" * 40, b"-1", b"1e400", b".inf", b".nan", b"~", b"\n", b"\t",
        b" ", b"'", b'"', b"{", b"}", b"[", b"]", b":", b"- ", b"&a ", b"*a", b"!!python/object:os.system", b"\xc2\xb2",
        b"\xe2\x80\xae", b"\xed\xa0\x80", b"../../etc/passwd", b"%s" * 20, b"null", b"yes", b"0x10", b"1_000", b","]
"""Pieces that parsers have stumbled over."""


def check(examples: int, property: Callable[[Any], None], strategy: st.SearchStrategy[Any]) -> None:
    """Run `property` on so many values; the short form draws the same ones each time."""
    run = settings(max_examples=examples, deadline=None, derandomize=examples == SHORT, database=None,
                   suppress_health_check=list(HealthCheck))
    run(given(strategy)(property))()


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[bytes]) -> bytes:
    """Draw one of the samples with one to four damages: bytes changed, cut, doubled, removed, or junk put in."""
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        end = min(at + draw(st.integers(1, 32)), len(data))
        action = draw(st.sampled_from(("flip", "cut", "double", "remove", "junk", "random")))
        if action == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif action == "cut":
            del data[at:]
        elif action == "double":
            data[at:at] = data[at:end] * draw(st.integers(1, 3))
        elif action == "remove":
            del data[at:end]
        elif action == "junk":
            data[at:at] = draw(st.sampled_from(JUNK))
        else:
            data[at:end] = draw(st.binary(min_size=1, max_size=16))
    return bytes(data)


@st.composite
def damaged_lines(draw: st.DrawFn, lines: Sequence[bytes]) -> bytes:
    """Draw the lines of a text with one to four damages: a line gone, doubled, moved, or a word replaced by junk."""
    text: List[bytes] = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text) - 1))
        action = draw(st.sampled_from(("gone", "double", "move", "word", "end")))
        if action == "gone" and len(text) > 1:
            del text[at]
        elif action == "double":
            text.insert(at, text[at])
        elif action == "move":
            text.insert(draw(st.integers(0, len(text) - 1)), text.pop(at))
        elif action == "word":
            words = text[at].split(b" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(JUNK))
            text[at] = b" ".join(words)
        else:
            text[at] += draw(st.sampled_from(JUNK))
    return draw(st.sampled_from((b"\n", b"\n", b"\n", b"\r\n", b"\r"))).join(text)
