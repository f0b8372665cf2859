# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas predict`: class names and scores of images."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Callable, Dict, List

from ppclas_core.cli.options import SOURCE_HELP, add_model_arguments, add_runtime_argument, images_given
from ppclas_core.system import console
from ppclas_core.system.json_text import to_json
from ppclas_core.system.text import one_line


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", help=f"bundle, {SOURCE_HELP}")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="image files, or folders with images at any depth")
    add_model_arguments(parser)
    parser.add_argument("--topk", type=int, metavar="K", help="number of top classes to show (default: 5); for a "
                        "multi-label model the largest number of classes above the threshold (default: all)")
    parser.add_argument("--threshold", type=float, metavar="SCORE", help="for a multi-label model: smallest score, "
                        "0 to 1, of a predicted class (default: score_threshold of the training)")
    parser.add_argument("--batch-size", type=int, default=8, metavar="N", help="images per batch (default: 8)")
    add_runtime_argument(parser, help="auto (for a bundle: the fastest runtime), dygraph, or an export format or its "
                         "runtime, e.g. paddle, onnxruntime, openvino (default: auto)", default="auto")
    parser.add_argument("--device", help="cpu, gpu or gpu:N (default: for a checkpoint a GPU if there is one, for a "
                        "bundle the CPU)")
    parser.add_argument("--json", action="store_true", help="print one JSON array to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Predict; return 2 if an image could not be read, else 0."""
    from ppclas_core.predict import Predictor

    paths = images_given(args.images)  # report a wrong path before the model is loaded
    predictor = Predictor(args.source, runtime=args.runtime, device=args.device, model=args.model, labels=args.labels)
    rows: List[Dict[str, Any]] = []
    bad = 0
    for prediction in predictor.stream(paths, args.topk, args.batch_size, "report", args.threshold):
        if prediction.error:
            bad += 1
            print(f"ppclas: {one_line(prediction.path)}: {prediction.error}", file=sys.stderr)
        elif not args.json:
            classes = ", ".join(f"{one_line(each.name)} {100 * each.score:.2f} %" for each in prediction.classes)
            print(f"{one_line(prediction.path)}: {classes or 'no class'}", flush=True)
            if console.write_error(sys.stdout):  # a closed pipe, as in `ppclas predict ... | head`
                break
        rows.append(prediction.to_dict())
    if args.json:
        print(to_json(rows, indent=2))
    if bad:
        print(f"ppclas: {bad} of {len(paths)} images could not be used", file=sys.stderr)
    return 2 if bad else 0
