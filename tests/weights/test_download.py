# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads from a server that stalls, truncates, redirects and lies."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import pickle
import tarfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.system.cache import cache_folder
from ppclas_core.system.lock import locked
from ppclas_core.weights.download import download_address
from ppclas_core.weights.fetch import RetryPolicy, fetch
from ppclas_core.weights.formats.variables import write_variable
from ppclas_core.weights.read import read_weights

CONTENT = pickle.dumps({"w": np.arange(50_000, dtype=np.float32)})
FAST = RetryPolicy(timeout=0.5, retries=2, pause=0.01)
Behaviour = Callable[[Any, bytes, int], None]


class Server:
    """Serves files; `behaviours` take over the next requests, one each: `behave(handler, body, start)`."""

    def __init__(self) -> None:
        self.files: Dict[str, bytes] = {}
        self.behaviours: List[Behaviour] = []
        self.requests: List[Optional[str]] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests.append(self.headers.get("Range"))
                body = server.files.get(self.path.lstrip("/"), b"")
                same = self.headers.get("If-Range", etag(body)) == etag(body)
                asked = self.headers.get("Range", "") if same else ""
                start = int(asked[len("bytes="):-1]) if asked else 0
                behave = server.behaviours.pop(0) if server.behaviours else None
                if behave is not None:
                    behave(self, body, start)
                elif self.path.lstrip("/") not in server.files:
                    self.send_error(404)
                elif start >= len(body) > 0:
                    self.send_error(416)
                else:
                    head(self, body, start)
                    self.wfile.write(body[start:])

            def log_message(self, *_: Any) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def head(handler: Any, body: bytes, start: int, *, length: Optional[int] = None) -> None:
    handler.send_response(206 if start else 200)
    handler.send_header("ETag", etag(body))
    handler.send_header("Content-Length", str(len(body) - start if length is None else length))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.end_headers()


def breaks_after(count: int) -> Behaviour:
    def behave(handler: Any, body: bytes, start: int) -> None:
        head(handler, body, start)
        handler.wfile.write(body[start:start + count])

    return behave


def stalls_after(count: int) -> Behaviour:
    def behave(handler: Any, body: bytes, start: int) -> None:
        breaks_after(count)(handler, body, start)
        handler.wfile.flush()
        time.sleep(1.5)

    return behave


def claims_length(length: int) -> Behaviour:
    def behave(handler: Any, body: bytes, start: int) -> None:
        head(handler, body, 0, length=length)
        handler.wfile.write(body[:length])

    return behave


def answers(code: int) -> Behaviour:
    return lambda handler, body, start: handler.send_error(code)


def redirects_to(url: str) -> Behaviour:
    def behave(handler: Any, body: bytes, start: int) -> None:
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home"))
    running = Server()
    running.files["X.pdparams"] = CONTENT
    yield running
    running.http.shutdown()
    running.http.server_close()


def archive(files: Dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def variable(value: float) -> bytes:
    stream = io.BytesIO()
    write_variable(stream, np.full(300, value, np.float32))
    return stream.getvalue()


def test_a_file_arrives_with_progress_and_without_rests(server: Server, tmp_path: Path) -> None:
    steps: List[Any] = []
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST,
          progress=lambda done, total: steps.append((done, total)))
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert steps[0] == (0, len(CONTENT))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_a_broken_connection_is_continued_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.behaviours = [breaks_after(1000), breaks_after(500)]
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert server.requests == [None, "bytes=1000-", "bytes=1500-"]


def test_a_silent_server_is_left_and_asked_again(server: Server, tmp_path: Path) -> None:
    server.behaviours = [stalls_after(1000), stalls_after(0)]
    began = time.monotonic()
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert 0.9 < time.monotonic() - began < 1.5


def test_an_interrupted_download_goes_on_in_the_next_run(server: Server, tmp_path: Path) -> None:
    server.behaviours = [breaks_after(1000), answers(503), answers(503)]
    with pytest.raises(UserError, match=r"503.*1000 bytes so far"):
        fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert server.requests[-1] == "bytes=1000-"
    assert (tmp_path / "x").read_bytes() == CONTENT


