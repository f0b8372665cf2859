# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The page at `/` in a real browser, and what it asks the server."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest
from cdp import browsing, find_browser
from serve_process import Server, serving, toy_run

from ppclas_serve.explain import CELLS, heat_map, windows

pytestmark = pytest.mark.xdist_group("serve")


def test_a_photo_on_the_page_gets_classes_and_a_heat_map(server: Server, photos: List[bytes], tmp_path: Path,
                                                         expected: np.ndarray) -> None:
    if find_browser() is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photos[0])
    with browsing(tmp_path / "profile") as tab:
        tab.call("Page.navigate", url=server.url)
        assert tab.wait("document.querySelector('#model')?.options.length") == 2
        tab.choose_file("#file", photo)
        assert tab.wait("document.querySelector('#method').dataset.method") == "occlusion"
        names = tab.value("[...document.querySelectorAll('.name')].map(each => each.textContent)")
        assert names == [f"class {index}" for index in np.argsort(-expected[0])]
        assert tab.value("document.querySelector('li.shown .name').textContent") == names[0]
        colours = "new Set(document.querySelector('#canvas').getContext('2d').getImageData(0, 0, 448, 300).data).size"
        assert tab.value(colours) > 20
        tab.value("document.querySelectorAll('li button')[1].click()")
        tab.wait(f"document.querySelector('li.shown .name').textContent === {json.dumps(names[1])}")
        dropped = base64.b64encode(photos[1]).decode()
        tab.value(f"""(() => {{ const data = new DataTransfer();
            const bytes = Uint8Array.from(atob("{dropped}"), each => each.charCodeAt(0));
            data.items.add(new File([bytes], "other.png", {{type: "image/png"}}));
            document.querySelector("#drop").dispatchEvent(new DragEvent("drop", {{dataTransfer: data}})); }})()""")
        tab.wait("document.querySelector('#canvas').height !== 0 && "
                 f"document.querySelector('.name').textContent === 'class {expected[1].argmax()}'")
        (tmp_path / "text.jpg").write_text("no image", encoding="utf-8")
        tab.choose_file("#file", tmp_path / "text.jpg")
        assert "not a JPEG" in tab.wait("!document.querySelector('#error').hidden && "
                                        "document.querySelector('#error').textContent")
        errors = [error for error in tab.errors if "status of 400" not in error and "favicon" not in error]
        assert errors == []
        tab.call("Page.navigate", url=f"{server.url}/docs")
        assert tab.wait("document.querySelectorAll('#routes details').length") > 15


@pytest.mark.parametrize("width", [360, 320])
def test_a_narrow_screen_needs_no_scrolling_and_breaks_no_number(light: Server, tmp_path: Path, width: int) -> None:
    if find_browser() is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    names = ["a name of a class of several words that is long", 2 * "Donaudampfschifffahrtsgesellschaft"]
    found = [{"id": index, "name": name, "score": 0.9954} for index, name in enumerate(names)]
    with browsing(tmp_path / "profile") as tab:
        tab.call("Emulation.setDeviceMetricsOverride", width=width, height=740, deviceScaleFactor=2, mobile=True)
        tab.call("Page.navigate", url=light.url)
        tab.wait("document.querySelector('#model')?.options.length")
        tab.value(f"list({json.dumps(found)}); $('result').hidden = false; $('model').options[0].text = {names[1]!r}")
        assert tab.value("document.documentElement.scrollWidth") <= width
        tab.value("window.lines = each => { const text = document.createRange(); text.selectNodeContents(each); "
                  "return text.getClientRects().length; }; 0")
        assert tab.value("[...document.querySelectorAll('.score')].map(lines)") == [1, 1]
        tab.call("Page.navigate", url=f"{light.url}/docs")
        assert tab.wait("document.querySelectorAll('#routes details').length") > 15
        assert tab.value("document.documentElement.scrollWidth") <= width


def test_pages_load_nothing_from_elsewhere(server: Server) -> None:
    for path in ("/", "/docs"):
        response = server.ask("GET", path)
        assert response.status == 200
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert not re.search(rb"(src|href)=[\"']?https?:|@import|url\(", response.body)


def test_classify_responds_to_curl(server: Server, photos: List[bytes], expected: np.ndarray) -> None:
    found = server.ask("POST", "/v2/models/toy/classify?topk=2", photos[2]).json
    assert [each["id"] for each in found["classes"]] == list(np.argsort(-expected[2])[:2])
    assert server.ask("POST", "/v2/models/toy/classify?topk=0", photos[2]).status == 400
    assert server.ask("POST", "/v2/models/toy/explain?class=4", photos[2]).status == 400
    assert server.ask("POST", "/v2/models/toy/explain?class=x", photos[2]).status == 400


def test_occlusion_finds_the_part_that_the_class_hangs_on() -> None:
    import asyncio

    from ppclas_serve.explain import occlusion

    rng = np.random.default_rng(0)
    row = rng.normal(size=(3, 56, 56)).astype(np.float32)

    async def logits(rows: np.ndarray) -> np.ndarray:  # class 1 wants contrast in the cell (2, 5)
        return np.stack([np.zeros(len(rows)), rows[:, :, 16:24, 40:48].std(axis=(1, 2, 3))], axis=1)

    found = asyncio.run(occlusion(logits, row, 1, channels_last=False, batch=5))
    assert found.shape == (CELLS, CELLS)
    assert np.unravel_index(found.argmax(), found.shape) == (2, 5)
    assert found.max() == 1
    assert found[6, 0] < 1e-6


def test_windows_cover_each_cell_four_times() -> None:
    counts = np.zeros((50, 37))
    for place in windows(50, 37):
        counts[place] += 1
    assert (counts == 4).all()
    assert (heat_map(-np.ones(64)) == 0).all()


def test_a_run_folder_is_served_with_grad_cam(tmp_path: Path, photos: List[bytes]) -> None:
    from ppclas_core.predict import Predictor
    from ppclas_core.testing import toy

    run = toy_run(tmp_path / "run")
    best = Predictor(run, device="cpu").predict(photos[0], topk=1)[0].classes[0]
    with serving(str(run), "--plugin", str(Path(toy.__file__)), "--watch", "0") as server:
        found: Any = server.ask("POST", "/v2/models/run/explain", photos[0]).json
        assert found["method"] == "Grad-CAM"
        assert found["class"]["id"] == best.id
        assert found["class"]["score"] == pytest.approx(best.score, abs=1e-4)
        assert np.shape(found["map"]) == (8, 8)
        assert 0 <= np.min(found["map"]) <= np.max(found["map"]) <= 1
