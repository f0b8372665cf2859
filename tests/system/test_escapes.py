# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: No command hands the terminal what a name from outside wants it to do; JSON stays valid whatever it holds."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

import numpy as np
import pytest

from ppclas_core.cli import guarded, main
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.runs.log import RunLog
from ppclas_core.system.console import GuardedStream, guarded_streams, unescaped
from ppclas_core.system.json_text import to_json

NASTY = "x\x1b]0;title\x07\x1b[2J\x9b31m\r"


def test_a_guarded_stream_escapes_all_but_a_program_s_own_lines():
    inner = io.StringIO()
    stream: Any = GuardedStream(inner, optional=False)
    print(NASTY, 5, file=stream)
    stream.writelines(["\x1b[0m", "two\n"])
    assert inner.getvalue() == "x\\x1b]0;title\\x07\\x1b[2J\\x9b31m\\r 5\n\\x1b[0mtwo\n"
    print("\r50 %", end="", file=unescaped(stream), flush=True)
    assert inner.getvalue().endswith("two\n\r50 %")
    assert unescaped(inner) is inner


def test_the_streams_are_safe_for_the_duration_only(capsys):
    before = sys.stdout, sys.stderr
    with guarded_streams(), guarded_streams():
        print(NASTY)
        print(NASTY, file=sys.stderr)
    assert (sys.stdout, sys.stderr) == before
    assert "\x1b" not in "".join(capsys.readouterr())


def test_rich_still_draws_its_own_lines():
    from rich.console import Console

    stream: Any = GuardedStream(io.StringIO(), optional=False)
    Console(file=stream, force_terminal=True, color_system="standard").print("[red]x[/red]")
    assert "\x1b[31mx" in stream.getvalue()


@pytest.mark.parametrize("error", [UserError(NASTY, where=NASTY, do=NASTY), ValueError(NASTY), OSError(13, "x", NASTY)])
def test_an_error_of_any_kind_is_printed_without_effect(error, capsys):
    def fail() -> int:
        raise error

    assert guarded(fail) in (1, 2)
    out = capsys.readouterr().err
    assert "\\x1b]0;title" in out
    assert all(character.isprintable() or character == "\n" for character in out)


def test_a_log_is_safe_on_the_console_and_in_its_file(tmp_path, capsys):
    log = RunLog()
    log.open(tmp_path)
    log.say(f"bad: {NASTY}{os.fsdecode(bytes([0xb9]))}")
    log.close()
    for text in (capsys.readouterr().err, (tmp_path / "train.log").read_text(encoding="utf-8")):
        assert "bad: x\\x1b]0;title\\x07\\x1b[2J\\x9b31m\\r\\xb9" in text


def test_json_is_valid_readable_and_keeps_each_name():
    value = {"猫": [NASTY, os.fsdecode(b"\xb9"), "\u202e", "\U000e0001", "café"], "n": 1.5}
    text = to_json(value, indent=1)
    assert json.loads(text) == value
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "猫" in text
    assert "\\udcb9" in text
    text.encode("utf-8")


@pytest.mark.parametrize("command", ["show", "check", "lr", "run", "eval"])
def test_keys_and_values_of_a_config_are_shown_and_not_obeyed(command, tmp_path, capsys):
    text = 'mode: "\\e[31mx"\n"\\e[2Jkey": 1\nTRAIN: {data_dir: "\\e]0;t\\a"}\n'
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    assert main([command, str(tmp_path / "c.yaml")]) == 2
    error = capsys.readouterr().err
    assert "\\x1b[2Jkey" in error
    assert "\x1b" not in error


def test_names_of_files_are_shown_and_not_obeyed(tmp_path, capsys):
    for name in (f"a/{NASTY}.png", f"b/{NASTY}2.png", "b/ok.png"):
        (tmp_path / "d" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "d" / name).write_bytes(b"no image")
    (tmp_path / "d/b/ok.png").write_bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    for command in (["data", "stats", str(tmp_path / "d"), "--html", str(tmp_path / "s.html")],
                    ["predict", str(tmp_path / "gone"), str(tmp_path / f"d/a/{NASTY}.png")],
                    ["predict", "run", str(tmp_path / NASTY)], ["info", NASTY], [NASTY],
                    ["data", "lists", str(tmp_path / "d"), "--out", str(tmp_path / NASTY)]):
        main(command)
        captured = capsys.readouterr()
        text = (captured.out + captured.err).replace("\n", "")
        assert text.isprintable(), command
    assert "\x1b" not in (tmp_path / "s.html").read_text(encoding="utf-8")
