# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas data`: write data sets and lists, and print statistics of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Tuple

from ppclas_core.errors import UserError
from ppclas_core.system import console

if TYPE_CHECKING:
    from ppclas_core.data.readers.source import Source

Run = Callable[[argparse.Namespace], int]


def add(parser: argparse.ArgumentParser) -> Run:
    """Declare `digits`, `lists`, `flowers102` and `stats`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    digits = actions.add_parser("digits", help="write 1797 images of handwritten digits with lists; no download")
    digits.add_argument("dir", nargs="?", default="dataset/digits", type=Path, metavar="DIR",
                        help="folder to write (default: dataset/digits)")
    lists = actions.add_parser("lists", help="write the lists of a folder: class folders, or the layout of ImageNet")
    lists.add_argument("dir", type=Path, metavar="DIR",
                       help="folder with one subfolder of images per class, or with train and val folders")
    lists.add_argument("--out", type=Path, metavar="DIR", help="folder for the lists (default: <DIR>_lists in the "
                       "working directory, or beside DIR if the working directory is in DIR)")
    lists.add_argument("--val", type=float, metavar="RATIO",
                       help="ratio of validation images in each class, 0 to below 1 (default: 0.2)")
    lists.add_argument("--force", action="store_true", help="replace existing lists with other content")
    flowers = actions.add_parser("flowers102", help="write the lists of Oxford 102 Flowers from its .mat files")
    flowers.add_argument("dir", nargs="?", default="dataset/flowers102", type=Path, metavar="DIR",
                         help="folder with imagelabels.mat, setid.mat, and jpg or 102flowers.tgz "
                              "(default: dataset/flowers102)")
    stats = actions.add_parser("stats", help="print image sizes, class balance, unusable files and duplicates")
    stats.add_argument("paths", nargs="+", type=Path, metavar="PATH",
                       help="list, table or folder; several are compared for duplicates")
    stats.add_argument("--data-dir", type=Path, metavar="DIR", help="folder to which paths in the lists are relative")
    stats.add_argument("--label-list", type=Path, metavar="FILE", help="class names")
    stats.add_argument("--labels", choices=("indices", "names"), help="meaning of numeric labels in tables "
                       "(default: indices, if they are 0 to K - 1)")
    stats.add_argument("--multilabel", action="store_true",
                       help="images have label sets such as 1,4; - is the empty set")
    stats.add_argument("--html", type=Path, metavar="FILE", help="also write an HTML page with all classes and files")
    stats.add_argument("--quick", action="store_true",
                       help="do not decode JPEG files; only truncated ones are found")
    return _run


def _run(args: argparse.Namespace) -> int:
    return {"digits": _digits, "lists": _lists, "flowers102": _flowers, "stats": _stats}[args.action](args)


def _digits(args: argparse.Namespace) -> int:
    console.output_is_optional()
    from ppclas_core.data.datasets.digits import write_digits

    train, val = write_digits(args.dir)
    print(f"{args.dir}: 10 classes, {train} training and {val} validation images of 32x32 pixels; "
          "train_list.txt, val_list.txt, label_list.txt")
    return 0


def _flowers(args: argparse.Namespace) -> int:
    console.output_is_optional()
    from ppclas_core.data.datasets.flowers102 import write_flower_lists

    counts = write_flower_lists(args.dir)
    print(f"{args.dir}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    return 0


def _lists(args: argparse.Namespace) -> int:
    console.output_is_optional()
    from ppclas_core.data.datasets.folder_lists import write_folder_lists
    from ppclas_core.data.datasets.split import LISTS

    done = write_folder_lists(args.dir, args.out, args.val, replace=args.force)
    print(f"{done.out}: {done.classes} classes, {done.train} training and {done.valid} validation images; "
          f"{', '.join(LISTS)}")
    for note in done.notes:
        print(note)
    print(f"in the config: TRAIN.file_list: {done.out / LISTS[0]}, VALID.file_list: {done.out / LISTS[1]}, "
          f"label_list: {done.out / LISTS[2]}, data_dir: {done.data_dir} in both, classes_num: {done.classes}")
    return 0


def _stats(args: argparse.Namespace) -> int:
    from ppclas_core.data.statistics import compute_statistics
    from ppclas_core.report.data_stats import as_html, as_text
    from ppclas_core.system.cores import usable_cores
    from ppclas_core.system.text_files import write_page

    if args.labels and not any(path.suffix.lower() == ".csv" for path in args.paths):
        raise UserError("--labels has no effect: none of the paths is a table (.csv)")
    sources = [_named_source(part, args) for path in args.paths for part in _split_folders(path)]
    found, groups = compute_statistics(sources, workers=usable_cores(), decode=not args.quick)
    print(as_text(found, groups))
    if args.html:
        write_page(args.html, as_html(found, groups))
        print(f"\n{args.html}")
    return 0


def _named_source(path: Path, args: argparse.Namespace) -> Tuple[str, Source]:
    from ppclas_core.data.readers.open import open_source

    section = {"file_list": None if path.is_dir() else str(path), "label_list": args.label_list,
               "data_dir": str(path) if path.is_dir() else args.data_dir and str(args.data_dir),
               "multilabel": args.multilabel, "labels": args.labels}
    return str(path), open_source(section, where=lambda key: str(path))


def _split_folders(path: Path) -> List[Path]:
    """Return the splits of a folder, without those that have no class folders; [path] if there are none."""
    from ppclas_core.data.readers.image_splits import find_splits
    from ppclas_core.data.readers.image_walk import LeftOut, visible_folders

    splits = find_splits(path)
    found = []
    for folder in [] if splits is None else [each for _, each in splits.named()]:
        if visible_folders(str(folder), LeftOut()):
            found.append(folder)
        else:
            print(f"ppclas: {folder} has no class folders and is left out", file=sys.stderr)
    return found or [path]
