# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The real server in a child process, and raw requests to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional


class Answer(NamedTuple):
    """Status, headers (names in lower case) and body."""

    status: int
    headers: Dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Server:
    """`ppclas serve ARGUMENTS` on a free port.

    Args:
        light: run `light_server.py`, whose network is of numpy.

    Attributes:
        lines: what it logged so far.
    """

    def __init__(self, *arguments: str, light: bool = False, **environment: str) -> None:
        settings = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
        program = [str(Path(__file__).with_name("light_server.py"))] if light else ["-m", "ppclas_core", "serve"]
        self.process = subprocess.Popen([sys.executable, *program, *arguments, "--port", "0"],
                                        stderr=subprocess.PIPE, text=True, encoding="utf-8", env=settings)
        self.lines: List[Any] = []
        self._queue: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = str(self.event("listening")["url"])
        self.port = int(self.url.rpartition(":")[2])

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                row = json.loads(line)
            except ValueError:
                row = {"event": "text", "text": line.rstrip()}
            self.lines.append(row)
            self._queue.put(row)
        self._queue.put(None)

    def event(self, name: str, seconds: float = 60, **facts: Any) -> Any:
        """The next line with this event and these facts."""
        while True:
            row = self._queue.get(timeout=seconds)
            assert row is not None, f"the server ended: {self.lines[-5:]}"
            if row["event"] == name and all(row.get(key) == value for key, value in facts.items()):
                return row

    def ask(self, method: str, path: str, body: Any = None, headers: Optional[Dict[str, str]] = None) -> Answer:
        """One request on a connection of its own; a body that is no bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            if body is not None and not isinstance(body, (bytes, bytearray)):
                body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, headers or {})
            found = connection.getresponse()
            return Answer(found.status, {key.lower(): value for key, value in found.getheaders()}, found.read())

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextlib.contextmanager
def serving(*arguments: str, light: bool = False, **environment: str) -> Iterator[Server]:
    """A server, stopped at the end."""
    server = Server(*arguments, light=light, **environment)
    try:
        yield server
    finally:
        server.stop()


def toy_bundle(folder: Path, *, seed: int = 7, classes: int = 4, format: str = "inference", **options: Any) -> Path:
    """A bundle of ToyNet; `folder` is replaced."""
    from ppclas_core.export import export

    return export(toy_run(folder.parent / f"{folder.name}.run{seed}", seed=seed, classes=classes), format, folder,
                  **options).path


def toy_run(folder: Path, *, seed: int = 7, classes: int = 4) -> Path:
    """A checkpoint of ToyNet."""
    import numpy as np

    from ppclas_core.testing.toy import toy_checkpoint
    from ppclas_core.weights.write import save_pdparams

    toy_checkpoint(folder, num_classes=classes)
    import paddle

    state = paddle.load(str(folder / "ppcls.pdparams"))
    rng = np.random.default_rng(seed)
    save_pdparams(folder / "ppcls.pdparams", {
        key: np.abs(rng.normal(1, 0.1, value.shape)).astype(np.float32) if "_variance" in key
        else (0.4 * rng.normal(size=value.shape)).astype(np.float32)
        for key, value in ((key, np.asarray(value)) for key, value in state.items())})
    return folder
