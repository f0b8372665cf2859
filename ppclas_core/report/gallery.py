# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images after each op of a pipeline, or after each random op alone."""

from __future__ import annotations

import base64
import html
from typing import Any, Callable, List, NamedTuple, Sequence

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, run_step
from ppclas_core.plugins.catalogue import catalogue

Generators = Callable[[int], np.random.Generator]
"""Index of a draw -> its random number generator."""
_BLACK = (30, 30, 30)
_LINE, _GAP = 18, 4
_STYLE = ("body { font: 14px system-ui, sans-serif; margin: 2em; color: #1f2328 } figure { display: inline-block; "
          "margin: 0 6px 12px 0 } figcaption { font-size: 12px } img { display: block }")


class Tile(NamedTuple):
    """Image (H, W, 3) uint8 RGB with a label."""

    label: str
    image: np.ndarray


def visible(image: np.ndarray, state: ImageState) -> np.ndarray:
    """Return an image in any state as (H, W, 3) uint8 RGB: channels last, normalization undone."""
    pixels = image if state.layout == "HWC" else image.transpose(1, 2, 0)
    if state.normalised:
        pixels = (pixels * np.array(state.std) + np.array(state.mean)) * 255
    pixels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def stages(pipeline: Pipeline, data: bytes, rng: np.random.Generator, path: str = "") -> List[Tile]:
    """Return the image after each op.

    Args:
        data: an encoded image.
        path: path of the image, for errors.
    """
    tiles, image = [], data
    for step, state in zip(pipeline.steps, pipeline.states):
        image = run_step(step, image, rng, path)
        tiles.append(Tile(step.name, visible(image, state)))
    return tiles


def each_alone(pipeline: Pipeline, data: bytes, generators: Generators, draws: int, path: str = "") -> List[List[Tile]]:
    """Return a row per random op that keeps size and state: its input, and `draws` results of the op alone.

    The other ops run in sequence and produce the input image of the random ops.
    """
    rows: List[List[Tile]] = []
    image: Any = data
    before = ImageState()
    for step, state in zip(pipeline.steps, pipeline.states):
        made = [run_step(step, image, generators(number), path) for number in range(draws)]
        alters = hasattr(step.op, "sample") and state == before and all(one.shape == image.shape for one in made)
        if alters:
            tiles = [Tile(step.name, visible(one, state)) for one in made]
            rows.append([Tile("before", visible(image, state)), *tiles])
        else:
            image, before = made[0], state
    return rows


def mixed(name: str, op: Any, images: Sequence[np.ndarray], state: ImageState, rng: np.random.Generator) -> List[Tile]:
    """Return a tile per image of a mixed batch, labeled with lambda and the number of the partner image (from 1).

    Args:
        images: outputs of the pipeline, in `state`.
    """
    with catalogue().calling_object("op", op):
        batch, (_, partners, lam) = op(np.stack(images), np.arange(len(images)), rng)
    shares = np.broadcast_to(lam, len(images))
    return [Tile(f"{name} {share:.2f} +{partner + 1}", visible(image, state))
            for image, partner, share in zip(batch, partners, shares)]


def sheet(rows: Sequence[Sequence[Tile]], side: int) -> np.ndarray:
    """Return one image (H, W, 3) uint8 RGB of all rows.

    Args:
        side: side in pixels of the square that each tile is scaled to.
    """
    columns = max(len(row) for row in rows)
    height, width = _LINE + side + _GAP, side + _GAP
    canvas = np.full((height * len(rows) + _GAP, width * columns + _GAP, 3), 255, np.uint8)
    for row_number, row in enumerate(rows):
        for column, tile in enumerate(row):
            y, x = _GAP + row_number * height, _GAP + column * width
            cv2.putText(canvas, tile.label[: side // 6], (x, y + 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, _BLACK, 1,
                        cv2.LINE_AA)
            small = _fitted(tile.image, side)
            canvas[y + _LINE : y + _LINE + small.shape[0], x : x + small.shape[1]] = small
    return canvas


def page(rows: Sequence[Sequence[Tile]], titles: Sequence[str], side: int) -> str:
    """Return a self-contained HTML page of all rows, each with a title."""
    parts = ['<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Augmentations</title>',
             f"<style>{_STYLE}</style></head><body><h1>Augmentations</h1>"]
    for title, row in zip(titles, rows):
        parts.append(f"<h2>{html.escape(title)}</h2>")
        for tile in row:
            encoded = base64.b64encode(to_png(_fitted(tile.image, side))).decode("ascii")
            label = html.escape(tile.label)
            parts.append(f'<figure><figcaption>{label}</figcaption><img alt="{label}" '
                         f'src="data:image/png;base64,{encoded}"></figure>')
    return "\n".join([*parts, "</body></html>", ""])


def to_png(image: np.ndarray) -> bytes:
    """Encode an image (H, W, 3) uint8 RGB as PNG."""
    return bytes(cv2.imencode(".png", image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def _fitted(image: np.ndarray, side: int) -> np.ndarray:
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale == 1:
        return image
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
