# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of exporters: the bundle is complete, verified, repeatable, and runs in its own runtime."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import ClassVar, List, Tuple

import numpy as np
import pytest

from ppclas_core.api import Exporter
from ppclas_core.bundles.parity import PARITY_LIMIT, measure_parity
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
