# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A server of published weights on this machine, for the stories of 2020."""

from __future__ import annotations

import contextlib
import functools
import http.server
import tarfile
import threading
from pathlib import Path
from typing import Any, Callable, ContextManager, Iterator

import pytest


def publish_archive(folder: Path, name: str) -> None:
    """Put an archive of 2020 into a folder: one variable file per tensor, of random weights that tell images apart."""
    import paddle

    from ppclas_core.models.create import create_model
    from ppclas_core.plugins.models import find_model
    from ppclas_core.weights import write

    entry, weights = find_model(name)
    paddle.seed(1)
    model = create_model(entry.record.name)
    with paddle.no_grad():  # statistics that keep the signal alive, so that classes differ
        for _ in range(20):
            model(paddle.randn([8, 3, 64, 64]))
    arrays = write.renamed({key: value.numpy() for key, value in model.state_dict().items()}, model, entry.record,
                           "2020")
    stem = Path(weights.file).stem if weights is not None else f"{name}_pretrained"
    folder.mkdir(exist_ok=True)
    write.save_variables(folder / stem, arrays)
    with tarfile.open(folder / f"{stem}.tar", "w") as tar:
        tar.add(folder / stem, stem)


@contextlib.contextmanager
def serve_files(folder: Path) -> Iterator[str]:
    """The address of a server that offers the files of a folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="session")
def publish() -> Callable[[Path, str], None]:
    """`publish(folder, name)` writes the archive of a published name."""
    return publish_archive


@pytest.fixture(scope="session")
def serving() -> Callable[[Path], ContextManager[str]]:
    """`with serving(folder) as url`."""
    return serve_files
