# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas augment CONFIG IMAGE...`: images that show the effect of the ops of a config."""

from __future__ import annotations

import argparse
import functools
import re
from pathlib import Path
from typing import Any, Callable, List, Tuple

from ppclas_core.cli.plugin_option import allow_plugin_names
from ppclas_core.config.config import Config
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import write_page


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("config", metavar="CONFIG",
                        help="a YAML file, or the name of an installed one such as ResNet/ResNet50.yaml")
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image files or folders")
    parser.add_argument("-o", dest="outputs", action="append", default=[], metavar="FILE|KEY=VALUE",
                        help="a .png or .html file for the pictures (default: gallery.png), or a changed value of the "
                             "config; repeatable")
    parser.add_argument("--alone", action="store_true",
                        help="each random op by itself, instead of each after the one before")
    parser.add_argument("--section", choices=("TRAIN", "VALID"), default="TRAIN",
                        help="whose transforms (default: TRAIN)")
    parser.add_argument("--draws", type=int, default=None, metavar="N",
                        help="how often each image is drawn (default: 1, with --alone 4)")
    parser.add_argument("--epoch", type=int, default=None, metavar="N",
                        help="for ops that depend on it (default: the last one of the config)")
    parser.add_argument("--seed", type=int, default=0, help="another seed shows other draws (default: 0)")
    parser.add_argument("--size", type=int, default=160, metavar="PIXELS", help="side of a picture (default: 160)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the images."""
    console.output_is_optional()
    from ppclas_core.report import gallery

    overrides = [text for text in args.outputs if re.match(r"[A-Za-z_][\w.]*=", text)]
    files = [text for text in args.outputs if text not in overrides] or ["gallery.png"]
    if len(files) > 1 or not files[0].endswith((".png", ".html")):
        raise UserError(f"the pictures cannot go to {' and '.join(files)}", do="-o gallery.png, or -o gallery.html")
    if args.size < 16 or (args.draws is not None and args.draws < 1):
        raise UserError(f"--size is {args.size}, --draws {args.draws}; at least 16 pixels and 1 draw")
    config = load_config(args.config, overrides, args.plugin_files, args.trust_config)
    titles, rows = _rows(config, args)
    target = Path(expand_path(files[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".html":
        write_page(target, gallery.page(rows, titles, args.size))
    else:
        target.write_bytes(gallery.to_png(gallery.sheet(rows, args.size)))
    print(f"{target}: {len(rows)} rows, up to {max(map(len, rows))} pictures each")
    return 0


def _rows(config: Config, args: argparse.Namespace) -> Tuple[List[str], List[List[Any]]]:
    """Return a title and the tiles of each row."""
    from ppclas_core.cli.config_options import images_given
    from ppclas_core.data.pipeline import build_pipeline, op_at_epoch
    from ppclas_core.data.sampler import batch_rng, sample_rng
    from ppclas_core.plugins.catalogue import build_named
    from ppclas_core.predict.images import encoded
    from ppclas_core.report import gallery

    config.require(f"{args.section}.transforms")
    epoch = args.epoch if args.epoch is not None else max((config.epochs or 1) - 1, 0)
    draws = args.draws or (4 if args.alone else 1)
    pipeline = build_pipeline(config.require_data(args.section).transforms,
                              where=lambda key: config.where(f"{args.section}.{key}")).at_epoch(epoch)
    files = [(path, encoded(path)) for path in images_given(args.images)]
    mix = config.require_train().mix if args.section == "TRAIN" else []
    mixers = [(name, op_at_epoch(op, epoch)) for item, op in zip(mix, build_named("op", mix)) for name in item]

    def rng(image: int, draw: int) -> Any:
        return sample_rng(args.seed, epoch, image * draws + draw)

    titles: List[str] = []
    rows: List[List[Any]] = []
    for index, (path, data) in enumerate(files):
        if args.alone:
            found = gallery.each_alone(pipeline, data, functools.partial(rng, index), draws, path)
        else:
            found = [gallery.stages(pipeline, data, rng(index, draw), path) for draw in range(draws)]
        titles += [path] * len(found)
        rows += found
    for name, op in mixers:
        for draw in range(draws):
            batch = [pipeline(data, rng(index, draw), path) for index, (path, data) in enumerate(files)]
            tiles = gallery.mixed(name, op, batch, pipeline.final_state, batch_rng(args.seed, epoch, draw))
            if args.alone:
                titles, rows = [*titles, name], [*rows, tiles]
            else:
                for index, tile in enumerate(tiles):
                    rows[index * draws + draw].append(tile)
    if not rows:
        raise UserError("no op of the config is random: there is nothing to show alone",
                        where=config.where(f"{args.section}.transforms"), do="leave --alone out")
    return titles, rows
