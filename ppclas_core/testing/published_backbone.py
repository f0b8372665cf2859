# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of a family with its published checkpoints: names, shapes, all file formats, outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Iterator, Sequence, Tuple

import numpy as np
import pytest

from ppclas_core.api import Backbone
from ppclas_core.testing.backbone import case
from ppclas_core.testing.base import Conformance
from ppclas_core.testing.published import (
    build,
    deterministic_state,
    golden_logits,
    golden_names,
    logits_difference,
    name_differences,
    published_names,
    unread,
)
from ppclas_core.weights.load import load_weights
from ppclas_core.weights.names import Names
from ppclas_core.weights.write import save_pdparams, save_variables

if TYPE_CHECKING:
    from paddle import nn

_latest: Dict[str, Any] = {}  # all tests of a record use one model without values


class PublishedConformance(Conformance):
    """Tests of published checkpoints; subclasses set `plugin`, `golden` (folder of the golden files), `tolerance`."""

    kind = "backbone"
    golden: ClassVar[Path]
    tolerance: ClassVar[float] = 1e-3

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize tests of names over all architectures, and tests of outputs over those with references."""
        if "record" in metafunc.fixturenames:
            published = golden_names(self.golden)
            records = [record for record in self.records() if record.name in published]
            if metafunc.function.__name__ == "test_every_form_of_file_gives_the_published_outputs":
                references = golden_logits(self.golden)
                metafunc.parametrize("record", [case(record) for record in records if record.name in references])
            else:
                cases = [pytest.param(record, id=record.name, marks=pytest.mark.xdist_group(f"{record.name}-names"))
                         for record in records]
                metafunc.parametrize("record", cases, scope="class")

    @pytest.fixture
    def skeleton(self, record: Backbone) -> nn.Layer:
        """Return the model of a record with shapes but without values."""
        if _latest.get("name") != record.name:
            _latest.clear()
            _latest.update(name=record.name, model=build(record, lazy=True))
        return _latest["model"]

    def test_names_and_shapes_are_the_published_ones(self, record: Backbone, skeleton: nn.Layer) -> None:
        """Names and shapes are compared in both directions, for all three naming schemes."""
        assert list(name_differences(record, skeleton, golden_names(self.golden)[record.name])) == []

    def test_what_is_written_under_published_names_is_read_whole(self, record: Backbone, skeleton: nn.Layer) -> None:
        """In each naming scheme every tensor of a file is matched with its own key, also without reference outputs."""
        for generation in ("2020", "2.0", "2.1"):
            assert list(unread(record, skeleton, generation)) == [], generation

    def test_every_form_of_file_gives_the_published_outputs(self, record: Backbone, tmp_path: Path) -> None:
        """Tensors loaded from each format are bit-equal, and the logits equal those of the published network."""
        tensors = golden_names(self.golden)[record.name]
        references = golden_logits(self.golden)[record.name]
        values = deterministic_state(tensors, references[0].gain)
        model = build(record, zeros=True)
        rows = published_names(record, model)
        for form, path in self.files(values, rows, tmp_path):
            for parameter in model.parameters():
                parameter.set_value(np.zeros(parameter.shape, np.float32))
            load_weights(model, record, path)
            state = model.state_dict()
            for row in rows:
                assert np.array_equal(state[row.ours].numpy(), values[row.v2020]), f"{form}: {row}"
        assert logits_difference(record, model, references) < self.tolerance

    def files(self, values: Dict[str, np.ndarray], rows: Sequence[Names], folder: Path) -> Iterator[Tuple[str, Path]]:
        """Write one file or folder per published format and yield (format, path)."""
        save_variables(folder / "2020", values)
        yield "variable folder", folder / "2020"
        for form, names in (("2020", "v2020"), ("2.0", "v2_0"), ("2.1", "v2_1")):
            path = folder / f"{form}.pdparams"
            save_pdparams(path, {getattr(row, names): values[row.v2020] for row in rows})
            yield form, path
            path.unlink()


