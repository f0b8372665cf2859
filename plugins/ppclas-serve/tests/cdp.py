# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven by the DevTools protocol over its own pipe: no driver and no package needed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Iterator, Optional

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_browser() -> Optional[str]:
    """The program, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Tab:
    """One page.

    Attributes:
        errors: what its console and its scripts complained of, and requests that went elsewhere or failed.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._buffer, self._number, self._session = b"", 0, ""
        self.errors: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """One command and its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            found = self._read(20)
            if found.get("id") == self._number:
                assert "error" not in found, found
                return found["result"]

    def _read(self, seconds: float) -> Any:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], seconds)
            assert ready, "the browser does not respond"
            part = os.read(self._from, 1 << 16)
            assert part, "the browser has ended"
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\0")
        found = json.loads(line)
        if found.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(found["params"]["exceptionDetails"])[:500])
        if found.get("method") == "Log.entryAdded" and found["params"]["entry"]["level"] == "error":
            self.errors.append(found["params"]["entry"]["text"] + " " + found["params"]["entry"].get("url", ""))
        return found

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives; a promise is awaited."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, expression: str, seconds: float = 20) -> Any:
        """Its first value that is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.value(expression)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}; errors: {self.errors}")

    def choose_file(self, selector: str, path: Path) -> None:
        """Put a file into an `<input type=file>`."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)


@contextlib.contextmanager
def browsing(profile: Path) -> Iterator[Tab]:
    """A tab; the browser ends with the block."""
    program = find_browser()
    assert program is not None
    read_commands, write_commands = os.pipe()
    read_answers, write_answers = os.pipe()
    arguments = [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}"]

    def place() -> None:  # the browser reads commands from descriptor 3 and responds on 4
        first, second = os.dup(read_commands), os.dup(write_answers)
        os.dup2(first, 3)
        os.dup2(second, 4)

    process = subprocess.Popen(arguments, preexec_fn=place, close_fds=False, stderr=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)
    os.close(read_commands)
    os.close(write_answers)
    try:
        yield Tab(write_commands, read_answers)
    finally:
        process.kill()
        process.wait()
        os.close(write_commands)
        os.close(read_answers)
