# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint of the toy backbone, in a folder with a space and a letter beyond ASCII, and faulty exporters."""

from __future__ import annotations

from pathlib import Path

import pytest

FAULTY = '''
from ppclas_core.api import Exporter, hookimpl
from ppclas_core.export import inference

load = inference.load


def perturbed(request, *, key: str):
    parameter = dict(request.model.named_parameters())[key]
    parameter.set_value(parameter * 1.05)
    return inference.export_inference(request)


def broken(request):
    (request.out / "half.bin").write_bytes(b"half")
    raise RuntimeError("the tool died")


@hookimpl
def ppclas_exporters():
    return [Exporter("perturbed", "faulty_exporters:perturbed", "faulty_exporters:load"),
            Exporter("broken", "faulty_exporters:broken", "faulty_exporters:load"),
            Exporter("toolless", "faulty_exporters:broken", "faulty_exporters:load",
                     requires=("no_such_tool:no-such-tool",))]
'''


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    from ppclas_core.testing.toy import toy_checkpoint

    return toy_checkpoint(tmp_path / "run ü" / "best_model")


@pytest.fixture(scope="session")
def faulty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the faulty exporters."""
    path = tmp_path_factory.mktemp("plugin") / "faulty_exporters.py"
    path.write_text(FAULTY, encoding="utf-8")
    return path


@pytest.fixture
def faulty(faulty_file: Path) -> None:
    """Exporters that do wrong, as a one-file plugin, in the catalogue of the test: others may have made a new one."""
    from ppclas_core.plugins.catalogue import catalogue

    catalogue().load_file(faulty_file)
