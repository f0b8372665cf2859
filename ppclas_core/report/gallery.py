# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images after each op of a pipeline, or after each random op alone."""

from __future__ import annotations

import base64
import functools
import html
from typing import Callable, List, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.config.config import Config
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, build_pipeline, op_at_epoch, run_step
from ppclas_core.data.sampler import batch_rng, sample_rng
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import build_named, catalogue

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


class GalleryOptions(NamedTuple):
    """What a gallery shows.

    Args:
        section: `TRAIN` or `VALID`.
        alone: show each random op applied alone, not all ops in sequence.
        draws: number of random draws per image; None: 1, or 4 with `alone`.
        epoch: epoch of ops that depend on it, counted from 0; None: the last one of the config.
        seed: seed of the draws.
    """

    section: str = "TRAIN"
    alone: bool = False
    draws: Optional[int] = None
    epoch: Optional[int] = None
    seed: int = 0


class Row(NamedTuple):
    """Row of a gallery: title (path of the image, or name of the mixing op) and tiles."""

    title: str
    tiles: List[Tile]


MixedLabels = Tuple[np.ndarray, np.ndarray, Union[float, np.ndarray]]
"""Labels of the images, labels of their partners, and lambda (0-D or one value per image)."""


class BatchOp(Protocol):
    """Mixing op, see `ppclas_core.api.Op` with `level="batch"`."""

    def __call__(self, images: np.ndarray, labels: np.ndarray,
                 rng: np.random.Generator) -> Tuple[np.ndarray, MixedLabels]:
        """Mix a batch."""


def gallery_rows(config: Config, images: Sequence[Tuple[str, bytes]], options: GalleryOptions) -> List[Row]:
    """Apply the transforms and mixing ops of a section to images.

    Args:
        config: config with the section.
        images: path and encoded bytes of each image.
        options: section, draws, epoch and seed.

    Returns:
        One row per image and draw; with `alone` one per image and random op, and one per mixing op and draw.

    Raises:
        UserError: the section has no transforms, or with `alone` no random op.
    """
    config.require(f"{options.section}.transforms")
    epoch = options.epoch if options.epoch is not None else max((config.epochs or 1) - 1, 0)
    draws = options.draws or (4 if options.alone else 1)
    pipeline = build_pipeline(config.require_data(options.section).transforms,
                              where=lambda key: config.where(f"{options.section}.{key}")).at_epoch(epoch)
    mix = config.require_train().mix if options.section == "TRAIN" else []
    mixers = [(name, op_at_epoch(op, epoch)) for item, op in zip(mix, build_named("op", mix)) for name in item]

    def rng(image: int, draw: int) -> np.random.Generator:
        return sample_rng(options.seed, epoch, image * draws + draw)

    rows: List[Row] = []
    for index, (path, data) in enumerate(images):
        if options.alone:
            found = each_alone(pipeline, data, functools.partial(rng, index), draws, path)
        else:
            found = [stages(pipeline, data, rng(index, draw), path) for draw in range(draws)]
        rows += [Row(path, tiles) for tiles in found]
    for name, op in mixers:
        for draw in range(draws):
            batch = [pipeline(data, rng(index, draw), path) for index, (path, data) in enumerate(images)]
            tiles = mixed(name, op, batch, pipeline.final_state, batch_rng(options.seed, epoch, draw))
            if options.alone:
                rows.append(Row(name, tiles))
            else:
                for index, tile in enumerate(tiles):
                    rows[index * draws + draw].tiles.append(tile)
    if not rows:
        raise UserError("the config has no random op, so --alone shows nothing",
                        where=config.where(f"{options.section}.transforms"), do="leave --alone out")
    return rows


def visible(image: np.ndarray, state: ImageState) -> np.ndarray:
    """Return an image in any state as (H, W, 3) uint8 RGB: channels last, normalization undone."""
    pixels = image if state.layout == "HWC" else image.transpose(1, 2, 0)
    if state.normalized:
        pixels = (pixels * np.array(state.std) + np.array(state.mean)) * 255
    pixels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def stages(pipeline: Pipeline, data: bytes, rng: np.random.Generator, path: str = "") -> List[Tile]:
    """Return the image after each op.

    Args:
        pipeline: the pipeline.
        data: an encoded image.
        rng: random number generator of all ops.
        path: path of the image, for errors.
    """
    tiles: List[Tile] = []
    value: Union[bytes, np.ndarray] = data
    for step, state in zip(pipeline.steps, pipeline.states):
        image: np.ndarray = run_step(step, value, rng, path)
        tiles.append(Tile(step.name, visible(image, state)))
        value = image
    return tiles


def each_alone(pipeline: Pipeline, data: bytes, generators: Generators, draws: int, path: str = "") -> List[List[Tile]]:
    """Return a row per random op that keeps size and state: its input, and `draws` results of the op alone.

    The other ops run in sequence and produce the input image of the random ops.
    """
    rows: List[List[Tile]] = []
    image: Union[bytes, np.ndarray] = data
    before = ImageState()
    for step, state in zip(pipeline.steps, pipeline.states):
        made = [run_step(step, image, generators(number), path) for number in range(draws)]
        keeps_shape = isinstance(image, np.ndarray) and all(one.shape == image.shape for one in made)
        if isinstance(image, np.ndarray) and hasattr(step.op, "sample") and state == before and keeps_shape:
            tiles = [Tile(step.name, visible(one, state)) for one in made]
            rows.append([Tile("before", visible(image, state)), *tiles])
        else:
            image, before = made[0], state
    return rows


def mixed(name: str, op: BatchOp, images: Sequence[np.ndarray], state: ImageState,
          rng: np.random.Generator) -> List[Tile]:
    """Return a tile per image of a mixed batch, labeled with lambda and the number of the partner image (from 1).

    Args:
        name: name of the op.
        op: the mixing op.
        images: outputs of the pipeline, in `state`.
        state: state of the images.
        rng: random number generator of the op.
    """
    with catalogue().calling_object("op", op):
        batch, (_, partners, lam) = op(np.stack(images), np.arange(len(images)), rng)
    lambdas = np.broadcast_to(lam, len(images))
    return [Tile(f"{name} {weight:.2f} +{partner + 1}", visible(image, state))
            for image, partner, weight in zip(batch, partners, lambdas)]


def sheet(rows: Sequence[Sequence[Tile]], side: int) -> np.ndarray:
    """Return one image (H, W, 3) uint8 RGB of all rows.

    Args:
        rows: rows of tiles.
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


def page(rows: Sequence[Row], side: int) -> str:
    """Return a self-contained HTML page of all rows with their titles."""
    parts = ['<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Augmentations</title>',
             f"<style>{_STYLE}</style></head><body><h1>Augmentations</h1>"]
    for row in rows:
        parts.append(f"<h2>{html.escape(row.title)}</h2>")
        for tile in row.tiles:
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
    result: np.ndarray = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    return result
