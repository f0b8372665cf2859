# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Time of the preprocessing of a video frame as pixels, compared with the JPEG file of the same frame.

    python benchmarks/frames.py [--height N] [--width N] [--rounds N]

Three inputs are measured alternately through the evaluation transforms (short side 256, crop 224, normalization): the
pixels of a frame, its JPEG file, and its uncompressed PNG file. The medians are printed, and one JSON object in the
last line. The goal: pixels cost no more than the JPEG file. Duration: about 10 seconds.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Callable, Dict, List

import numpy as np
from command_line import benchmark_parser, start
from results import Row, record


def main() -> int:
    """Print the times; return 0 if the goal is met."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--height", type=int, default=720, metavar="N", help="height of the frame (default: 720)")
    parser.add_argument("--width", type=int, default=1280, metavar="N", help="width of the frame (default: 1280)")
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="measurements of each input (default: 40)")
    args = start(parser, "about 10 seconds")
    from ppclas_core.data.decoded import lossless_file
    from ppclas_core.data.opencv import cv2
    from ppclas_core.predict.transforms import ImageTransform

    pixels = frame(args.height, args.width)
    jpeg = bytes(cv2.imencode(".jpg", np.ascontiguousarray(pixels[:, :, ::-1]))[1])
    prepare = ImageTransform([{"DecodeImage": {}}, {"ResizeImage": {"resize_short": 256}}, {"CropImage": {"size": 224}},
                              {"NormalizeImage": {"order": ""}}, {"ToCHWImage": {}}])
    times = medians({
        "pixels": lambda: prepare(pixels),
        "jpeg": lambda: prepare(jpeg),
        "png": lambda: prepare(lossless_file(pixels)),
    }, args.rounds)
    for name, seconds in times.items():
        print(f"{name:<8} {1000 * seconds:7.2f} ms/image")
    ratio = times["pixels"] / times["jpeg"]
    case = f"{args.width} x {args.height}"
    record(Row(case, "jpeg", times["jpeg"], "s", less=True))
    record(Row(case, "pixels", times["pixels"], "s", "jpeg", ratio, 1.0, less=True))
    print(json.dumps({"height": args.height, "width": args.width, "jpeg_bytes": len(jpeg), "ratio": round(ratio, 3),
                      **{f"{name}_ms": round(1000 * seconds, 3) for name, seconds in times.items()}}))
    return 0 if ratio <= 1 else 1


def frame(height: int, width: int) -> np.ndarray:
    """Return uint8 (height, width, 3) RGB color fields with noise, whose JPEG is as large as that of a photo."""
    from ppclas_core.data.opencv import cv2

    rng = np.random.default_rng(0)
    fields = cv2.resize(rng.integers(0, 256, (12, 16, 3)).astype(np.float32), (width, height))
    pixels: np.ndarray = np.clip(fields + rng.normal(0, 6, (height, width, 3)), 0, 255)
    return pixels.astype(np.uint8)


def medians(calls: Dict[str, Callable[[], object]], rounds: int) -> Dict[str, float]:
    """Return the median time of each function in s; the calls alternate."""
    times: Dict[str, List[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    raise SystemExit(main())
