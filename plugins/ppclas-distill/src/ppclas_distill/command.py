# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `ppclas ssld`, which makes a training list for a student from unlabeled images."""

from __future__ import annotations

import argparse
import logging
import re
from pathlib import Path
from typing import Any, Callable

from ppclas_core.cli import SOURCE_HELP, add_model_argument, add_runtime_argument
from ppclas_core.errors import UserError
from ppclas_core.system import expand_path, output_is_optional, usable_cores

_log = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Add the actions `dedup`, `label`, `select` and `merge` to the parser, and return `run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    dedup = actions.add_parser("dedup", help="find images that show the same picture as others")
    _add_images(dedup)
    dedup.add_argument("--against", metavar="IMAGES", help="leave out what shows a picture of these (a validation "
                       "set); without it, all but the first of each group of twins")
    dedup.add_argument("--against-root", metavar="DIR", help="folder that the paths of that list are relative to")
    dedup.add_argument("--points", type=int, default=96, metavar="N", help="SIFT points per image (default: 96)")
    dedup.add_argument("--threads", type=int, default=usable_cores(), metavar="N",
                       help="images decoded at a time (default: one per core)")
    _add_sharing(dedup, "the intermediate results, kept.txt, duplicates.csv and duplicates.html", 512)
    label = actions.add_parser("label", help="soft labels of a teacher")
    label.add_argument("model", metavar="MODEL", help=f"the teacher: bundle, {SOURCE_HELP}")
    add_model_argument(label, dest="architecture")
    _add_images(label)
    label.add_argument("--topk", type=int, default=10, metavar="K", help="classes kept per image (default: 10)")
    label.add_argument("--batch-size", type=int, default=32, metavar="N", help="images per step (default: 32)")
    add_runtime_argument(label, help="as of 'ppclas predict'; auto exports a checkpoint for the CPU", default="auto")
    label.add_argument("--device", help="cpu, gpu or gpu:N (default: what there is)")
    _add_sharing(label, "the labels", 2048)
    select = actions.add_parser("select", help="the best images of each class, as a list")
    select.add_argument("labels", type=Path, metavar="LABELS", help="folder of 'ssld label'")
    select.add_argument("--per-class", type=int, required=True, metavar="K", help="at most so many of each class")
    select.add_argument("--min-score", type=float, default=0.0, metavar="P", help="least probability (default: 0)")
    select.add_argument("--label-list", type=Path, metavar="FILE", help="names of the student's classes: the list has "
                        "their indices, found by name (default: the indices of the teacher)")
    select.add_argument("--out", type=Path, required=True, metavar="FILE", help="the list")
    merge = actions.add_parser("merge", help="one list of several, each path once")
    merge.add_argument("lists", nargs="+", metavar="LIST[=ROOT]",
                       help="a list, and the folder its paths are relative to (default: its own)")
    merge.add_argument("--out", type=Path, required=True, metavar="FILE", help="the list")
    merge.add_argument("--root", type=Path, metavar="DIR",
                       help="data_dir of the new list (default: the folder of the list)")
    return run


def run(args: argparse.Namespace) -> int:
    """Run one action, and return its exit code."""
    output_is_optional()
    return {"dedup": _dedup, "label": _label, "select": _select, "merge": _merge}[args.action](args)


def _add_images(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", metavar="IMAGES", help="a folder, a list of 'path label' lines, or of bare paths")
    parser.add_argument("--root", metavar="DIR", help="folder that the paths of the list are relative to (default: its "
                        "own)")


def _add_sharing(parser: argparse.ArgumentParser, what: str, chunk: int) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=f"{what}; a repeated call goes on there")
    parser.add_argument("--chunk", type=int, default=chunk, metavar="N", help=f"images per file (default: {chunk})")
    parser.add_argument("--shard", metavar="I/N", help="this process is number I (from 0) of N that share the work "
                        "(default: as paddle.distributed.launch says)")


def shard_of(args: argparse.Namespace) -> Any:
    """Return the shard of this process from `--shard`, else from the environment of the launcher."""
    from ppclas_core.system import rank_from_environment
    from ppclas_distill.chunks import Shard

    if args.shard is None:
        return Shard(*rank_from_environment())
    match = re.fullmatch(r"(\d+)/(\d+)", args.shard)
    if not match or int(match.group(1)) >= int(match.group(2)):
        raise UserError(f"--shard is {args.shard}; it must be I/N with I from 0 to N - 1, such as 0/4")
    return Shard(int(match.group(1)), int(match.group(2)))


def _at_least_one(args: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(args, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least 1")


def _dedup(args: argparse.Namespace) -> int:
    from ppclas_distill.dedup import find_duplicates
    from ppclas_distill.listing import open_images

    _at_least_one(args, "points", "threads", "chunk")
    listing = open_images(args.images, args.root)
    for note in listing.source.notes():
        _log.warning(note)
    against = open_images(args.against, args.against_root) if args.against else None
    found = find_duplicates(listing, args.out, against=against, points=args.points, threads=args.threads,
                            chunk=args.chunk, shard=shard_of(args))
    left = len(listing) - len(set(found.dropped) | set(found.unreadable))
    print(f"{args.out}: {len(found.twins)} pairs, {len(found.dropped)} of {len(listing)} images left out, {left} kept")
    if found.unreadable:
        print(f"{len(found.unreadable)} images could not be read and are left out too")
    if found.plain:
        print(f"{len(found.plain)} images have fewer than 8 points, too few to tell, and are kept")
    print("kept.txt, duplicates.csv, duplicates.html")
    return 0


def _label(args: argparse.Namespace) -> int:
    from ppclas_distill.label import label_images
    from ppclas_distill.listing import open_images

    _at_least_one(args, "topk", "batch_size", "chunk")
    listing = open_images(args.images, args.root)
    for note in listing.source.notes():
        _log.warning(note)
    chunks = label_images(listing, args.model, args.out, topk=args.topk, batch_size=args.batch_size,
                          runtime=args.runtime, device=args.device, architecture=args.architecture, chunk=args.chunk,
                          shard=shard_of(args))
    print(f"{args.out}: {len(listing)} images in {len(chunks)} files")
    return 0


def _select(args: argparse.Namespace) -> int:
    from ppclas_distill.select import select_images

    _at_least_one(args, "per_class")
    chosen = select_images(args.labels, args.out, args.per_class, args.min_score, args.label_list)
    counts = chosen.per_class.values()
    spread = f", {min(counts)} to {max(counts)} of each of {len(counts)} classes" if counts else ""
    print(f"{args.out}: {chosen.chosen} of {chosen.images} images{spread}")
    return 0


def _merge(args: argparse.Namespace) -> int:
    from ppclas_distill.select import merge_lists

    given = [(expand_path(name), expand_path(root)) for name, _, root in (each.partition("=") for each in args.lists)]
    pairs = [(name, root or str(Path(name).parent)) for name, root in given]
    images, repeated = merge_lists(pairs, args.out, args.root or args.out.parent)
    print(f"{args.out}: {images} images; {repeated} lines repeated a path")
    return 0
