# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas data`: write the digits that ship with ppclas, or the lists of a folder per class."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

from ppclas_core.errors import UserError

Run = Callable[[argparse.Namespace], int]


def add(parser: argparse.ArgumentParser) -> Run:
    """Declare `digits` and `lists`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    digits = actions.add_parser("digits", help="write 1797 handwritten digits as images with lists; no download")
    digits.add_argument("dir", nargs="?", default="dataset/digits", type=Path, metavar="DIR",
                        help="where (default: dataset/digits)")
    lists = actions.add_parser("lists", help="write the lists of a folder that has one sub-folder per class")
    lists.add_argument("dir", type=Path, metavar="DIR", help="folder with one sub-folder of images per class")
    lists.add_argument("--out", type=Path, metavar="DIR", help="where the lists go (default: the folder itself)")
    lists.add_argument("--val", type=float, default=0.2, metavar="SHARE",
                       help="share of each class that validates, 0 to below 1 (default: 0.2)")
    lists.add_argument("--force", action="store_true", help="replace lists of other content")
    return _run


def _run(args: argparse.Namespace) -> int:
    return _digits(args.dir) if args.action == "digits" else _lists(args)


def _digits(folder: Path) -> int:
    from ppclas_core.data.digits import write_digits

    train, val = write_digits(folder)
    print(f"{folder}: 10 classes, {train} training and {val} validation images of 32x32 pixels; "
          "train_list.txt, val_list.txt, label_list.txt")
    return 0


def _lists(args: argparse.Namespace) -> int:
    from ppclas_core.data.folder import scan_folders
    from ppclas_core.data.split import LISTS, write_lists

    if not 0 <= args.val < 1:
        raise UserError(f"--val is {args.val}; it must be a share from 0 to below 1")
    source = scan_folders(args.dir)
    out = args.out or args.dir
    paths = [source.name(index) for index in range(len(source))]
    names = source.class_names or []
    train, val = write_lists(out, paths, source.labels.tolist(), names, args.val, replace=args.force)
    print(f"{out}: {len(names)} classes, {train} training and {val} validation images; {', '.join(LISTS)}")
    print(f"in the config: data_dir: {args.dir}, classes_num: {len(names)}")
    return 0
