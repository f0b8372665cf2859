# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas repack`: write a data set into shards that are read much faster, once and without a loss."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import first_party_dist
from ppclas_core.plugins.install import how_to_install
from ppclas_core.system import console
from ppclas_core.system.cores import usable_cores


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("list", type=Path, metavar="LIST", help="list file, table, or folder with a folder per class")
    parser.add_argument("out", type=Path, metavar="OUT", help="new folder; it becomes TRAIN.data_dir")
    parser.add_argument("--data-dir", type=Path, metavar="DIR",
                        help="folder that the paths of LIST start at (default: its own)")
    parser.add_argument("--label-list", type=Path, metavar="FILE", help="names of the classes, kept in OUT")
    parser.add_argument("--labels", choices=("indices", "names"), help="what the labels of a table are, where they are "
                        "numbers (default: indices, where they are 0 to K - 1)")
    parser.add_argument("--multilabel", action="store_true", help="images have several labels, 1,4, or - for none")
    parser.add_argument("--tar", action="store_true", help="write tar files, which other programs read too; images are "
                        "stored as they are")
    parser.add_argument("--resize-short", type=int, default=0, metavar="PIXELS",
                        help="store larger images with this shorter side; this one option loses detail")
    parser.add_argument("--quality", type=int, default=95, help="of the JPEGs that are resized (default: 95)")
    parser.add_argument("--per-shard", type=int, default=1000, metavar="N", help="images in a file (default: 1000)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="threads (default: one per core)")
    return run


def run(args: argparse.Namespace) -> int:
    """Repack the data and print a summary."""
    console.output_is_optional()
    from ppclas_core.data.decoding.decoders import transcoder
    from ppclas_core.data.readers.open import open_source
    from ppclas_core.data.repacking.image import Options
    from ppclas_core.data.repacking.repack import repack

    for name, value, low, high in (
            ("--per-shard", args.per_shard, 1, 10**6), ("--quality", args.quality, 1, 100),
            ("--resize-short", args.resize_short, 0, 10**5), ("--workers", args.workers, 0, 256)):
        if not low <= value <= high:
            raise UserError(f"{name} is {value}; it must be {low} to {high}")
    folder = args.list.is_dir()
    if folder and args.data_dir:
        raise UserError("--data-dir has no effect: LIST is a folder")
    if args.labels and (folder or args.list.suffix.lower() != ".csv"):
        raise UserError("--labels has no effect: LIST is no table (.csv)")
    section = {"file_list": None if folder else str(args.list), "label_list": args.label_list,
               "data_dir": str(args.list) if folder else args.data_dir and str(args.data_dir),
               "multilabel": args.multilabel, "labels": args.labels}
    source = open_source(section, where=lambda key: f"--{key.replace('_', '-')}" if key != "file_list" else "LIST")
    for note in source.notes():
        print(f"note: {note}", file=sys.stderr)
    transcode = None if args.tar else transcoder()
    if transcode is None and not args.tar and not args.resize_short:
        dist = first_party_dist("decoder")
        print("note: files are stored as they are, in one place but no faster to decode: restart markers need "
              f"{dist} ({how_to_install(dist)})", file=sys.stderr)
    done = repack(source, args.out, Options(transcode, args.resize_short, args.quality), tar=args.tar,
                  per_shard=args.per_shard, workers=args.workers or usable_cores())
    earlier = f", {done.kept} of them from an earlier call" if done.kept else ""
    print(f"{args.out}: {done.images} images in {done.written + done.kept} shards{earlier}; all were read again "
          "and are right")
    for kind, count in sorted(done.kinds.items(), key=lambda item: -item[1]):
        print(f"{count:>8} {kind}")
    print(f"in the config: data_dir: {args.out}, without file_list")
    return 0
