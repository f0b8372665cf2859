# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The actions of `ppclas ssld`: `dedup`, `label`, `select` and `merge`."""

from __future__ import annotations

import argparse
import logging
import re
from pathlib import Path

from ppclas_core.errors import UserError
from ppclas_core.system import expand_path, rank_from_environment
from ppclas_distill.chunks import Shard
from ppclas_distill.dedup import MIN_POINTS, find_duplicates
from ppclas_distill.label import LabelTeacher, label_images
from ppclas_distill.listing import open_images
from ppclas_distill.select import merge_lists, select_images

_log = logging.getLogger(__name__)


def shard_of(args: argparse.Namespace) -> Shard:
    """Return the shard of this process from `--shard`, else from the environment of the launcher."""
    if args.shard is None:
        return Shard(*rank_from_environment())
    match = re.fullmatch(r"(\d+)/(\d+)", args.shard)
    if not match or int(match.group(1)) >= int(match.group(2)):
        raise UserError(f"--shard is {args.shard}; it must be I/N with I from 0 to N - 1, such as 0/4")
    return Shard(int(match.group(1)), int(match.group(2)))


def _check_at_least_one(args: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(args, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least 1")


def _dedup(args: argparse.Namespace) -> int:
    _check_at_least_one(args, "points", "threads", "chunk")
    listing = open_images(args.images, args.root)
    for note in listing.source.notes():
        _log.warning(note)
    against = open_images(args.against, args.against_root) if args.against else None
    found = find_duplicates(listing, args.out, against=against, points=args.points, threads=args.threads,
                            chunk=args.chunk, shard=shard_of(args))
    left = len(listing) - len(set(found.dropped) | set(found.unreadable))
    print(f"{args.out}: {len(found.pairs)} pairs, {len(found.dropped)} of {len(listing)} images left out, {left} kept")
    if found.unreadable:
        print(f"{len(found.unreadable)} unreadable images are left out too")
    if found.too_few_points:
        print(f"{len(found.too_few_points)} images have fewer than {MIN_POINTS} points, too few to compare, and are "
              f"kept")
    print("written: kept.txt, duplicates.csv, duplicates.html")
    return 0


def _label(args: argparse.Namespace) -> int:
    _check_at_least_one(args, "topk", "batch_size", "chunk")
    listing = open_images(args.images, args.root)
    for note in listing.source.notes():
        _log.warning(note)
    teacher = LabelTeacher(args.model, args.runtime, args.device, args.architecture)
    chunks = label_images(listing, teacher, args.out, topk=args.topk, batch_size=args.batch_size, chunk=args.chunk,
                          shard=shard_of(args))
    print(f"{args.out}: {len(listing)} images in {len(chunks)} files")
    return 0


def _select(args: argparse.Namespace) -> int:
    _check_at_least_one(args, "per_class")
    chosen = select_images(args.labels, args.out, args.per_class, args.min_score, args.label_list)
    counts = chosen.per_class.values()
    spread = f", {min(counts)} to {max(counts)} of each of {len(counts)} classes" if counts else ""
    print(f"{args.out}: {chosen.chosen} of {chosen.images} images{spread}")
    return 0


def _merge(args: argparse.Namespace) -> int:
    given = [(expand_path(name), expand_path(root)) for name, _, root in (each.partition("=") for each in args.lists)]
    pairs = [(name, root or str(Path(name).parent)) for name, root in given]
    images, repeated = merge_lists(pairs, args.out, args.root or args.out.parent)
    print(f"{args.out}: {images} images; {repeated} lines repeated a path")
    return 0


ACTIONS = {"dedup": _dedup, "label": _label, "select": _select, "merge": _merge}
"""Functions of the actions, by name: they take the parsed arguments and return the exit code."""