def test_a_file_that_changed_in_between_is_fetched_from_its_start(server: Server, tmp_path: Path) -> None:
    server.behaviours = [breaks_after(1000), answers(500), answers(500)]
    with pytest.raises(UserError):
        fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    server.files["X.pdparams"] = b"new" * 1000
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert (tmp_path / "x").read_bytes() == b"new" * 1000


def test_a_server_that_promises_more_than_it_has_is_given_up(server: Server, tmp_path: Path) -> None:
    server.behaviours = [claims_length(len(CONTENT) + 50)] * 30
    with pytest.raises(UserError, match="the connection ended after"):
        fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert not (tmp_path / "x").exists()
    server.behaviours, server.requests = [], []
    fetch(server.url + "X.pdparams", tmp_path / "x", policy=FAST)
    assert (tmp_path / "x").read_bytes() == CONTENT


def test_a_refusal_is_final_and_names_the_way_out(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="404") as caught:
        fetch(server.url + "missing", tmp_path / "x", policy=FAST)
    assert "PPCLAS_WEIGHTS_URL" in str(caught.value)
    assert len(server.requests) == 1


def test_no_server_at_all_is_an_error_in_one_screen_after_one_more_try(tmp_path: Path,
                                                                       caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UserError, match="cannot be downloaded") as caught:
        fetch("http://127.0.0.1:1/x", tmp_path / "x", policy=RetryPolicy(timeout=0.5, retries=5, pause=0.01))
    assert "bytes so far" not in str(caught.value)
    assert caplog.text.count("trying again") == 1


def test_redirects_are_followed_but_not_for_ever_and_not_to_files(server: Server, tmp_path: Path) -> None:
    server.behaviours = [redirects_to(server.url + "X.pdparams")]
    fetch(server.url + "old", tmp_path / "x", policy=FAST)
    assert (tmp_path / "x").read_bytes() == CONTENT
    server.behaviours = [redirects_to(server.url + "old")] * 20
    with pytest.raises(UserError, match="302"):
        fetch(server.url + "old", tmp_path / "y", policy=FAST)
    server.behaviours = [redirects_to("file:///etc/hostname")]
    with pytest.raises(UserError, match=r"file:///etc/hostname|302"):
        fetch(server.url + "old", tmp_path / "y", policy=FAST)


