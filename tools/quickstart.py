# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Train, evaluate, export and verify a classifier of digits in one command: `python tools/quickstart.py`.

Creates `.venv`, installs ppclas with its plugins and CPU Paddle, writes the digits dataset, trains, evaluates, exports
and predicts three images. A second call skips the installation.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, ensure, run
from usage import help_asked

CONFIG = "configs/quick_start/digits_MobileNetV3_small.yaml"
RUN = ROOT / "output" / "MobileNetV3_small_x0_5"
BUNDLE = ROOT / "output" / "digits_bundle"


def main() -> int:
    """Run all steps and print the table; return the exit code of the step that failed, or 0."""
    started = time.time()
    ensure()
    installed = time.time() - started
    run("ppclas", "data", "digits", "dataset/digits")
    run("ppclas", "run", CONFIG)
    run("ppclas", "export", str(RUN), "inference", str(BUNDLE))
    lines = (ROOT / "dataset/digits/val_list.txt").read_text(encoding="utf-8").split("\n")[:1500:150]
    images = [str(ROOT / "dataset/digits" / line.rsplit(" ", 1)[0]) for line in lines[:3] if line]
    run("ppclas", "predict", str(BUNDLE), *images, "--topk", "2")
    report = json.loads((RUN / "report.json").read_text(encoding="utf-8"))
    rows = [
        ("top-1 on held-out digits", f"{report['top1']:.4f}"),
        ("training", f"{report['seconds']:.0f} s"),
        ("installation", f"{installed:.0f} s"),
        ("everything", f"{time.time() - started:.0f} s"),
        ("run folder", _relative(RUN)),
        ("report", _relative(RUN / "report.html")),
        ("bundle", _relative(BUNDLE)),
    ]
    width = max(len(name) for name, _ in rows)
    print("\n" + "\n".join(f"{name:<{width}}  {value}" for name, value in rows))
    print(f"\nnext: train on your own photos, see README.md; the program is {_relative(ROOT / '.venv/bin/ppclas')}")
    return 0


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
