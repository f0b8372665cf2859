# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Throughput of input pipelines on one core, and of whole data loaders: ours and others.

    python benchmarks/input_pipeline.py [--images DIR] [--seconds 40] [--skip-loaders]

All pipelines process the same JPEGs in memory and alternate per image; the values are medians over the rounds. On a
shared machine only the ratios are meaningful. Peers that are not installed are named and skipped.
Duration: about 3 minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Optional, Union

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser, start
from results import Row, record

if TYPE_CHECKING:
    from ppclas_core.data.decoding.jpeg_restart import DividedJpeg

GOALS = {"ours": (1.6, 1.05), "ours, turbo": (None, 1.3), "ours, repacked, turbo": (None, 1.6)}
"""Smallest ratio to the op chain of 2020 and to albumentations, by candidate."""


def main() -> int:
    """Measure and print; return 0 unless nothing could be measured."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--images", type=Path, help="folder of JPEGs; default: generated images")
    parser.add_argument("--count", type=int, default=60, help="largest number of images (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="time for the comparison on one core (%(default)s)")
    parser.add_argument("--skip-loaders", action="store_true", help="skip the comparison of whole loaders")
    parser.add_argument("--no-peers", action="store_true", help="do not create an environment for albumentations")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    args = start(parser, "about 3 minutes on two cores")
    if not args.no_peers and not args.json and (code := _in_peer_environment()) is not None:
        return code
    with tempfile.TemporaryDirectory() as scratch:
        files = _files(args.images, args.count, Path(scratch))
        repacked = _repacked(files, Path(scratch))
        missing: List[str] = []
        rates = _on_one_core([file.read_bytes() for file in files], repacked, args.seconds, missing)
        _print(rates)
        if not args.skip_loaders:
            from loaders import compare_loaders

            compare_loaders(files, Path(scratch) / "repacked", missing)
        for line in missing:
            print(f"skipped: {line}")
    return 0


def _in_peer_environment() -> Optional[int]:
    """Run this file in an environment with albumentations; return its exit code, or None to continue here."""
    try:
        import albumentations  # noqa: F401  only whether it is installed

        return None
    except ImportError:
        from ppclas_core.api import Environment
        from ppclas_core.errors import UserError
        from ppclas_core.system.environments import interpreter

        peer = Environment("albumentations", ("albumentations>=2",), ("albumentations",), shares=True)
        try:
            python = interpreter(peer)
        except UserError as error:
            print(error)
            return None
        environment = {**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1"}
        return subprocess.run([str(python), __file__, *sys.argv[1:], "--no-peers"], env=environment).returncode


def _files(folder: Optional[Path], count: int, scratch: Path) -> List[Path]:
    """Return the JPEGs of a folder, or generate some: 500 x 375, as sharp as photos, two thirds of them 4:4:4."""
    if folder:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
        if not found:
            raise SystemExit(f"{folder}: no JPEG in it or below")
        return found[:: max(len(found) // count, 1)][:count]
    import cv2
    import numpy as np

    rng, paths = np.random.default_rng(0), []
    for number in range(count):
        height, width = (375, 500) if number % 3 else (500, 375)
        image = np.zeros((height, width, 3), np.float32)
        for octave in range(7):  # amplitude proportional to the wavelength
            field = rng.normal(size=(max(height >> octave, 2), max(width >> octave, 2), 3)).astype(np.float32)
            image += cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC) * 2.0**octave
        image = np.clip(128 + image / image.std() * 60, 0, 255).astype(np.uint8)
        sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if number % 3 else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
        path = scratch / f"{number}.jpg"
        path.write_bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92,
                                                      cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling])[1].tobytes())
        paths.append(path)
    return paths


def _repacked(files: List[Path], scratch: Path) -> List[Union[bytes, DividedJpeg]]:
    """Return the images as a repacked source provides them (see `Source.open`); [] without a transcoder."""
    from ppclas_core.data.decoding.decoders import transcoder
    from ppclas_core.data.readers.repacked import open_shards
    from ppclas_core.data.readers.source import Source
    from ppclas_core.data.repacking.image import Options
    from ppclas_core.data.repacking.repack import repack

    transcode = transcoder()
    if transcode is None:
        return []
    source = Source.from_paths("/", [str(file.resolve()) for file in files], [0] * len(files))
    repack(source, scratch / "repacked", Options(transcode))
    shards = open_shards(scratch / "repacked")
    return [shards.open(index) for index in range(len(shards))]


def _on_one_core(images: List[bytes], repacked: List[Union[bytes, DividedJpeg]], seconds: float,
                 missing: List[str]) -> Dict[str, float]:
    """Return images per second of each pipeline: medians over rounds in which the pipelines alternate."""
    import cv2
    import numpy as np
    from pipelines import SIDE, all_pipelines

    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {max(cores)})
    cv2.setNumThreads(0)
    pipelines = all_pipelines(images, repacked, missing)
    batch = np.zeros((len(images), 3, SIDE, SIDE), np.float32)
    times: Dict[str, List[float]] = {name: [] for name in pipelines}
    order = list(pipelines)
    end = time.perf_counter() + seconds
    while len(times["ours"]) < 4 or time.perf_counter() < end:  # the first round warms up
        spent = dict.fromkeys(pipelines, 0.0)
        for index in range(len(images)):  # alternate per image, so that other load affects all equally
            turn = index % len(order)
            for name in [*order[turn:], *order[:turn]]:
                started = time.perf_counter()
                pipelines[name](index, batch[index])
                spent[name] += time.perf_counter() - started
        for name, seconds_spent in spent.items():
            times[name].append(seconds_spent)
    if cores:
        os.sched_setaffinity(0, cores)
    print(f"{len(images)} images, {len(times['ours']) - 1} rounds, one core, float32 CHW")
    return {name: len(images) / statistics.median(rounds[1:]) for name, rounds in times.items()}


def _print(rates: Dict[str, float]) -> None:
    old, peer = rates["chain of 2020"], rates.get("albumentations")
    print(f"{'':<24}{'img/s':>8}{'x 2020':>9}{'x albumentations':>18}")
    for name, rate in rates.items():
        beside = f"{rate / peer:>18.2f}" if peer else f"{'-':>18}"
        print(f"{name:<24}{rate:>8.0f}{rate / old:>9.2f}{beside}{_verdict(name, rate, old, peer)}")
        least_old, least_peer = GOALS.get(name, (None, None))
        record(Row("one core, float32", name, rate, "images/s", "chain of 2020", rate / old, least_old))
        if peer:
            case = "one core, float32, beside albumentations"
            record(Row(case, name, rate, "images/s", "albumentations", rate / peer, least_peer))
    print(json.dumps({name: round(rate, 1) for name, rate in rates.items()}))


def _verdict(name: str, rate: float, old: float, peer: Optional[float]) -> str:
    """Return a remark if a rate is below its smallest ratio, else ""."""
    least_old, least_peer = GOALS.get(name, (None, None))
    bounds = [f"{least_old} x 2020"] if least_old and rate < least_old * old else []
    bounds += [f"{least_peer} x albumentations"] if least_peer and peer and rate < least_peer * peer else []
    return f"   below the goal of {' and '.join(bounds)}" if bounds else ""


if __name__ == "__main__":
    raise SystemExit(main())
