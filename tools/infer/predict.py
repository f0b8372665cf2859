# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classify with Paddle Inference, as in July 2020: `python tools/infer/predict.py -i a.jpg -m DIR/model -p DIR/params`.

`ppclas predict` does the same with bundles of any format.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.commands.flags_2020 import add_use_gpu, device_of, say_ignored, truth
from ppclas_core.errors import UserError

_IGNORED = {
    "ir_optim": "the graph is always optimised",
    "gpu_mem": "memory of a GPU grows as it is needed",
    "model_name": "it was for --enable_benchmark",
}


def main(argv: Optional[Sequence[str]] = None) -> int:
    """0, or the code of an error."""
    parser = argparse.ArgumentParser(description="Print the best class of an image, or of all of a folder.")
    parser.add_argument("-i", "--image_file", required=True, metavar="FILE", help="image or folder")
    parser.add_argument("-m", "--model_file", required=True, metavar="FILE", help="program")
    parser.add_argument("-p", "--params_file", required=True, metavar="FILE", help="values")
    parser.add_argument("-b", "--batch_size", type=int, default=1, metavar="N", help="images per step (1)")
    add_use_gpu(parser)
    for name in ("use_fp16", "use_tensorrt", "enable_benchmark"):
        parser.add_argument(f"--{name}", type=truth, default=False, metavar="BOOL", help="only False is possible")
    parser.add_argument("--ir_optim", type=truth, metavar="BOOL", help="no effect")
    parser.add_argument("--gpu_mem", type=int, metavar="MB", help="no effect")
    parser.add_argument("--model_name", metavar="NAME", help="no effect")
    return guarded(lambda: predict(parser.parse_args(argv)))


def predict(args: argparse.Namespace) -> int:
    """Load the two files, and classify.

    Raises:
        UserError: a flag that needs TensorRT.
    """
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.program import open_program

    for name in ("use_tensorrt", "use_fp16", "enable_benchmark"):
        if getattr(args, name):
            raise UserError(f"--{name} needs TensorRT, which is not used here",
                            do=f"leave --{name} out; 'ppclas export --list' shows other engines")
    say_ignored(args, _IGNORED)
    predictor = Predictor(open_program(args.model_file, args.params_file, device_of(args)))
    for prediction in predictor.stream(args.image_file, topk=1, batch_size=args.batch_size):
        best = prediction.classes[0]
        print(f"{prediction.path}: class: {best.id}, score: {best.score:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
