# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Draw docs/images/augmentations.png: the effect of each random op on a drawn landscape.

    python tools/make_gallery.py

Needs ppclas-core and the three ppclas-augment distributions.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from ppclas_core import create
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.report import gallery

sys.path.insert(0, str(Path(__file__).resolve().parent))
from usage import help_asked

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "augmentations.png"
SIDE = 96
DRAWS = 6
TRANSFORMS = [
    {"DecodeImage": None}, {"RandCropImage": {"size": 224}}, {"RandFlipImage": None}, {"AutoAugment": None},
    {"RandAugment": None}, {"NormalizeImage": {"order": ""}}, {"Cutout": None}, {"RandomErasing": {"EPSILON": 1.0}},
    {"HideAndSeek": {"grid_sizes": [16, 32, 44, 56]}}, {"GridMask": {"mode": 1}}, {"ToCHWImage": None},
]


def landscape(sky: tuple[int, int, int], roof: tuple[int, int, int], sun: int) -> np.ndarray:
    """Draw hills, a house, a tree and the sun at column `sun`: (224, 224, 3) uint8."""
    image = np.empty((224, 224, 3), np.uint8)
    image[:] = sky
    cv2.circle(image, (sun, 45), 22, (250, 205, 60), -1, cv2.LINE_AA)
    cv2.ellipse(image, (60, 240), (170, 110), 0, 180, 360, (70, 140, 75), -1, cv2.LINE_AA)
    cv2.ellipse(image, (190, 250), (120, 100), 0, 180, 360, (105, 165, 80), -1, cv2.LINE_AA)
    cv2.rectangle(image, (70, 110), (150, 185), (225, 205, 175), -1)
    cv2.fillPoly(image, [np.array([(60, 112), (110, 68), (160, 112)], np.int32)], roof, cv2.LINE_AA)
    cv2.rectangle(image, (84, 140), (104, 185), (110, 75, 50), -1)
    cv2.rectangle(image, (118, 128), (140, 150), (120, 170, 215), -1)
    cv2.rectangle(image, (186, 130), (194, 180), (95, 65, 45), -1)
    cv2.circle(image, (190, 118), 26, (45, 110, 60), -1, cv2.LINE_AA)
    return image


def generator(draw: int) -> np.random.Generator:
    """Return the random number generator of one column."""
    return np.random.default_rng([11, draw])


def main() -> int:
    """Write the image."""
    images = [landscape((150, 195, 235), (175, 60, 50), 40), landscape((245, 190, 150), (70, 85, 140), 180)]
    files = [gallery.to_png(image) for image in images]
    rows = [row[1:] for row in gallery.each_alone(build_pipeline(TRANSFORMS), files[0], generator, DRAWS)]
    plain = build_pipeline([{"DecodeImage": None}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}])
    batch = [plain(file, generator(0)) for file in files]
    for name in ("MixupOperator", "CutmixOperator", "FmixOperator"):
        op = create("op", name, alpha=1.0)
        tiles = [gallery.mixed(name.removesuffix("Operator"), op, batch, plain.final_state, generator(draw))[0]
                 for draw in range(40)]
        rows.append([tile for tile in tiles if tile.label.endswith("+2")][:DRAWS])
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(gallery.to_png(gallery.sheet(rows, SIDE)))
    print(f"wrote {TARGET.name}: {len(rows)} ops, {TARGET.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
