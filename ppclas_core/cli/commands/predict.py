# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas predict`: class names and scores of images."""

from __future__ import annotations

import argparse
import contextlib
import glob
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterable, List, Optional, Tuple

from ppclas_core.cli.options import (
    IMAGES_HELP,
    SOURCE_HELP,
    add_model_arguments,
    add_runtime_argument,
    inputs_given,
)
from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.json_text import to_json
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text import one_line

if TYPE_CHECKING:
    from ppclas_core.predict.output import Writer
    from ppclas_core.predict.prediction import Prediction
    from ppclas_core.predict.predictor import Predictor


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", help=f"bundle, {SOURCE_HELP}")
    parser.add_argument("images", metavar="IMAGE", nargs="*", help=IMAGES_HELP)
    add_model_arguments(parser)
    parser.add_argument("--topk", type=int, metavar="K", help="number of top classes to show (default: 5); for a "
                        "multi-label model the largest number of classes above the threshold (default: all)")
    parser.add_argument("--threshold", type=float, metavar="SCORE", help="for a multi-label model: smallest score, "
                        "0 to 1, of a predicted class (default: score_threshold of the training)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="images per batch (default: 8; 1 for a camera)")
    parser.add_argument("--every", type=int, default=1, metavar="N",
                        help="for videos and cameras: predict each N-th frame (default: 1)")
    parser.add_argument("--camera", type=int, metavar="N",
                        help="predict the frames of camera N, from 0, until Ctrl-C")
    add_runtime_argument(parser, help="auto (for a bundle: the fastest runtime), dygraph, or an export format or its "
                         "runtime, e.g. paddle, onnxruntime, openvino (default: auto)", default="auto")
    parser.add_argument("--device", help="cpu, gpu or gpu:N (default: for a checkpoint a GPU if there is one, for a "
                        "bundle the CPU)")
    parser.add_argument("--json", action="store_true", help="print one JSON array to standard output")
    parser.add_argument("--out", metavar="PATH", help="write the predictions to a .csv or .jsonl file, or a copy of "
                        "each image with its classes as bars to a new folder; print only their number")
    parser.add_argument("--sort", nargs="?", const="copy", choices=("copy", "link"), help="with --out FOLDER: write "
                        "copies of the images, or links to them, to a folder per class, in place of copies with bars")
    return run


def run(args: argparse.Namespace) -> int:
    """Predict; return 2 if an image is missing or could not be read, else 0."""
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.output import check_output

    _check_images(args)
    out = None if args.out is None else check_output(args.out, args.sort)
    predictor = Predictor(args.source, runtime=args.runtime, device=args.device, model=args.model, labels=args.labels)
    inputs = inputs_given(args.images, every=args.every, camera=args.camera)
    batch_size = (8 if args.camera is None else 1) if args.batch_size is None else args.batch_size
    predictions = predictor.stream(inputs, args.topk, batch_size, "report", args.threshold)
    rows: List[Dict[str, Any]] = []
    with _writer(out, args, predictor) as writer:
        count, bad = _show(predictions, args, rows, writer)
    if args.json:
        print(to_json(rows, indent=2))
    if out is not None:
        print(f"wrote {out}: {count - bad} predictions", file=sys.stderr if args.json else sys.stdout)
    if bad:
        print(f"ppclas: {bad} of {count} images could not be used", file=sys.stderr)
    return 2 if bad else 0


def _show(predictions: Iterable[Prediction], args: argparse.Namespace, rows: List[Dict[str, Any]],
          writer: Optional[Writer]) -> Tuple[int, int]:
    """Print, collect or write the predictions; return the number of images and of the unusable ones."""
    bad = count = 0
    for prediction in predictions:
        count += 1
        if writer is not None:
            writer.write(prediction)
        if prediction.error:
            bad += 1
            print(f"ppclas: {one_line(prediction.path)}: {prediction.error}", file=sys.stderr)
        elif not args.json and writer is None:
            classes = ", ".join(f"{one_line(each.name)} {100 * each.score:.2f} %" for each in prediction.classes)
            print(f"{one_line(prediction.path)}: {classes or 'no class'}", flush=True)
            if console.write_error(sys.stdout):  # a closed pipe, as in `ppclas predict ... | head`
                break
        if args.json:
            rows.append(prediction.to_dict())
    return count, bad


def _writer(out: Optional[Path], args: argparse.Namespace, predictor: Predictor
            ) -> ContextManager[Optional[Writer]]:
    """Return the writer of `--out` as a context; its value is None without the option."""
    from ppclas_core.predict.output import open_output

    if out is None:
        return contextlib.nullcontext()
    console.output_is_optional()
    multilabel = predictor.threshold is not None
    columns = min(args.topk or (predictor.num_classes if multilabel else 5), predictor.num_classes)
    return open_output(out, columns=columns, roots=[_root(path) for path in args.images], sort=args.sort,
                       multilabel=multilabel)


def _root(given: str) -> str:
    """Return the folder to which the images of an argument are relative in a folder of `--out`."""
    path = expand_path(given)
    while glob.has_magic(path) and not os.path.exists(path):
        path = os.path.dirname(path)
    return path if os.path.isdir(path) or not path else os.path.dirname(path)


def _check_images(args: argparse.Namespace) -> None:
    """Report mistakes that need no model: swapped arguments, no image at all, options of a camera."""
    if args.sort and not args.out:
        raise UserError("--sort needs a folder", do="add --out FOLDER")
    if args.every < 1:
        raise UserError(f"--every is {args.every}; it must be at least 1")
    if args.camera is not None:
        if args.camera < 0:
            raise UserError(f"--camera is {args.camera}; cameras are numbered from 0")
        if args.json:
            raise UserError("--json prints one array at the end, and a camera never ends", do="leave --json out")
        if args.out:
            raise UserError("--out is complete at the end, and a camera never ends", do="leave --out out")
        return
    ending = os.path.splitext(args.source)[1].lower()
    if ending in IMAGE_SUFFIXES and os.path.isfile(expand_path(args.source)):
        swapped = shlex.join([*args.images[:1], args.source]) if args.images else f"RUN {shlex.quote(args.source)}"
        raise UserError("this is an image; the first argument is the model", where=args.source,
                        do=f"ppclas predict {swapped}")
    if not args.images:
        raise UserError("no image is given", do=f"ppclas predict {shlex.quote(args.source)} IMAGE")
    if not any(_may_exist(path) for path in args.images):
        raise UserError("no such file or folder", where=", ".join(args.images[:3]))


def _may_exist(path: str) -> bool:
    return path.lower().startswith(("http://", "https://")) or glob.has_magic(path) or os.path.exists(expand_path(path))
