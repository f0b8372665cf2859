# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What `verify` finds in a bundle that was damaged, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.bundles import Bundle
from ppclas_core.bundles.bundle import GOLDEN_FILE, hash_files, write_facts
from ppclas_core.export import ExportFailed, verify


@pytest.fixture
def bundle(checkpoint: Path, tmp_path: Path) -> Bundle:
    return ppc.export(checkpoint, "inference", tmp_path / "out")


def test_a_sound_bundle_with_a_note_beside_it_passes(bundle: Bundle) -> None:
    (bundle.path / "NOTES.txt").write_text("ours", encoding="utf-8")
    assert max(verify(bundle.path)["difference"].values()) < 1e-3


def test_a_changed_and_a_missing_file_are_named(bundle: Bundle) -> None:
    with open(bundle.path / "labels.txt", "a", encoding="utf-8") as file:
        file.write("one too many\n")
    (bundle.path / "inference.pdiparams").unlink()
    with pytest.raises(ExportFailed, match=r"inference.pdiparams is missing; labels.txt has changed"):
        verify(bundle.path)


def test_other_outputs_fail_even_when_the_hashes_fit(bundle: Bundle) -> None:
    golden = bundle.golden()
    np.savez_compressed(bundle.path / GOLDEN_FILE, inputs=golden.inputs, logits=golden.logits * 1.05)
    write_facts(bundle.path, {**bundle.facts, "files": hash_files(bundle.path)})
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from those of the model"):
        verify(bundle.path)


def test_a_folder_that_is_no_bundle_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ppc.UserError, match="not a bundle"):
        verify(tmp_path)


def test_a_half_copied_bundle_is_reported(bundle: Bundle) -> None:
    (bundle.path / "preprocess.yaml").unlink()
    with pytest.raises(ppc.UserError, match=r"lacks preprocess.yaml"):
        verify(bundle.path)


@pytest.mark.parametrize("options", [{}, {"uint8": True}])
def test_the_source_of_a_bundle_is_known_again(checkpoint: Path, tmp_path: Path, options: dict) -> None:
    from ppclas_core.testing.toy import toy_checkpoint
    from ppclas_core.weights.read import read_weights
    from ppclas_core.weights.write import save_pdparams

    made = ppc.export(checkpoint, "inference", tmp_path / "out", **options)
    verify(made.path, checkpoint.parent)
    with pytest.raises(ExportFailed, match="another number of classes: 4, not 5"):
        verify(made.path, toy_checkpoint(tmp_path / "five", num_classes=5))
    arrays = dict(read_weights(checkpoint).arrays)
    arrays["head.fc.weight"] = arrays["head.fc.weight"] * 1.05
    save_pdparams(toy_checkpoint(tmp_path / "trained on") / "ppcls.pdparams", arrays)
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from those of the model"):
        verify(made.path, tmp_path / "trained on")


def test_a_bundle_whose_list_of_hashes_is_gone_proves_nothing(bundle: Bundle) -> None:
    for files in ({}, {name: facts for name, facts in bundle.facts["files"].items() if name != "labels.txt"}):
        write_facts(bundle.path, {**bundle.facts, "files": files})
        with pytest.raises(ExportFailed, match=r"no hash of .*labels\.txt"):
            verify(bundle.path)


@pytest.mark.parametrize("limit", [1e9, 0.0, -1.0, 1.5])
def test_a_limit_under_which_everything_passes_is_refused(bundle: Bundle, limit: float) -> None:
    write_facts(bundle.path, {**bundle.facts, "parity": {**bundle.facts["parity"], "limit": limit}})
    with pytest.raises(ExportFailed, match="parity.limit"):
        verify(bundle.path)
