# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classify with an inference model, as in July 2020: `python tools/infer/py_infer.py -i a.jpg -d ./inference`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.compat.tools.flags import add_use_gpu, device_of


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Print the five best classes of an image, or of all of a folder.")
    parser.add_argument("-i", "--image_file", required=True, metavar="FILE", help="image or folder")
    # the manual of 2020 writes --d=, --m= and --p=
    parser.add_argument("-d", "--d", "--model_dir", dest="model_dir", default=".", metavar="DIR",
                        help="folder of the model (%(default)s)")
    parser.add_argument("-m", "--m", "--model_file", dest="model_file", metavar="NAME",
                        help="program in that folder (model or __model__)")
    parser.add_argument("-p", "--p", "--params_file", dest="params_file", metavar="NAME",
                        help="values in that folder (params or __params__, else a file for each variable)")
    add_use_gpu(parser)
    return guarded(lambda: infer(parser.parse_args(argv)))


def infer(args: argparse.Namespace) -> int:
    """Load the program and its parameters, and classify images."""
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.runnable import open_program
    from ppclas_core.weights.formats.program import program_of

    folder = Path(args.model_dir)
    model = program_of(folder) if args.model_file is None else folder / args.model_file
    params = None if args.params_file is None else folder / args.params_file
    predictor = Predictor(open_program(model, params, device_of(args)))
    for prediction in predictor.stream(args.image_file):
        print(f"Current image file: {prediction.path}")
        for each in prediction.classes:
            print(f"\tclass id: {each.id}, probability: {each.score:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
