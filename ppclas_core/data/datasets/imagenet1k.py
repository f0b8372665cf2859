# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of the 1,000 classes that networks published for ImageNet-1k tell apart.

`imagenet1k.txt` holds one name a line in the order of the labels 0 to 999 of ILSVRC-2012, which is that of the WordNet
identifiers. Each is the first of the synonyms that WordNet 3.0 gives for the class. Two pairs of classes share it and
are told apart: "crane (bird)" and "crane (machine)", "maillot" and "tank suit".
"""

from __future__ import annotations

from pathlib import Path
from typing import List

IMAGENET_1K = "imagenet-1k"
"""Name of this set of classes in the records of published weights (`ppclas_core.api.Weights.classes`)."""


def class_names(classes: str) -> List[str]:
    """Return the names of a set of classes in the order of the logits; empty for a set that is not known here."""
    if classes != IMAGENET_1K:
        return []
    return (Path(__file__).with_name("imagenet1k.txt")).read_text(encoding="utf-8").splitlines()
