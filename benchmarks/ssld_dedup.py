# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Recall, precision and time of `ppclas ssld dedup` on drawn images.

    python benchmarks/ssld_dedup.py [--images N]

The set has 5,000 scenes. 300 of them are altered copies of others: cropped (down to half of the area), scaled, or with
another aspect ratio, JPEG quality, brightness or contrast; half of them have several changes. A second set has half the
size. The goals: recall and precision of at least 0.95, and time that grows no faster than images^1.3.
Duration: about 3 minutes on two cores.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, FrozenSet, List, Set, Tuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser, start
from results import Row, record

from ppclas_core.data.opencv import cv2
from ppclas_core.system.cores import usable_cores
from ppclas_distill.dedup import find_duplicates
from ppclas_distill.listing import open_images

KINDS = ("crop", "scale", "aspect", "quality", "brightness")


def main() -> int:
    """Print the table; return 0 if the goals are met."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--images", type=int, default=5000, metavar="N", help="size of the larger set (default: 5000)")
    images = start(parser, "about 3 minutes on two cores").images
    cv2.setNumThreads(1)
    seconds: List[float] = []
    met = True
    print(f"{'images':>7} {'copies':>7} {'recall':>7} {'precision':>10} {'seconds':>8}  missed by kind")
    for size in (images // 2, images):
        with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
            planted = draw_set(Path(folder) / "images", size, round(size * 0.06))
            started = time.perf_counter()
            listing = open_images(f"{folder}/images")
            found = find_duplicates(listing, Path(folder) / "out", threads=usable_cores())
            seconds.append(time.perf_counter() - started)
            pairs = {frozenset((listing.source.name(twin.image), listing.source.name(twin.other)))
                     for twin in found.pairs}
        recall = len(pairs & set(planted)) / len(planted)
        precision = len(pairs & set(planted)) / max(len(pairs), 1)
        missed = {kind: sum(kind in kinds for pair, kinds in planted.items() if pair not in pairs) for kind in KINDS}
        print(f"{size:>7} {len(planted):>7} {recall:>7.3f} {precision:>10.3f} {seconds[-1]:>8.1f}  "
              f"{', '.join(f'{kind} {count}' for kind, count in missed.items())}", flush=True)
        for name, value in (("recall", recall), ("precision", precision)):
            record(Row(f"{size} images", name, value, "ratio", goal=0.95))
        record(Row(f"{size} images", "time", seconds[-1], "s", less=True))
        met = met and recall >= 0.95 and precision >= 0.95
    power = math.log(seconds[1] / seconds[0]) / math.log(2)
    print(f"time grows as images^{power:.2f}")
    record(Row("growth of time with images", "exponent", power, "power of the number of images", goal=1.3, less=True))
    return 0 if met and power <= 1.3 else 1


def draw_set(folder: Path, images: int, copies: int) -> Dict[FrozenSet[str], Set[str]]:
    """Write the set, and return the changes of each copy by pair of names."""
    folder.mkdir()
    planted = {}
    for number in range(images - copies):
        scene = draw_scene(np.random.default_rng([7, number]))
        save(folder / f"{number:05d}.jpg", scene, 92)
        if number < copies:
            rng = np.random.default_rng([8, number])
            kinds = set(rng.choice(KINDS, 1 if number % 2 else int(rng.integers(2, 5)), replace=False).tolist())
            copy, quality = alter(scene, kinds, rng)
            save(folder / f"copy_{number:05d}.jpg", copy, quality)
            planted[frozenset((f"{number:05d}.jpg", f"copy_{number:05d}.jpg"))] = kinds
    return planted


def save(path: Path, image: np.ndarray, quality: int) -> None:
    """Write a JPEG file."""
    cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tofile(str(path))


def draw_scene(rng: np.random.Generator) -> np.ndarray:
    """Draw an image (H, W, 3) uint8 of 200 to 400 pixels: a soft texture, textured shapes, a word."""
    height, width = (int(side) for side in rng.integers(200, 400, 2))
    image = texture(rng, height, width)
    for _ in range(int(rng.integers(6, 16))):
        mask = np.zeros((height, width), np.uint8)
        x, y, size = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(15, 90))
        corners = (np.array([x, y]) + rng.normal(0, size, (int(rng.integers(3, 7)), 2))).astype(np.int32)
        if rng.random() < 0.4:
            cv2.ellipse(mask, (x, y), (size, size // 2 + 4), float(rng.integers(180)), 0, 360, 255, -1, cv2.LINE_AA)
        else:
            cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA)
        fill = texture(rng, height, width) if rng.random() < 0.5 else np.full_like(image, rng.integers(0, 256, 3))
        weight = mask[..., None] / 255.0
        image = (image * (1 - weight) + fill * weight).astype(np.uint8)
    word = "".join(chr(code) for code in rng.integers(65, 91, int(rng.integers(3, 8))))
    position = (int(rng.integers(width // 2)), int(rng.integers(30, height)))
    cv2.putText(image, word, position, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.6, 1.8)),
                [int(value) for value in rng.integers(0, 256, 3)], 2, cv2.LINE_AA)
    return image


def texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw noise of a random scale in two colors, (height, width, 3) uint8."""
    cells = int(rng.integers(3, 24))
    noise = cv2.resize(rng.random((cells, cells)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    weight = np.clip(noise, 0, 1)[..., None]
    low, high = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
    mixed: np.ndarray = low * (1 - weight) + high * weight
    return mixed.astype(np.uint8)


def alter(image: np.ndarray, kinds: Set[str], rng: np.random.Generator) -> Tuple[np.ndarray, int]:
    """Return an altered copy and the JPEG quality to save it with."""
    height, width = image.shape[:2]
    if "crop" in kinds:
        high, wide = (int(side * rng.uniform(0.71, 0.95)) for side in (height, width))
        top, left = int(rng.integers(height - high + 1)), int(rng.integers(width - wide + 1))
        image = image[top:top + high, left:left + wide]
    if "scale" in kinds:
        factor = float(np.exp(rng.uniform(np.log(0.4), np.log(2.0))))
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if "aspect" in kinds:
        image = cv2.resize(image, None, fx=float(rng.uniform(0.75, 1.33)), fy=1, interpolation=cv2.INTER_LINEAR)
    if "brightness" in kinds:
        image = np.clip(image * rng.uniform(0.6, 1.4) + rng.uniform(-30, 30), 0, 255).astype(np.uint8)
    return image, int(rng.integers(15, 60)) if "quality" in kinds else 92


if __name__ == "__main__":
    raise SystemExit(main())
