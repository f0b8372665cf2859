# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Toy architecture with published weights, and a local server for them, for fast tests of published names.

The file is a one-file plugin: `public_catalogue()` adds its record to the catalogue of the process.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import tarfile
import threading
from pathlib import Path
from typing import Iterable, Iterator

from ppclas_core.api import Backbone, Weights, hookimpl
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.weights.write import save_pdparams, save_variables

NAME = "PublicToy"
"""Name of the architecture, and of its weights for 32 x 32 pixels."""
LARGER = "PublicToy_48"
"""Name of weights of the same architecture for 48 x 48 pixels."""
UNKNOWN_CLASSES = "PublicToy_products"
"""Name of weights of the same architecture for 1000 classes other than those of ImageNet."""


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return the record of the toy architecture."""
    return [Backbone(
        NAME, "ppclas_core.testing.toy:ToyNet", "Toy", input_size=32, resize_short=36, interpolation="bicubic",
        weights=(Weights(NAME, f"{NAME}_pretrained.pdparams", top1=0.5, top5=0.75),
                 Weights(LARGER, f"{LARGER}_pretrained.tar", input_size=48, resize_short=52),
                 Weights(UNKNOWN_CLASSES, f"{UNKNOWN_CLASSES}_pretrained.pdparams", classes="")))]


def public_catalogue() -> Catalogue:
    """Return the catalogue of this process, with the toy record added."""
    known = catalogue()
    if NAME not in known.names("backbone"):
        known.load_file(Path(__file__))
    return known


@contextlib.contextmanager
def publisher(folder: Path) -> Iterator[str]:
    """Write the published files into a folder and serve them; yield the URL."""
    _write(folder)
    with serve_files(folder) as address:
        yield address


@contextlib.contextmanager
def serve_files(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on this machine; yield the URL."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


def _write(folder: Path) -> None:
    import paddle

    from ppclas_core.testing.toy import ToyNet

    paddle.seed(3)
    arrays = {key: value.numpy() for key, value in ToyNet(num_classes=1000).state_dict().items()}
    for name in (NAME, UNKNOWN_CLASSES):
        save_pdparams(folder / f"{name}_pretrained.pdparams", arrays)
    save_variables(folder / "loose", arrays)
    with tarfile.open(folder / f"{LARGER}_pretrained.tar", "w") as tar:
        tar.add(folder / "loose", f"{LARGER}_pretrained")
