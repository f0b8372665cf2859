# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C ends a program with 130: never inside Paddle or an import, and it is never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types
from typing import Any, Callable, Iterator

import pytest

from ppclas_core.cli import guarded
from ppclas_core.system.signals import Interruptible, Interruption, interruptible

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and timers are a matter of POSIX")


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Python's own handlers, also where the tests were started in the background, with Ctrl-C ignored."""
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGHUP, signal.SIGALRM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for signum, handler in before.items():
        assert signal.getsignal(signum) in (handler, signal.default_int_handler, signal.SIG_DFL)
        signal.signal(signum, handler)


def code_of(module: str) -> Callable[..., Any]:
    """A function `call(action, swallow)` whose code belongs to another module."""
    space = types.ModuleType(module).__dict__
    exec("def call(action, swallow=False):\n"
         "    try:\n        action()\n    except BaseException:\n        if not swallow:\n            raise\n", space)
    found: Callable[..., Any] = space["call"]
    return found


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_the_work_and_both_handlers_come_back() -> None:
    with pytest.raises(Interruption) as caught, Interruptible():
        interrupt()
    assert caught.value.exit_code == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.parametrize("module", ["paddle", "paddle.jit.api", "importlib._bootstrap", "_frozen_importlib"])
def test_it_waits_for_the_end_of_code_that_it_would_crash(module: str) -> None:
    done = []

    def inside() -> None:
        interrupt()
        done.append("the rest")

    def work() -> None:
        code_of(module)(inside)
        while True:  # the timer ends it
            signal.pause()

    with pytest.raises(Interruption), Interruptible():
        work()
    assert done == ["the rest"]


def test_one_that_was_swallowed_comes_again() -> None:
    swallowed = []

    def inside() -> None:
        try:
            interrupt()
        except KeyboardInterrupt:
            swallowed.append(True)
            raise

    def work() -> None:
        code_of("some_binding")(inside, swallow=True)
        assert swallowed
        while True:
            signal.pause()

    with pytest.raises(Interruption), Interruptible():
        work()


def test_one_that_could_not_be_raised_before_the_end_is_raised_there() -> None:
    with pytest.raises(Interruption), Interruptible():
        code_of("paddle")(interrupt)


def test_the_error_that_an_interrupt_became_is_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        def fail() -> None:
            interrupt()
            raise ImportError("initialization failed")

        code_of("paddle")(fail)
        return 0

    assert guarded(work) == 130
    assert capsys.readouterr().err.strip() == "ppclas: interrupted"


def test_the_clean_up_is_not_disturbed_by_attempts_to_raise_again() -> None:
    cleaned = []

    def work() -> None:
        try:
            interrupt()
        finally:
            for _ in range(3):
                signal.pause()  # each of these is an attempt
            cleaned.append(True)

    with pytest.raises(Interruption), Interruptible():
        work()
    assert cleaned


def test_sighup_ends_a_program_with_129_unless_it_is_ignored() -> None:
    with pytest.raises(Interruption) as caught, Interruptible():
        signal.raise_signal(signal.SIGHUP)
    assert caught.value.exit_code == 129
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interruptible():
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_inside_a_context_and_a_handler_of_others_a_context_does_nothing() -> None:
    @interruptible
    def inner() -> Any:
        return signal.getsignal(signal.SIGINT)

    with Interruptible():
        ours = signal.getsignal(signal.SIGINT)
        assert inner() == ours
    received = []
    signal.signal(signal.SIGINT, lambda *arguments: received.append(True))
    with Interruptible():
        interrupt()
    assert received
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_second_ctrl_c_ends_a_program_whose_paddle_does_not_return() -> None:
    code = ("import signal, sys, types\nfrom ppclas_core.cli import guarded\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "space = types.ModuleType('paddle').__dict__\n"
            "exec('def call(action):\\n    action()', space)\n"
            "def work():\n    signal.raise_signal(signal.SIGINT)\n    print('first', flush=True)\n"
            "    signal.raise_signal(signal.SIGINT)\n    print('second')\n    return 0\n"
            "sys.exit(guarded(lambda: space['call'](work)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "first\n")
    assert done.stderr.strip() == "ppclas: interrupted"
