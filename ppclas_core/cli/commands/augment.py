# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas augment CONFIG IMAGE...`: a gallery of images after the ops of a config, or one batch of its data."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Tuple

from ppclas_core.cli.command_line import allow_plugin_names
from ppclas_core.cli.options import images_given
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import write_page

if TYPE_CHECKING:
    from ppclas_core.config.config import Config
    from ppclas_core.report.gallery import Row

FROM_FOLDERS = 8
"""Default number of images that are shown of those in folders."""


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("config", metavar="CONFIG",
                        help="YAML file, name of an installed config such as ResNet/ResNet50.yaml, or run folder")
    parser.add_argument("images", nargs="*", metavar="IMAGE", help="image files or folders; of the images in folders "
                        f"{FROM_FOLDERS} are shown, spread over the folders")
    parser.add_argument("--batch", action="store_true",
                        help="show the first batch of the training data as the network gets it: after all transforms "
                             "and mixing ops, with its targets; no IMAGE is needed")
    parser.add_argument("--all", action="store_true", dest="show_all",
                        help="show all images of the folders; with --batch the whole batch (default: at most 64)")
    parser.add_argument("-o", dest="outputs", action="append", default=[], metavar="FILE|KEY=VALUE",
                        help="FILE: .png or .html file to write (default: gallery.png); KEY=VALUE: override a config "
                             "value (repeatable)")
    parser.add_argument("--alone", action="store_true",
                        help="show each random op applied alone, not all ops in sequence")
    parser.add_argument("--section", choices=("TRAIN", "VALID"), default="TRAIN",
                        help="section with the transforms (default: TRAIN)")
    parser.add_argument("--draws", type=int, default=None, metavar="N",
                        help="random draws per image (default: 1; with --alone 4)")
    parser.add_argument("--epoch", type=int, default=None, metavar="N",
                        help="epoch, from 0, for ops that depend on it (default: the last epoch of the config)")
    parser.add_argument("--seed", type=int, default=None,
                        help="seed of the random draws (default: 0); with --batch the seed is that of the config")
    parser.add_argument("--size", type=int, default=160, metavar="PIXELS",
                        help="longer side of an image in the gallery (default: 160)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the gallery."""
    console.output_is_optional()
    from ppclas_core.report import gallery
    from ppclas_core.runs.run_config import load_config

    overrides = [text for text in args.outputs if re.match(r"[A-Za-z_][\w.]*=", text)]
    files = [text for text in args.outputs if text not in overrides] or ["gallery.png"]
    if len(files) > 1 or not files[0].endswith((".png", ".html")):
        raise UserError(f"a gallery cannot be written to {' and '.join(files)}; it must be one .png or .html file",
                        do="-o gallery.png, or -o gallery.html")
    config = load_config(args.config, overrides, args.plugin_files, args.trust_config)
    _check(args)
    rows, note = _batch(config, args) if args.batch else _gallery(config, args)
    target = Path(expand_path(files[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".html":
        write_page(target, gallery.page(rows, args.size))
    else:
        target.write_bytes(gallery.to_png(gallery.sheet([row.tiles for row in rows], args.size)))
    print(f"{target}: {len(rows)} rows of up to {max(len(row.tiles) for row in rows)} images{note}")
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse options without a meaning."""
    if args.size < 16:
        raise UserError(f"--size is {args.size}; it must be at least 16")
    if args.draws is not None and args.draws < 1:
        raise UserError(f"--draws is {args.draws}; it must be at least 1")
    if not args.batch:
        if not args.images:
            raise UserError("no image is given", do="name image files or folders, or show a batch of the training data "
                            "with --batch")
        return
    if args.images:
        raise UserError(f"--batch shows images of the config's data, but '{args.images[0]}' is given as well",
                        do="leave out --batch, or the images")
    for option, given in (("--alone", args.alone), ("--draws", args.draws), ("--seed", args.seed is not None)):
        if given:
            raise UserError(f"--batch shows the batch that training computes, so {option} has no effect",
                            do="another seed: -o seed=N" if option == "--seed" else f"leave out {option}")


def _batch(config: Config, args: argparse.Namespace) -> Tuple[List[Row], str]:
    """Return the rows of one batch."""
    from ppclas_core.report.batch_grid import LARGEST, batch_rows

    rows = batch_rows(config, args.section, args.epoch, None if args.show_all else LARGEST)
    return rows, f" ({rows[-1].title.partition(' to ')[2]})"


def _gallery(config: Config, args: argparse.Namespace) -> Tuple[List[Row], str]:
    """Return the rows of the images, and a note if some images of the folders are not shown."""
    from ppclas_core.predict.images import encoded
    from ppclas_core.predict.video import VIDEO_SUFFIXES
    from ppclas_core.report import gallery
    from ppclas_core.report.batch_grid import spread_over_folders

    found = images_given(args.images)
    videos = [path for path in found if path.lower().endswith(VIDEO_SUFFIXES)]
    if videos:
        raise UserError("this is a video; augment takes images", where=videos[0],
                        do=f"ffmpeg -i {shlex.quote(videos[0])} -vf fps=1 frame%03d.png writes an image per second")
    named = set(args.images)
    in_folders = [path for path in found if path not in named]
    note = ""
    if len(in_folders) > FROM_FOLDERS and not args.show_all:
        shown = named.union(spread_over_folders(in_folders, FROM_FOLDERS))
        note = f" ({FROM_FOLDERS} of {len(in_folders)} images in folders; --all shows all)"
        found = [path for path in found if path in shown]
    options = gallery.GalleryOptions(args.section, args.alone, args.draws, args.epoch, args.seed or 0)
    return gallery.gallery_rows(config, [(path, encoded(path)) for path in found], options), note
