# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `ppclas ssld`, which makes a training list for a student from unlabeled images."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

from ppclas_core.cli import SOURCE_HELP, add_model_argument, add_runtime_argument
from ppclas_core.system import output_is_optional, usable_cores


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Add the actions `dedup`, `label`, `select` and `merge` to the parser, and return `run`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    dedup = actions.add_parser("dedup", help="find near-duplicate images")
    _add_images(dedup)
    dedup.add_argument("--against", metavar="IMAGES", help="leave out near-duplicates of these images, such as a "
                       "validation set (default: keep the first of each group of near-duplicates)")
    dedup.add_argument("--against-root", metavar="DIR",
                       help="folder that the paths of the list of --against are relative to")
    dedup.add_argument("--points", type=int, default=96, metavar="N", help="SIFT points per image (default: 96)")
    dedup.add_argument("--threads", type=int, default=usable_cores(), metavar="N",
                       help="number of images decoded at once (default: one per core)")
    _add_chunks(dedup, "the intermediate results, kept.txt, duplicates.csv and duplicates.html", 512)
    label = actions.add_parser("label", help="write the soft labels of a teacher")
    label.add_argument("model", metavar="MODEL", help=f"the teacher: bundle, {SOURCE_HELP}")
    add_model_argument(label, dest="architecture")
    _add_images(label)
    label.add_argument("--topk", type=int, default=10, metavar="K", help="classes kept per image (default: 10)")
    label.add_argument("--batch-size", type=int, default=32, metavar="N", help="images per step (default: 32)")
    add_runtime_argument(label,
                         help="as in 'ppclas predict' (auto; on the CPU, a checkpoint is exported)", default="auto")
    label.add_argument("--device", help="cpu, gpu or gpu:N (default: the GPU if there is one)")
    _add_chunks(label, "the labels", 2048)
    select = actions.add_parser("select", help="write a list of the best images of each class")
    select.add_argument("labels", type=Path, metavar="LABELS", help="folder of 'ssld label'")
    select.add_argument("--per-class", type=int, required=True, metavar="K", help="largest number of images per class")
    select.add_argument("--min-score", type=float, default=0.0, metavar="P", help="smallest probability (default: 0)")
    select.add_argument("--label-list", type=Path, metavar="FILE", help="class names of the student: the new list has "
                        "its class indices, found by name (default: the class indices of the teacher)")
    select.add_argument("--out", type=Path, required=True, metavar="FILE", help="the new list")
    merge = actions.add_parser("merge", help="merge lists into one, with each path once")
    merge.add_argument("lists", nargs="+", metavar="LIST[=ROOT]",
                       help="a list, and the folder that its paths are relative to (default: the folder of the list)")
    merge.add_argument("--out", type=Path, required=True, metavar="FILE", help="the new list")
    merge.add_argument("--root", type=Path, metavar="DIR",
                       help="data_dir of the new list (default: the folder of the new list)")
    return run


def run(args: argparse.Namespace) -> int:
    """Run one action, and return its exit code."""
    from ppclas_distill import ssld_command

    output_is_optional()
    return ssld_command.ACTIONS[args.action](args)


def _add_images(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", metavar="IMAGES", help="a folder, a list of 'path label' lines, or a list of paths")
    parser.add_argument("--root", metavar="DIR", help="folder that the paths of the list are relative to (default: the "
                        "folder of the list)")


def _add_chunks(parser: argparse.ArgumentParser, what: str, chunk: int) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR",
                        help=f"{what}; a repeated call continues there")
    parser.add_argument("--chunk", type=int, default=chunk, metavar="N", help=f"images per file (default: {chunk})")
    parser.add_argument("--shard", metavar="I/N", help="index I (from 0) of this process among N that share the work "
                        "(default: from the environment of paddle.distributed.launch)")
