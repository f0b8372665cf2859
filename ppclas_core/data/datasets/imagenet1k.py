# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of the 1,000 classes of ImageNet-1k.

`imagenet1k.txt` has one name per line in the order of the labels 0 to 999 of ILSVRC-2012, which is that of the WordNet
identifiers. Each name is the first synonym of the class in WordNet 3.0. Two pairs of classes have the same synonym and
are distinguished: "crane (bird)" and "crane (machine)", "maillot" and "tank suit".
"""

from __future__ import annotations

from pathlib import Path
from typing import List

IMAGENET_1K = "imagenet-1k"
"""Name of this set of classes in records of published weights (`ppclas_core.api.Weights.classes`)."""


def class_names(classes: str) -> List[str]:
    """Return the class names of a set of classes in the order of the logits; empty for an unknown set."""
    if classes != IMAGENET_1K:
        return []
    return (Path(__file__).with_name("imagenet1k.txt")).read_text(encoding="utf-8").splitlines()
