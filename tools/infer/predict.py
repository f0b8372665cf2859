# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classify with Paddle Inference, as in July 2020: `python tools/infer/predict.py -i a.jpg -m DIR/model -p DIR/params`.

With `--enable_benchmark True --model_name NAME` it measures the latency instead. `ppclas predict` and `ppclas
benchmark` do the same with bundles of any format.
"""

from __future__ import annotations

import argparse
import statistics
from typing import TYPE_CHECKING, Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.compat.tools.flags import add_use_gpu, device_of, say_ignored, truth
from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from ppclas_core.predict.runnable import Runnable

WARM_UP = 10
RUNS = 500
"""Warm-up calls and measured calls of a benchmark."""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Print the best class of an image, or of each in a folder.")
    parser.add_argument("-i", "--image_file", metavar="FILE", help="image or folder; not needed for a benchmark")
    parser.add_argument("-m", "--model_file", required=True, metavar="FILE", help="file of the program")
    parser.add_argument("-p", "--params_file", required=True, metavar="FILE", help="file of the parameters")
    parser.add_argument("-b", "--batch_size", type=int, default=1, metavar="N", help="images per step (%(default)s)")
    add_use_gpu(parser)
    parser.add_argument("--ir_optim", type=truth, default=True, metavar="BOOL",
                        help="optimize the graph (%(default)s)")
    parser.add_argument("--gpu_mem", type=int, metavar="MB", help="GPU memory allocated at start (8000)")
    parser.add_argument("--use_tensorrt", type=truth, default=False, metavar="BOOL",
                        help="run with TensorRT (%(default)s)")
    parser.add_argument("--use_fp16", type=truth, default=False, metavar="BOOL",
                        help="half precision, with TensorRT (%(default)s)")
    parser.add_argument("--enable_benchmark", type=truth, default=False, metavar="BOOL",
                        help=f"time {RUNS} calls on random images (%(default)s)")
    parser.add_argument("--model_name", metavar="NAME", help="name of the model in the output of a benchmark")
    return guarded(lambda: predict(parser.parse_args(argv)))


def predict(args: argparse.Namespace) -> int:
    """Load model and parameters, and classify images or measure the latency.

    Raises:
        UserError: a flag needs TensorRT, which is missing, or flags are invalid.
    """
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.runnable import open_program
    from ppclas_core.runtimes.paddle_inference import Tuning

    _check(args)
    device = "gpu" if args.use_tensorrt and args.use_gpu else device_of(args)
    if device == "cpu":
        say_ignored(args, {"gpu_mem": "it runs on the CPU"})
    runnable = open_program(args.model_file, args.params_file, device, precision="fp16" if args.use_fp16 else "fp32",
                            tuning=Tuning(args.ir_optim, args.gpu_mem or 8000, args.use_tensorrt))
    if args.enable_benchmark:
        return benchmark(runnable, args)
    for prediction in Predictor(runnable).stream(args.image_file, topk=1, batch_size=args.batch_size):
        best = prediction.classes[0]
        print(f"{prediction.path}: class: {best.id}, score: {best.score:.4f}")
    return 0


def benchmark(runnable: Runnable, args: argparse.Namespace) -> int:
    """Measure calls with random images, including copies to and from the device."""
    from ppclas_core.predict.measure import random_images, time_calls

    images = random_images((args.batch_size, *runnable.input_shape), runnable.dtype)
    time_calls(runnable.runtime, images, 0, WARM_UP)
    times = time_calls(runnable.runtime, images, 0, RUNS)
    print(f"{args.model_name}\tbatch size: {args.batch_size}\t{'FP16' if args.use_fp16 else 'FP32'}\t"
          f"time(ms): {1000 * statistics.mean(times):.3f}")
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.use_fp16 and not args.use_tensorrt:
        raise UserError("--use_fp16 needs --use_tensorrt=True", do="give both, or remove --use_fp16")
    if args.enable_benchmark and not args.model_name:
        raise UserError("--enable_benchmark needs --model_name", do="name the results, e.g. --model_name=ResNet50")
    if args.model_name and not args.enable_benchmark:
        say_ignored(args, {"model_name": "it heads the figures of --enable_benchmark"})
    if not args.enable_benchmark and not args.image_file:
        raise UserError("no image", do="-i FILE, or -i FOLDER")
    if args.batch_size < 1:
        raise UserError(f"--batch_size is {args.batch_size}; it must be at least 1")


if __name__ == "__main__":
    raise SystemExit(main())
