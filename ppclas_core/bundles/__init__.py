# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Bundles: model files with labels, preprocessing, a golden batch and `bundle.json`; parity of two runtimes.

`source` finds the checkpoint or bundle that a user names, `golden` makes the golden batch, `atomic_bundle` makes the
folder, `bundle` writes and reads its files, `parity` compares logits. `export.write` calls them in this order;
`runtimes` and `predict` read the bundle.

Imports inside functions: the formats are listed without OpenCV and the readers of data, which take long to import; only
a golden batch needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "Bundle": "ppclas_core.bundles.bundle",
    "bundle_folder": "ppclas_core.bundles.source",
    "compare_logits": "ppclas_core.bundles.parity",
    "find_checkpoint": "ppclas_core.bundles.source",
    "is_bundle": "ppclas_core.bundles.bundle",
    "LABELS_FILE": "ppclas_core.bundles.bundle",
    "measure_parity": "ppclas_core.bundles.parity",
    "PARITY_LIMIT": "ppclas_core.bundles.parity",
    "PREPROCESS_FILE": "ppclas_core.bundles.bundle",
    "read_bundle": "ppclas_core.bundles.bundle",
    "split_normalization": "ppclas_core.bundles.normalization",
    "write_labels": "ppclas_core.bundles.bundle",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.bundles.bundle import LABELS_FILE as LABELS_FILE
    from ppclas_core.bundles.bundle import PREPROCESS_FILE as PREPROCESS_FILE
    from ppclas_core.bundles.bundle import Bundle as Bundle
    from ppclas_core.bundles.bundle import is_bundle as is_bundle
    from ppclas_core.bundles.bundle import read_bundle as read_bundle
    from ppclas_core.bundles.bundle import write_labels as write_labels
    from ppclas_core.bundles.normalization import split_normalization as split_normalization
    from ppclas_core.bundles.parity import PARITY_LIMIT as PARITY_LIMIT
    from ppclas_core.bundles.parity import compare_logits as compare_logits
    from ppclas_core.bundles.parity import measure_parity as measure_parity
    from ppclas_core.bundles.source import bundle_folder as bundle_folder
    from ppclas_core.bundles.source import find_checkpoint as find_checkpoint

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
