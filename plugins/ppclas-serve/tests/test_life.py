# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A server lives: models are replaced, unloaded and loaded, and at its end every accepted request is answered."""

from __future__ import annotations

import functools
import http.client
import logging
import shutil
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import numpy as np
import pytest
from serve_process import Server, serving, toy_bundle

pytestmark = pytest.mark.xdist_group("serve")
CLASSIFY = "/v2/models/toy/classify"


class Load:
    """Clients that ask all the time, each on a connection that stays open.

    Attributes:
        responses: status and model version of each response; lost: what happened to requests that got none.
    """

    def __init__(self, server: Server, body: bytes, clients: int = 4) -> None:
        self._server, self._body = server, body
        self.responses: List[Any] = []
        self.lost: List[str] = []
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        import json

        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        while not self._end.is_set():
            try:
                connection.connect() if connection.sock is None else None
            except OSError:  # no longer listening: nothing was accepted
                return
            try:
                connection.request("POST", CLASSIFY, self._body)
                found = connection.getresponse()
                row = json.loads(found.read())
                self.responses.append((found.status, row.get("version"), row.get("classes", [{}])[0].get("id")))
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                connection.close()

    def wait_for(self, count: int, version: str) -> None:
        """Return when so many more requests were answered, the last of them by a version."""
        count += len(self.responses)
        end = time.monotonic() + 60
        while len(self.responses) < count or self.responses[-1][1] != version:
            assert time.monotonic() < end, (self.responses[-3:], self.lost)
            time.sleep(0.01)

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(30)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """seed -> a bundle with other weights, made once."""
    place = tmp_path_factory.mktemp("bundles")
    made: Dict[int, Path] = {}

    def make(seed: int) -> Path:
        if seed not in made:
            made[seed] = toy_bundle(place / f"toy{seed}", seed=seed)
        return made[seed]

    return make


@pytest.fixture
def toy(tmp_path: Path, bundles: Callable[[int], Path]) -> Path:
    """A bundle that a test may change."""
    return Path(shutil.copytree(bundles(1), tmp_path / "toy"))


@pytest.fixture
def watched(toy: Path) -> Iterator[Server]:
    with serving(str(toy), "--watch", "0.2", "--control") as server:
        yield server
        # SIGTERM drains the server, also after it has loaded Paddle for a new bundle
        assert server.stop() == 0, server.lines[-5:]


def replace(toy: Path, other: Path) -> None:
    """As `ppclas export` does: the folder changes its place in one step."""
    fresh = toy.with_name("fresh")
    shutil.copytree(other, fresh)
    toy.rename(toy.with_name("old"))
    fresh.rename(toy)


def test_a_new_bundle_takes_over_without_losing_a_request_and_a_bad_one_does_not(
        watched: Server, toy: Path, bundles: Callable[[int], Path], photos: List[bytes]) -> None:
    load = Load(watched, photos[0])
    try:
        load.wait_for(10, "1")
        replace(toy, bundles(2))
        assert watched.event("loaded", model="toy")["version"] == "2"
        load.wait_for(10, "2")
        weights = toy / "inference.pdiparams"
        weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\x7f")
        failed = watched.event("load failed", model="toy")
        assert "inference.pdiparams has changed" in failed["reason"]
        assert failed["old_serves"] is True
        load.wait_for(10, "2")
    finally:
        load.stop()
    assert load.lost == []
    assert {status for status, *_ in load.responses} == {200}
    assert {version for _, version, _ in load.responses} == {"1", "2"}
    assert load.responses[-1][1] == "2"
    classes = {version: {found for _, served, found in load.responses if served == version} for version in ("1", "2")}
    assert {version: len(found) for version, found in classes.items()} == {"1": 1, "2": 1}
    row = watched.ask("POST", "/v2/repository/index").json[0]
    assert (row["state"], row["version"]) == ("READY", "2")
    assert "has changed" in row["reason"]
    assert watched.ask("GET", "/v2/models/toy/versions/1").status == 404


def test_a_bundle_whose_outputs_differ_from_the_golden_batch_is_not_served(watched: Server, toy: Path,
                                                                bundles: Callable[[int], Path]) -> None:
    import json

    from ppclas_core.bundles.bundle import hash_files

    shutil.copy(bundles(3) / "inference.pdiparams", toy / "inference.pdiparams")
    facts = json.loads((toy / "bundle.json").read_text(encoding="utf-8"))
    facts["files"] = hash_files(toy)
    (toy / "bundle.json").write_text(json.dumps(facts), encoding="utf-8")
    assert "outputs of the artifact differ from those of the model" in watched.event("load failed")["reason"]
    assert watched.ask("GET", "/v2/models/toy/ready").status == 200


def test_models_are_unloaded_and_loaded_over_http(watched: Server, toy: Path, photos: List[bytes]) -> None:
    assert watched.ask("POST", "/v2/repository/models/toy/unload").status == 200
    refused = watched.ask("POST", CLASSIFY, photos[0])
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert watched.ask("GET", "/v2/health/ready").status == 200  # it is meant to be so
    assert watched.ask("GET", "/v2/models/toy/ready").status == 503
    assert watched.ask("POST", "/v2/repository/index", {"ready": True}).json == []
    shutil.move(str(toy), str(toy) + ".away")
    failed = watched.ask("POST", "/v2/repository/models/toy/load")
    assert (failed.status, "no weights there" in failed.json["error"]) == (400, True)
    shutil.move(str(toy) + ".away", str(toy))
    assert watched.ask("POST", "/v2/repository/models/toy/load").status == 200
    assert watched.ask("POST", CLASSIFY, photos[0]).json["version"] == "2"
    assert watched.ask("POST", "/v2/repository/models/none/load").status == 404


