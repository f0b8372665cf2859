# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The policies in the appendix of "AutoAugment: Learning Augmentation Policies from Data" (2018).

Each line is one pair of `operation level probability`, with a level of 0..9. Repeated pairs are repeated in the paper.
"""

from __future__ import annotations

from typing import Dict, Tuple

Pair = Tuple[Tuple[str, int, float], ...]


def _pairs(text: str) -> Tuple[Pair, ...]:
    pairs = [[operation.split() for operation in line.split("|")] for line in text.strip().splitlines()]
    return tuple(tuple((name, int(level), float(probability)) for name, level, probability in pair) for pair in pairs)


POLICIES: Dict[str, Tuple[Pair, ...]] = {
    "imagenet": _pairs("""
        posterize 8 0.4 | rotate 9 0.6
        solarize 5 0.6 | autocontrast 5 0.6
        equalize 8 0.8 | equalize 3 0.6
        posterize 7 0.6 | posterize 6 0.6
        equalize 7 0.4 | solarize 4 0.2
        equalize 4 0.4 | rotate 8 0.8
        solarize 3 0.6 | equalize 7 0.6
        posterize 5 0.8 | equalize 2 1
        rotate 3 0.2 | solarize 8 0.6
        equalize 8 0.6 | posterize 6 0.4
        rotate 8 0.8 | color 0 0.4
        rotate 9 0.4 | equalize 2 0.6
        equalize 7 0 | equalize 8 0.8
        invert 4 0.6 | equalize 8 1
        color 4 0.6 | contrast 8 1
        rotate 8 0.8 | color 2 1
        color 8 0.8 | solarize 7 0.8
        sharpness 7 0.4 | invert 8 0.6
        shearX 5 0.6 | equalize 9 1
        color 0 0.4 | equalize 3 0.6
        equalize 7 0.4 | solarize 4 0.2
        solarize 5 0.6 | autocontrast 5 0.6
        invert 4 0.6 | equalize 8 1
        color 4 0.6 | contrast 8 1
        equalize 8 0.8 | equalize 3 0.6
    """),
    "cifar10": _pairs("""
        invert 7 0.1 | contrast 6 0.2
        rotate 2 0.7 | translateX 9 0.3
        sharpness 1 0.8 | sharpness 3 0.9
        shearY 8 0.5 | translateY 9 0.7
        autocontrast 8 0.5 | equalize 2 0.9
        shearY 7 0.2 | posterize 7 0.3
        color 3 0.4 | brightness 7 0.6
        sharpness 9 0.3 | brightness 9 0.7
        equalize 5 0.6 | equalize 1 0.5
        contrast 7 0.6 | sharpness 5 0.6
        color 7 0.7 | translateX 8 0.5
        equalize 7 0.3 | autocontrast 8 0.4
        translateY 3 0.4 | sharpness 6 0.2
        brightness 6 0.9 | color 8 0.2
        solarize 2 0.5 | invert 3 0
        equalize 0 0.2 | autocontrast 0 0.6
        equalize 8 0.2 | equalize 4 0.6
        color 9 0.9 | equalize 6 0.6
        autocontrast 4 0.8 | solarize 8 0.2
        brightness 3 0.1 | color 0 0.7
        solarize 5 0.4 | autocontrast 3 0.9
        translateY 9 0.9 | translateY 9 0.7
        autocontrast 2 0.9 | solarize 3 0.8
        equalize 8 0.8 | invert 3 0.1
        translateY 9 0.7 | autocontrast 1 0.9
    """),
    "svhn": _pairs("""
        shearX 4 0.9 | invert 3 0.2
        shearY 8 0.9 | invert 5 0.7
        equalize 5 0.6 | solarize 6 0.6
        invert 3 0.9 | equalize 3 0.6
        equalize 1 0.6 | rotate 3 0.9
        shearX 4 0.9 | autocontrast 3 0.8
        shearY 8 0.9 | invert 5 0.4
        shearY 5 0.9 | solarize 6 0.2
        invert 6 0.9 | autocontrast 1 0.8
        equalize 3 0.6 | rotate 3 0.9
        shearX 4 0.9 | solarize 3 0.3
        shearY 8 0.8 | invert 4 0.7
        equalize 5 0.9 | translateY 6 0.6
        invert 4 0.9 | equalize 7 0.6
        contrast 3 0.3 | rotate 4 0.8
        invert 5 0.8 | translateY 2 0
        shearY 6 0.7 | solarize 8 0.4
        invert 4 0.6 | rotate 4 0.8
        shearY 7 0.3 | translateX 3 0.9
        shearX 6 0.1 | invert 5 0.6
        solarize 2 0.7 | translateY 7 0.6
        shearY 4 0.8 | invert 8 0.8
        shearX 9 0.7 | translateY 3 0.8
        shearY 5 0.8 | autocontrast 3 0.7
        shearX 2 0.7 | invert 5 0.1
    """),
}
"""The 25 pairs of each policy, by the name of the dataset that it was learned on."""
