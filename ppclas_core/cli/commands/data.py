# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas data`: write data sets and lists, and look into them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable, List

from ppclas_core.errors import UserError
from ppclas_core.system import console

Run = Callable[[argparse.Namespace], int]


def add(parser: argparse.ArgumentParser) -> Run:
    """Declare `digits`, `lists`, `flowers102` and `stats`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    digits = actions.add_parser("digits", help="write 1797 handwritten digits as images with lists; no download")
    digits.add_argument("dir", nargs="?", default="dataset/digits", type=Path, metavar="DIR",
                        help="where (default: dataset/digits)")
    lists = actions.add_parser("lists", help="write the lists of a folder: one sub-folder per class, or as ImageNet")
    lists.add_argument("dir", type=Path, metavar="DIR",
                       help="folder with one sub-folder of images per class, or with train and val")
    lists.add_argument("--out", type=Path, metavar="DIR", help="where the lists go (default: <DIR>_lists in the "
                       "working directory, or beside DIR where that lies in DIR)")
    lists.add_argument("--val", type=float, metavar="SHARE",
                       help="share of each class that validates, 0 to below 1 (default: 0.2)")
    lists.add_argument("--force", action="store_true", help="replace lists of other content")
    flowers = actions.add_parser("flowers102", help="write the lists of the 102 flowers from their .mat files")
    flowers.add_argument("dir", nargs="?", default="dataset/flowers102", type=Path, metavar="DIR",
                         help="folder with imagelabels.mat, setid.mat, and jpg or 102flowers.tgz "
                              "(default: dataset/flowers102)")
    stats = actions.add_parser("stats", help="sizes, class balance, bad files, duplicates")
    stats.add_argument("paths", nargs="+", type=Path, metavar="PATH",
                       help="list, table or folder; several are compared with each other")
    stats.add_argument("--data-dir", type=Path, metavar="DIR", help="folder that the paths of the lists start at")
    stats.add_argument("--label-list", type=Path, metavar="FILE", help="names of the classes")
    stats.add_argument("--labels", choices=("indices", "names"), help="what the labels of tables are, where they are "
                       "numbers (default: indices, where they are 0 to K - 1)")
    stats.add_argument("--multilabel", action="store_true", help="images have several labels, 1,4, or - for none")
    stats.add_argument("--html", type=Path, metavar="FILE", help="also write a page with all classes and files")
    stats.add_argument("--quick", action="store_true",
                       help="do not decode JPEGs, which finds only those that were cut off")
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
    from ppclas_core.data.datasets.imagenet import find_layout, write_imagenet_lists
    from ppclas_core.data.datasets.split import LISTS, write_lists
    from ppclas_core.data.readers.folder import scan_folders
    from ppclas_core.data.readers.image_splits import find_splits
    from ppclas_core.data.readers.image_walk import LeftOut

    folder, notes = args.dir, []
    out = args.out or _beside(folder)
    if args.val is not None and not 0 <= args.val < 1:
        raise UserError(f"--val is {args.val}; it must be a share from 0 to below 1")
    layout = find_layout(folder)
    if layout is not None:
        if args.val is not None:
            raise UserError(f"--val has no effect: {layout.val} holds the validation images")
        left = LeftOut()
        train, val, classes = write_imagenet_lists(folder, out, layout, left, replace=args.force)
        splits = find_splits(folder)
        unused = splits.test if splits is not None and splits.test != layout.val else None
        notes += [f"{layout.train.name} trains, {layout.val.name} validates" +
                  (f"; {unused.name} is in no list" if unused else "")]
        notes += [f"left out: {left.text()}"] if left.text() else []
    else:
        splits = find_splits(folder)
        if splits is not None:  # with a training folder alone
            folder = splits.train
        source = scan_folders(folder)
        notes += source.notes()
        paths = [source.name(index) for index in range(len(source))]
        names = source.class_names or []
        share = 0.2 if args.val is None else args.val
        train, val = write_lists(out, paths, source.labels.tolist(), names, share, replace=args.force)
        classes = len(names)
    print(f"{out}: {classes} classes, {train} training and {val} validation images; {', '.join(LISTS)}")
    for note in notes:
        print(note)
    print(f"in the config: TRAIN.file_list: {out / LISTS[0]}, VALID.file_list: {out / LISTS[1]}, "
          f"label_list: {out / LISTS[2]}, data_dir: {folder} in both, classes_num: {classes}")
    return 0


def _beside(folder: Path) -> Path:
    """Return where the lists of a folder go by default: never into it, where they would lie among the photos."""
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder))
    whole, here = folder.resolve(), Path.cwd()
    name = f"{whole.name or 'root'}_lists"
    return whole.parent / name if whole == here or whole in here.parents else Path(name)


def _parts(path: Path) -> List[Path]:
    """Return the splits of a folder that holds some, but those without class folders; else the path itself."""
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


def _stats(args: argparse.Namespace) -> int:
    from ppclas_core.data.readers.open import open_source
    from ppclas_core.data.statistics import look_at
    from ppclas_core.report.data_stats import as_html, as_text
    from ppclas_core.system.cores import usable_cores
    from ppclas_core.system.text_files import write_page

    if args.labels and not any(path.suffix.lower() == ".csv" for path in args.paths):
        raise UserError("--labels has no effect: none of these is a table (.csv)")
    sources = []
    for path in (part for given in args.paths for part in _parts(given)):
        section = {"file_list": None if path.is_dir() else str(path), "label_list": args.label_list,
                   "data_dir": str(path) if path.is_dir() else args.data_dir and str(args.data_dir),
                   "multilabel": args.multilabel, "labels": args.labels}
        sources.append((str(path), open_source(section, where=lambda key, path=path: str(path))))  # type: ignore[misc]
    found, groups = look_at(sources, workers=usable_cores(), decode=not args.quick)
    print(as_text(found, groups))
    if args.html:
        write_page(args.html, as_html(found, groups))
        print(f"\n{args.html}")
    return 0
