# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Who shows and keeps the lines of the loggers: the command line, a run, and Python's defaults in a library."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest

from ppclas_core.cli.program import guarded
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.log import RunLog
from ppclas_core.system import logging_setup
from ppclas_core.system.logging_setup import LogFile, attach, console_logging, detach

_log = logging.getLogger("ppclas_core.some.module")


def test_a_command_shows_info_and_warnings_as_plain_lines_on_stderr(capsys):
    def command() -> int:
        _log.info("TRAIN: %d images", 3)
        _log.warning("cache: full")
        logging.getLogger("another_library").info("chatter")
        return 0

    assert guarded(command) == 0
    out = capsys.readouterr()
    assert out.err == "TRAIN: 3 images\ncache: full\n"
    assert out.out == ""


def test_after_a_command_the_loggers_are_as_before(capsys):
    package = logging.getLogger("ppclas_core")
    before = (package.level, package.propagate, list(package.handlers))  # the root may have a level of Paddle's
    with console_logging():
        assert _log.isEnabledFor(logging.INFO)
    assert (package.level, package.propagate, package.handlers) == before
    assert package.handlers == []


def test_a_command_within_a_command_shows_a_line_once(capsys):
    with console_logging() as outer, console_logging() as inner:
        assert inner is outer
        _log.info("once")
    assert capsys.readouterr().err == "once\n"


def test_lines_of_plugins_are_shown_whenever_they_were_loaded(capsys, tmp_path, monkeypatch):
    catalogue()
    with console_logging():
        logging.getLogger("ppclas_search.loop").info("of an installed plugin")
        file = tmp_path / "my_logging_plugin.py"
        file.write_text("import logging\nfrom ppclas_core.api import Op, hookimpl\n@hookimpl\ndef ppclas_ops():\n"
                        "    return [Op(name='Mine', target='my_logging_plugin:Mine')]\nclass Mine: pass\n")
        monkeypatch.setattr("ppclas_core.plugins.catalogue.catalogue", catalogue)
        from ppclas_core.plugins.manager import Loader

        Loader().load_file(file)
        logging.getLogger("my_logging_plugin").info("of a file")
    assert capsys.readouterr().err == "of an installed plugin\nof a file\n"


def test_a_handler_that_another_library_puts_on_the_root_does_not_show_a_line_twice(capsys):
    others = logging.StreamHandler(sys.stderr)
    logging.getLogger().addHandler(others)
    try:
        with console_logging():
            _log.info("once")
        _log.warning("as any library")
    finally:
        logging.getLogger().removeHandler(others)
    assert capsys.readouterr().err == "once\nas any library\n"


def test_caplog_sees_what_a_library_function_logs(caplog):
    caplog.set_level("INFO")
    _log.info("seen")
    assert [record.getMessage() for record in caplog.records] == ["seen"]


def test_further_processes_of_a_launch_show_warnings_only(capsys, monkeypatch):
    monkeypatch.setenv("PADDLE_TRAINERS_NUM", "2")
    monkeypatch.setenv("PADDLE_TRAINER_ID", "1")
    with console_logging():
        _log.info("a step")
        _log.warning("a fault of this machine")
    assert capsys.readouterr().err == "a fault of this machine\n"


@pytest.mark.parametrize("first", [True, False])
def test_a_run_keeps_its_lines_until_it_has_a_folder_and_writes_nothing_in_further_processes(first, tmp_path, capsys):
    log = RunLog(first=first)
    _log.warning("before the folder")
    log.open(tmp_path / "run")
    log.say("after it")
    log.record("step", {"loss": float("nan")})
    log.close()
    _log.info("after the run")
    if first:
        lines = (tmp_path / "run/train.log").read_text(encoding="utf-8").splitlines()
        assert [line[20:] for line in lines] == ["before the folder", "after it"]
        assert json.loads((tmp_path / "run/metrics.jsonl").read_text()) == {"kind": "step", "loss": None}
        assert capsys.readouterr().err == "before the folder\nafter it\n"  # without a command line, too
    else:
        assert not (tmp_path / "run").exists()


def test_a_log_file_that_cannot_be_written_is_reported_once(tmp_path, capsys):
    class Full(io.StringIO):
        name = "somewhere/train.log"

        def write(self, text):
            raise OSError(28, "No space left on device")

        def close(self):
            raise OSError(28, "No space left on device")

    handler = LogFile()
    handler.open(tmp_path / "train.log")
    assert handler._file is not None
    handler._file.close()
    handler._file = Full()
    attach(handler)
    try:
        with console_logging():
            for line in ("one", "two"):
                _log.info(line)
    finally:
        detach(handler)
        handler.close()
    assert capsys.readouterr().err == "train.log can no longer be written: No space left on device\none\ntwo\n"


def test_in_a_library_warnings_are_shown_and_info_is_not():
    code = ("import logging, ppclas_core; log = logging.getLogger('ppclas_core.x')\n"
            "log.info('silent'); log.warning('seen')")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "seen\n"


def test_a_level_that_the_program_has_set_stays(capsys):
    logger = logging.getLogger("ppclas_core")
    logger.setLevel(logging.ERROR)
    try:
        with console_logging():
            _log.warning("not wanted")
        assert logger.level == logging.ERROR
    finally:
        logger.setLevel(logging.NOTSET)
    assert capsys.readouterr().err == ""
    assert logging_setup._handlers == []


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_on_a_terminal_lines_scroll_above_a_bar_that_is_no_text():
    import os
    import pty

    code = ("from ppclas_core.system import console\nfrom ppclas_core.runs.log import RunLog\n"
            "with console.guarded_streams():\n"
            "    log = RunLog(); log.start_progress(4, 0); log.say('a \\x1b[31mline'); log.advance(2, 'epoch 1/2')\n"
            "    log.close()\n")
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen([sys.executable, "-c", code], stderr=follower, env=environment) as process:
        os.close(follower)
        shown = b""
        try:
            while part := os.read(leader, 1 << 16):
                shown += part
        except OSError:  # how Linux reports that the other end was closed
            pass
        assert process.wait() == 0
    os.close(leader)
    assert b"a \\x1b[31mline\r\n" in shown  # a name of ours cannot steer the terminal
    assert b"\x1b[2K" in shown  # the bar can
    assert shown.count(b"\\x1b") == 1
