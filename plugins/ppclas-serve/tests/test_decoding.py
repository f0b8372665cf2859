# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images that take long to decode, or for ever: the others are answered, probes see it, and SIGTERM ends the server."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest
from serve_process import Server
from test_image_header import scan_bomb

from ppclas_core.data.opencv import cv2
from ppclas_serve.decoding import DecodePool, Lane
from ppclas_serve.request_error import RequestError

pytestmark = pytest.mark.xdist_group("serve")
CLASSIFY = "/v2/models/toy/classify"


def png(color: Any, side: int = 32) -> bytes:
    return bytes(cv2.imencode(".png", np.full((side, side, 3), color, np.uint8))[1])


RED, BLUE = png((0, 0, 255)), png((255, 0, 0))


def test_a_bomb_of_scans_is_refused_by_its_header(light: Server) -> None:
    found = light.ask("POST", CLASSIFY, scan_bomb(1000, 3000))
    assert (found.status, "more than 64 scans" in found.json["error"]) == (413, True)


def test_a_small_photo_gets_its_response_while_large_ones_keep_their_threads(light: Server) -> None:
    large = bytes(cv2.imencode(".png", np.zeros((5700, 5700, 3), np.uint8))[1])
    body = f"POST {CLASSIFY} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(large)}\r\n\r\n".encode() + large
    with contextlib.ExitStack() as stack:
        for _ in range(4):  # more than the heavy lane has threads on two cores
            stack.enter_context(socket.create_connection(("127.0.0.1", light.port))).sendall(body)
        found = light.ask("POST", CLASSIFY, BLUE)
        assert (found.status, found.json["classes"][0]["name"]) == (200, "blue")
        assert light.ask("GET", "/v2/health/ready").status == 200
        index = light.ask("GET", "/metrics").body.decode()
        assert 'ppclas_images_in_progress{model="toy"} 0.0' not in index  # the large ones are still there


def test_large_images_leave_room_in_the_queue_for_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_core.predict.runnable import Runnable
    from ppclas_core.tasks import Multiclass
    from ppclas_serve.model import Model
    from ppclas_serve.settings import Limits, RuntimeSettings
    from ppclas_serve.source import Opened

    monkeypatch.setattr("ppclas_serve.model.LIGHT", 5000)

    async def story() -> None:
        transforms: List[Any] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 8}}, {"ToCHWImage": None}]
        opened = Opened([Runnable(lambda rows: rows, [], 3, (3, 8, 8), "float32", transforms, Multiclass())], None)
        with contextlib.closing(DecodePool(2)) as pool:
            model = Model("m", "1", opened, RuntimeSettings(queue=8), Limits(), pool, lambda call: None)
            release = threading.Event()
            hung = asyncio.ensure_future(pool.heavy.run(release.wait))
            large = png(0, 100)
            waiting = [asyncio.ensure_future(model.preprocess([large])) for _ in range(2)]
            while model._heavy < 2:
                await asyncio.sleep(0.01)
            with pytest.raises(RequestError, match="2 large images in progress") as caught:
                await model.preprocess([large])
            assert caught.value.status == 429
            assert (await model.preprocess([RED])).shape == (1, 3, 8, 8)
            release.set()
            assert await hung
            assert (await waiting[0]).shape == (await waiting[1]).shape == (1, 3, 8, 8)
            assert model._heavy == 0
            await model.retire()

    asyncio.run(story())


def test_a_lane_is_stuck_when_no_thread_comes_to_an_end() -> None:
    async def story() -> None:
        with contextlib.closing(Lane(2, "decode")) as lane:
            release = [threading.Event(), threading.Event()]
            running = [asyncio.ensure_future(lane.run(each.wait)) for each in release]
            while lane.busy < 2:
                await asyncio.sleep(0.005)
            assert not lane.stuck(30)
            await asyncio.sleep(0.05)
            assert lane.stuck(0.04)
            release[0].set()
            await running[0]
            assert not lane.stuck(0.04)  # the other one still hangs
            release[1].set()
            await running[1]
            assert lane.busy == 0

    asyncio.run(story())


def test_readiness_denies_a_server_whose_decoders_hang() -> None:
    from ppclas_serve.service import Service

    class Pool:
        stuck = False

    class Models:
        ready = True

    pool, models = Pool(), Models()
    build: Any = Service  # with stand-ins
    service = build(models, *[None] * 5, pool)
    assert service.unready == ""
    pool.stuck = True
    assert service.unready == "decoding hangs"
    models.ready = False
    assert service.unready == "a model is not loaded"
    service.stopping = True
    assert service.unready == "stopping"


@pytest.mark.parametrize("answered", [True, False])
def test_sigterm_ends_a_server_whose_decoder_hangs(answered: bool) -> None:
    plugin = str(Path(__file__).with_name("slow_op.py"))
    server = Server("toy=slow", "--plugin", plugin, "--watch", "0", "--drain", "1",
                    "--timeout", "0.3" if answered else "30", light=True)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        link.sendall(f"POST {CLASSIFY} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(RED)}\r\n\r\n".encode() + RED)
        if answered:
            assert link.recv(65536).startswith(b"HTTP/1.1 503")
        else:
            while 'ppclas_images_in_progress{model="toy"} 1.0' not in server.ask("GET", "/metrics").body.decode():
                time.sleep(0.01)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == (0 if answered else 1)
    assert time.monotonic() - started < 20  # the op sleeps for 60
    assert any(line["event"] == "killed" for line in server.lines)
