# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas repack`: copy a data set into shards, which are read faster."""

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
    parser.add_argument("list", type=Path, metavar="LIST", help="list file, table, or folder of class folders")
    parser.add_argument("out", type=Path, metavar="OUT", help="new folder, the later TRAIN.data_dir")
    parser.add_argument("--data-dir", type=Path, metavar="DIR",
                        help="folder to which paths in LIST are relative (default: the folder of LIST)")
    parser.add_argument("--label-list", type=Path, metavar="FILE", help="class names, which are copied to OUT")
    parser.add_argument("--labels", choices=("indices", "names"), help="meaning of numeric labels in a table "
                        "(default: indices, if they are 0 to K - 1)")
    parser.add_argument("--multilabel", action="store_true",
                        help="images have label sets such as 1,4; - is the empty set")
    parser.add_argument("--tar", action="store_true", help="write tar files, which other programs can read; images "
                        "are stored unchanged")
    parser.add_argument("--resize-short", type=int, default=0, metavar="PIXELS",
                        help="scale larger images to this shorter side; the only lossy option")
    parser.add_argument("--quality", type=int, default=95, metavar="Q",
                        help="JPEG quality of scaled images, 1 to 100 (default: 95)")
    parser.add_argument("--per-shard", type=int, default=1000, metavar="N", help="images per shard (default: 1000)")
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
        raise UserError("--labels has no effect: LIST is not a table (.csv)")
    section = {"file_list": None if folder else str(args.list), "label_list": args.label_list,
               "data_dir": str(args.list) if folder else args.data_dir and str(args.data_dir),
               "multilabel": args.multilabel, "labels": args.labels}
    source = open_source(section, where=lambda key: f"--{key.replace('_', '-')}" if key != "file_list" else "LIST")
    for note in source.notes():
        print(f"note: {note}", file=sys.stderr)
    transcode = None if args.tar else transcoder()
    if transcode is None and not args.tar and not args.resize_short:
        dist = first_party_dist("decoder")
        print("note: images are stored unchanged, so reading gets faster but decoding does not; restart markers "
              f"need {dist} ({how_to_install(dist)})", file=sys.stderr)
    done = repack(source, args.out, Options(transcode, args.resize_short, args.quality), tar=args.tar,
                  per_shard=args.per_shard, workers=args.workers or usable_cores())
    earlier = f", {done.kept} of them from an earlier call" if done.kept else ""
    print(f"{args.out}: {done.images} images in {done.written + done.kept} shards{earlier}; all were "
          "read again and verified")
    for kind, count in sorted(done.kinds.items(), key=lambda item: -item[1]):
        print(f"{count:>8} {kind}")
    print(f"in the config: data_dir: {args.out}, without file_list")
    return 0