def test_sigterm_under_load_loses_no_accepted_request(toy: Path, photos: List[bytes]) -> None:
    server = Server(str(toy), "--max-delay-ms", "20", "--watch", "0")
    load = Load(server, photos[0], clients=6)
    load.wait_for(21, "1")
    assert server.stop() == 0
    load.stop()
    assert load.lost == []
    assert len(load.responses) > 20
    assert {status for status, *_ in load.responses} == {200}


def test_a_request_that_is_half_sent_at_sigterm_is_answered(toy: Path, photos: List[bytes]) -> None:
    server = Server(str(toy), "--watch", "0")
    text = f"POST {CLASSIFY} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(photos[0])}\r\n\r\n".encode() + photos[0]
    parts = (text[:20], text[:len(text) - 50])
    links = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(3)]
    for link, part in zip(links, (*parts, b"")):
        link.sendall(part)
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    server.event("stopping")
    for link, part in zip(links, (*parts, b"")):
        link.sendall(text[len(part):])
    for link in links:
        response = b"".join(iter(functools.partial(link.recv, 65536), b""))
        assert response.startswith(b"HTTP/1.1 200"), response
        assert b"connection: close" in response.lower()
        link.close()
    assert server.process.wait(60) == 0


@pytest.mark.parametrize("name", ["SIGINT", pytest.param("SIGHUP", marks=pytest.mark.skipif(
    not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN,
    reason="on Windows and under nohup a closed terminal ends nothing"))])
def test_ctrl_c_and_a_closed_terminal_stop_it_too_and_while_it_drains_it_says_that_it_is_not_ready(
        toy: Path, name: str) -> None:
    server = Server(str(toy), "--watch", "0", "--drain-delay", "2", "--instances", "2")
    server.process.send_signal(getattr(signal, name))
    server.event("stopping", signal=name)
    assert server.ask("GET", "/v2/health/live").status == 200
    ready = server.ask("GET", "/v2/health/ready")
    assert (ready.status, ready.json) == (503, {"ready": False, "reason": "stopping"})
    assert server.process.wait(60) == 0
    assert server.lines[-1]["event"] == "stopped"


def test_a_server_that_could_not_start_leaves_the_log_as_it_was(ppclas_project: Any) -> None:
    logger = logging.getLogger("ppclas_serve")
    before = (list(logger.handlers), logger.propagate, logger.level)
    project = ppclas_project()
    assert project.run("serve", "missing", "--log-file", "log").code == 2
    assert (project.folder / "log").exists()
    assert (logger.handlers, logger.propagate, logger.level) == before


@pytest.mark.parametrize(("arguments", "said"), [
    (["nowhere"], "no weights there"), (["a=x", "a=y"], "two models have the name 'a'"),
    (["/=x"], "is not a valid name of a model"),
    (["x", "--max-batch", "0"], "--max-batch is 0; it must be at least 1"), (["x", "--timeout", "0"], "above 0"),
    (["x", "--max-buffered-mb", "1"], "below --max-request-mb"), (["x", "--watch", "-1"], "must be at least 0"),
    (["x", "--host", "not.a.host.invalid"], "cannot listen"), (["x", "--port", "99999"], "--port is 99999"),
    (["x", "--max-request-mb", "inf"], "--max-request-mb is inf; it must be a finite number"),
    (["x", "--drain", "nan"], "--drain is nan; it must be a finite number"),
])
def test_mistakes_on_the_command_line_end_it_with_a_reason(ppclas_project: Any, arguments: List[str],
                                                           said: str) -> None:
    outcome = ppclas_project().run("serve", "--log-file", "log", "--port", "0", *arguments)
    assert outcome.code == 2
    assert said in outcome.err


def test_the_pixels_of_a_bundle_that_normalises_itself_go_in_as_uint8(tmp_path: Path, photos: List[bytes]) -> None:
    from ppclas_core.predict import Predictor

    bundle = toy_bundle(tmp_path / "toy", uint8=True, softmax=True)
    best = Predictor(bundle, runtime="paddle").predict(photos[0], topk=1)[0].classes[0]
    with serving(str(bundle), "--watch", "0", "--engine", "paddle") as server:
        found = server.ask("POST", CLASSIFY, photos[0]).json["classes"][0]
        assert (found["id"], round(found["score"], 4)) == (best.id, round(best.score, 4))
        assert server.ask("GET", "/v2/models/toy").json["inputs"][0] == {
            "name": "image", "datatype": "UINT8", "shape": [-1, 32, 32, 3]}
        ask = {"inputs": [{"name": "image", "datatype": "UINT8", "shape": [1, 32, 32, 3], "data": [7] * 3072}]}
        assert server.ask("POST", "/v2/models/toy/infer", ask).status == 200
        ask["inputs"][0]["data"] = [256] * 3072
        assert "0..255" in server.ask("POST", "/v2/models/toy/infer", ask).json["error"]
        heat = server.ask("POST", "/v2/models/toy/explain", photos[0]).json
        assert heat["method"] == "occlusion"
        assert np.shape(heat["map"]) == (7, 7)
