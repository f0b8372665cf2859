# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on the formats of this distribution, calibrated with noise: the toy has seen no images either."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest

from ppclas_core.testing import ExporterConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_export_quant.plugin"


class TestExporter(ExporterConformance):
    plugin = "ppclas_export_quant.plugin"
    limit = 1.0

    @pytest.fixture(autouse=True)
    def noise(self, tmp_path: Path) -> None:
        import cv2

        self.folder = tmp_path / "images"
        self.folder.mkdir()
        for index in range(16):
            pixels = np.random.default_rng(index).integers(0, 256, (32, 32, 3), np.uint8)
            cv2.imwrite(str(self.folder / f"{index}.png"), pixels)

    def build_params(self, record: Any) -> Dict[str, Any]:
        return {"calibration": str(self.folder), "max_drop": 0.5}