def test_the_second_use_asks_no_server_and_a_changed_file_is_fetched_again(server: Server) -> None:
    url = server.url + "X.pdparams"
    path = download_address(url, policy=FAST)
    assert path.is_relative_to(cache_folder("weights"))
    assert download_address(url, policy=FAST) == path
    assert len(server.requests) == 1
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert download_address(url, policy=FAST).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_size_and_sha256_of_the_first_download_bind_the_later_ones(server: Server) -> None:
    url = server.url + "X.pdparams"
    path = download_address(url, policy=FAST)
    record = json.loads(path.with_name("X.pdparams.json").read_text())
    assert (record["size"], record["sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    path.unlink()
    server.files["X.pdparams"] = pickle.dumps({"w": np.zeros(50_000, np.float32)})
    with pytest.raises(UserError, match="was recorded at the first download"):
        download_address(url, policy=FAST)
    assert not path.exists()


def test_the_lock_of_a_download_is_out_of_sight(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="404"):
        download_address(server.url + "none.tar", tmp_path / "pretrained", policy=FAST)
    assert [entry.name for entry in (tmp_path / "pretrained").iterdir() if not entry.name.startswith(".")] == []


def test_a_published_sha256_is_checked_at_once(server: Server) -> None:
    with pytest.raises(UserError, match="was recorded by the publisher"):
        download_address(server.url + "X.pdparams", sha256="0" * 64, policy=FAST)


def test_a_length_that_cuts_the_file_is_noticed_and_not_recorded(server: Server, tmp_path: Path) -> None:
    server.behaviours = [claims_length(1000)]
    with pytest.raises(UserError, match="damaged"):
        download_address(server.url + "X.pdparams", tmp_path / "place", policy=FAST)
    assert not (tmp_path / "place" / "X.pdparams.json").exists()
    assert download_address(server.url + "X.pdparams", tmp_path / "place", policy=FAST).read_bytes() == CONTENT


def test_an_archive_becomes_a_folder_of_variables(server: Server, tmp_path: Path) -> None:
    files = {f"Y_pretrained/{name}": variable(k) for k, name in enumerate(["conv1_weights", "fc_0.w_0", "._junk"])}
    server.files["Y_pretrained.tar"] = archive(files)
    path = download_address(server.url + "Y_pretrained.tar", tmp_path / "place", policy=FAST)
    assert path == tmp_path / "place" / "Y_pretrained"
    assert sorted(read_weights(path).arrays) == ["conv1_weights", "fc_0.w_0"]
    assert not (tmp_path / "place" / "Y_pretrained.tar").exists()
    assert download_address(server.url + "Y_pretrained.tar", tmp_path / "place", policy=FAST) == path
    assert len(server.requests) == 1
    (path / "fc_0.w_0").unlink()
    download_address(server.url + "Y_pretrained.tar", tmp_path / "place", policy=FAST)
    assert (path / "fc_0.w_0").read_bytes() == variable(1)


def test_an_archive_cut_between_two_files_is_noticed(server: Server, tmp_path: Path) -> None:
    data = archive({"a": variable(1), "b": variable(2)})
    server.files["Y.tar"] = data[:512 + 1536]  # header and content of the first member
    with pytest.raises(UserError, match="archive is damaged"):
        download_address(server.url + "Y.tar", tmp_path, policy=FAST)
    assert not (tmp_path / "Y").exists()


def test_two_processes_fetch_a_file_once(server: Server, tmp_path: Path) -> None:
    server.behaviours = [stalls_after(len(CONTENT))]
    results: List[Path] = []
    threads = [threading.Thread(target=lambda: results.append(
        download_address(server.url + "X.pdparams", tmp_path, policy=FAST))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [tmp_path / "X.pdparams"] * 4
    assert len(server.requests) == 1


def test_waiting_for_a_lock_ends(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"), pytest.raises(UserError, match="another process has been busy"):  # noqa: SIM117
        with locked(tmp_path / "lock", timeout=0.1, what="downloading x"):
            raise AssertionError("held twice")
    with locked(tmp_path / "lock", timeout=0.1):
        pass


def test_a_published_name_comes_from_the_mirror(server: Server, monkeypatch: Any, tmp_path: Path) -> None:
    import importlib
    from types import SimpleNamespace

    from ppclas_core.api import Backbone, Weights
    from ppclas_core.weights.download import download_weights

    weights = Weights("Net_ssld", "Net_ssld_pretrained.pdparams")
    entry = SimpleNamespace(record=Backbone("Net", "m:n", "f", weights=(weights,)))
    monkeypatch.setattr(importlib.import_module("ppclas_core.weights.download"), "find_model",
                        lambda name: (entry, weights if name == "Net_ssld" else None))
    monkeypatch.setenv("PPCLAS_WEIGHTS_URL", server.url + "mirror")
    server.files["mirror/Net_ssld_pretrained.pdparams"] = CONTENT
    assert download_weights("Net_ssld", policy=FAST) == cache_folder("weights") / "Net_ssld_pretrained.pdparams"
    here = tmp_path / "here"
    assert download_weights("Net_ssld", here, policy=FAST) == here / "Net_ssld_pretrained.pdparams"
    with pytest.raises(UserError, match="no weights were published as Net"):
        download_weights("Net", policy=FAST)


def test_a_file_put_there_by_hand_is_taken_and_recorded(server: Server, tmp_path: Path) -> None:
    (tmp_path / "Z_pretrained.tar").write_bytes(archive({"Z/w": variable(1)}))
    (tmp_path / "X.pdparams").write_bytes(CONTENT)
    path = download_address(server.url + "Z_pretrained.tar", tmp_path, policy=FAST)
    assert sorted(read_weights(path).arrays) == ["w"]
    assert download_address(server.url + "X.pdparams", tmp_path, policy=FAST).read_bytes() == CONTENT
    assert server.requests == []
    assert (tmp_path / "X.pdparams.json").exists()
