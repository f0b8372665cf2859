# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classify images with weights, as in July 2020: `python tools/infer/infer.py -i a.jpg -m ResNet50_vd -p PREFIX`.

`ppclas predict` does the same and prints class names.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.compat.tools.flags import add_use_gpu, device_of


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Print the five best classes of an image, or of each in a folder.")
    parser.add_argument("-i", "--image_file", required=True, metavar="FILE", help="image or folder")
    parser.add_argument("-m", "--model", required=True, metavar="NAME", help="architecture")
    parser.add_argument("-p", "--pretrained_model", required=True, metavar="PREFIX", help="weights")
    parser.add_argument("--class_dim", type=int, metavar="N", help="number of classes; default: that of the weights")
    add_use_gpu(parser)
    return guarded(lambda: infer(parser.parse_args(argv)))


def infer(args: argparse.Namespace) -> int:
    """Build the model, load its weights, and classify images."""
    from ppclas_core.bundles.source import find_checkpoint
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.runnable import open_checkpoint

    checkpoint = find_checkpoint(args.pretrained_model, model=args.model, num_classes=args.class_dim)
    predictor = Predictor(open_checkpoint(checkpoint, device_of(args)))
    for prediction in predictor.stream(args.image_file):
        print(f"Current image file: {prediction.path}")
        for each in prediction.classes:
            print(f"\tclass id: {each.id}, probability: {each.score:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
