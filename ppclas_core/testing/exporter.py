# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of exporters: the bundle is complete, verified, repeatable, and runs in its own runtime."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import ClassVar, List, Sequence, Tuple

import numpy as np
import pytest

from ppclas_core.api import Exporter
from ppclas_core.bundles.parity import PARITY_LIMIT, measure_parity
from ppclas_core.export.standalone import STANDALONE_FILE
from ppclas_core.system.environments import why_not
from ppclas_core.testing.base import Conformance


class ExporterConformance(Conformance):
    """Tests of a plugin's exporters; subclasses set `plugin`, and `params` for required options.

    Tests are skipped if a required tool is missing. `limit` is the parity tolerance of a format with rounding (see
    `ExportResult`); `names` restricts the class to some formats.
    """

    kind = "exporter"
    limit: ClassVar[float] = PARITY_LIMIT
    names: ClassVar[Tuple[str, ...]] = ()

    @classmethod
    def records(cls) -> List[Exporter]:
        """Return the exporters of the plugin, restricted to `names` if it is set."""
        return [record for record in super().records() if not cls.names or record.name in cls.names]

    @pytest.fixture
    def checkpoint(self, tmp_path: Path) -> Path:
        """Return the folder of a checkpoint of the toy backbone."""
        from ppclas_core.testing.toy import toy_checkpoint

        return toy_checkpoint(tmp_path / "run")

    def _require(self, record: Exporter) -> None:
        for requirement in record.requires:
            name = requirement.split(":")[0]
            try:
                importlib.import_module(name)
            except ImportError:
                pytest.skip(f"{name} is not installed")
        if record.environment is not None and why_not(record.environment):
            pytest.skip(why_not(record.environment))

    def test_the_bundle_is_whole_and_verified(self, record: Exporter, checkpoint: Path, tmp_path: Path) -> None:
        """The bundle has labels, preprocessing, parity and hashes; its path has spaces and a non-ASCII letter."""
        from ppclas_core.export import export

        self._require(record)
        out = tmp_path / "möbel & co" / "out"
        export(str(checkpoint), record.name, str(out), **self.build_params(record))
        facts = json.loads((out / "bundle.json").read_text(encoding="utf-8"))
        assert facts["format"] == record.name
        assert facts["parity"]["limit"] <= self.limit
        assert (out / "labels.txt").read_text(encoding="utf-8").splitlines()[0] == "class 0"
        assert (out / "preprocess.yaml").is_file()
        assert facts["files"]

    def test_exporting_twice_replaces_the_bundle(self, record: Exporter, checkpoint: Path, tmp_path: Path) -> None:
        """A second export needs no manual cleanup."""
        from ppclas_core.export import export

        self._require(record)
        for _ in range(2):
            export(str(checkpoint), record.name, str(tmp_path / "out"), **self.build_params(record))
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]

    def test_its_runtime_gives_the_logits_of_the_model(self, record: Exporter, checkpoint: Path,
                                                       tmp_path: Path) -> None:
        """Predictors of the bundle and of the checkpoint give equal logits within the tolerance."""
        from ppclas_core.export import export
        from ppclas_core.predict import Predictor

        self._require(record)
        bundle = export(str(checkpoint), record.name, str(tmp_path / "out"), **self.build_params(record))
        images = np.random.default_rng(8).standard_normal((3, 3, 32, 32)).astype(np.float32)
        expected = Predictor(str(checkpoint)).logits(images)
        found = Predictor(str(tmp_path / "out")).logits(images)
        assert measure_parity(expected, found, log_probabilities=bundle.gives_probabilities, limit=self.limit).holds

    def test_its_standalone_program_gives_the_classes_of_predict(self, record: Exporter, checkpoint: Path,
                                                                tmp_path: Path) -> None:
        """`predict_standalone.py`, if the format has one, runs where ppclas cannot be imported."""
        from ppclas_core.export import export
        from ppclas_core.predict import Predictor

        self._require(record)
        bundle = export(str(checkpoint), record.name, str(tmp_path / "out"), **self.build_params(record))
        if not (tmp_path / "out" / STANDALONE_FILE).exists():
            pytest.skip(f"a bundle of the format {record.name} has no {STANDALONE_FILE}")
        images = [str(path) for path in write_images(tmp_path)]
        printed = run_standalone(tmp_path / "out", images).splitlines()
        assert len(printed) == len(images)
        for line, image, row in zip(printed, images, Predictor(bundle.path).predict(images, topk=3)):
            path, _, classes = line.partition(": ")
            assert path == image
            assert [text.rpartition(" ")[0] for text in classes.split(", ")] == [each.name for each in row.classes]
            scores = [float(text.rpartition(" ")[2]) for text in classes.split(", ")]
            assert scores == pytest.approx([each.score for each in row.classes], abs=2e-3)


def write_images(folder: Path) -> List[Path]:
    """Write a wide, a tall and a small image as PNG and JPEG files."""
    from ppclas_core.data import cv2

    files = []
    for index, (height, width, ending) in enumerate(((90, 140, "png"), (130, 70, "jpg"), (33, 35, "png"))):
        coarse = np.random.default_rng(index).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        file = folder / f"image {index}.{ending}"
        cv2.imencode(f".{ending}", cv2.resize(coarse, (width, height)))[1].tofile(str(file))
        files.append(file)
    return files


def run_standalone(folder: Path, images: Sequence[str]) -> str:
    """Run `predict_standalone.py` in a process that cannot import ppclas; return what it prints."""
    blocker = ("import sys, runpy\n"
               "class Block:\n"
               "    def find_spec(self, name, path=None, target=None):\n"
               "        if name.partition('.')[0].startswith('ppclas'):\n"
               "            raise ImportError(name)\n"
               "sys.meta_path.insert(0, Block())\n"
               "sys.argv = sys.argv[1:]\n"
               "runpy.run_path(sys.argv[0], run_name='__main__')\n")
    command = [sys.executable, "-c", blocker, str(folder / STANDALONE_FILE), *images, "--topk", "3"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
