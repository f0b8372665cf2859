# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas augment CONFIG IMAGE...`: a gallery of images after the ops of a config."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Callable

from ppclas_core.cli.command_line import allow_plugin_names
from ppclas_core.cli.options import images_given
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import write_page


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("config", metavar="CONFIG",
                        help="YAML file, or name of an installed config such as ResNet/ResNet50.yaml")
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image files or folders")
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
    parser.add_argument("--seed", type=int, default=0, help="seed of the random draws (default: 0)")
    parser.add_argument("--size", type=int, default=160, metavar="PIXELS",
                        help="longer side of an image in the gallery (default: 160)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the gallery."""
    console.output_is_optional()
    from ppclas_core.predict.images import encoded
    from ppclas_core.report import gallery

    overrides = [text for text in args.outputs if re.match(r"[A-Za-z_][\w.]*=", text)]
    files = [text for text in args.outputs if text not in overrides] or ["gallery.png"]
    if len(files) > 1 or not files[0].endswith((".png", ".html")):
        raise UserError(f"a gallery cannot be written to {' and '.join(files)}; it must be one .png or .html file",
                        do="-o gallery.png, or -o gallery.html")
    if args.size < 16:
        raise UserError(f"--size is {args.size}; it must be at least 16")
    if args.draws is not None and args.draws < 1:
        raise UserError(f"--draws is {args.draws}; it must be at least 1")
    config = load_config(args.config, overrides, args.plugin_files, args.trust_config)
    images = [(path, encoded(path)) for path in images_given(args.images)]
    options = gallery.GalleryOptions(args.section, args.alone, args.draws, args.epoch, args.seed)
    rows = gallery.gallery_rows(config, images, options)
    target = Path(expand_path(files[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".html":
        write_page(target, gallery.page(rows, args.size))
    else:
        target.write_bytes(gallery.to_png(gallery.sheet([row.tiles for row in rows], args.size)))
    print(f"{target}: {len(rows)} rows of up to {max(len(row.tiles) for row in rows)} images")
    return 0
