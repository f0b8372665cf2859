# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the fault table: every command and action, with what it works on and what it makes."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Dict, List, Tuple

from ppclas_core.testing import toy


@dataclass(frozen=True)
class Row:
    """One command.

    Attributes:
        line: its arguments after `ppclas`, as a shell would take them.
        makes: paths that are there when it ends with 0; it may refuse to work where nothing can be written.
        writes: whether it makes files in the working directory or a cache of its own.
        trains: whether a lost console must not end it.
        codes: exit codes besides 0 and 2 that its own subject gives.
        skips: columns that do not apply, each with the reason.
        until: text of a service that runs until it is told to end; then it gets SIGTERM.
    """

    line: str
    makes: Tuple[str, ...] = ()
    writes: bool = True
    trains: bool = False
    codes: Tuple[int, ...] = ()
    skips: Tuple[Tuple[str, str], ...] = ()
    until: str = ""

    @property
    def argv(self) -> List[str]:
        """Return the arguments."""
        return shlex.split(self.line)


NOTHING_WRITTEN = ("kill -9", "it writes nothing")
PROGRAMS = "it starts programs of its own, each of which takes seconds; the other columns show the command itself"


def reads(line: str, codes: Tuple[int, ...] = (), skips: Tuple[Tuple[str, str], ...] = ()) -> Row:
    """Return the row of a command that writes nothing."""
    return Row(line, writes=False, codes=codes, skips=(NOTHING_WRITTEN, *skips))


def left_out(*faults: str) -> Tuple[Tuple[str, str], ...]:
    """Return columns that a slow command leaves out."""
    return tuple((fault, PROGRAMS) for fault in faults)


PUBLISHED = "MobileNetV1_x0_25"
"""Published weights that the local server has; the variables in them are of no network."""

ROWS: Dict[str, Row] = {
    "run": Row("run toy.yaml", ("output/ToyNet/best_model/ppcls.pdparams", "output/ToyNet/report.html"), trains=True),
    "train": Row("train toy.yaml", ("output/ToyNet/best_model/ppcls.pdparams",), trains=True),
    "finetune": Row(
        "finetune --data data --model ToyNet --pretrained none --epochs 1 --image-size 16 --batch-size 8 --out tuned "
        "-o TRAIN.num_workers=0 -o VALID.num_workers=0 -o accelerator=none", ("tuned",), trains=True),
    "eval": reads("eval toy.yaml --weights trained/ToyNet"),
    "eval run": reads("eval trained/ToyNet --data data/val"),
    "report": Row("report trained/ToyNet", ("trained/ToyNet/report.html",)),
    "lr": Row("lr toy.yaml --out lr.svg", ("lr.svg",)),
    "check": reads("check toy.yaml"),
    "show": reads("show toy.yaml"),
    "schema": reads("schema"),
    "list": reads("list models"),
    "info": reads("info ToyNet"),
    "info run": reads("info trained"),
    "plugins": reads("plugins"),
    "export inference": Row("export trained/ToyNet inference bundle", ("bundle/bundle.json",)),
    "export onnx": Row("export trained/ToyNet onnx bundle", ("bundle/bundle.json",)),
    "export beside the run": Row("export trained inference", ("trained/ToyNet-inference/bundle.json",)),
    "verify": reads("verify onnx"),
    "benchmark": reads("benchmark onnx --engine onnx --batch 1 --threads 1 --seconds 0.1"),
    "predict run": reads("predict trained/ToyNet data/val/red/0.png"),
    "predict bundle": reads("predict inference data/val/red/0.png"),
    "predict to a table": Row("predict inference data/val/red/0.png --out found.csv", ("found.csv",)),
    "predict to a folder": Row("predict inference data/val --out found", ("found",)),
    "convert safetensors": Row("convert trained/ToyNet/last/ppcls weights --to safetensors", ("weights.safetensors",)),
    "convert pdparams": Row("convert trained/ToyNet/last/ppcls weights --to pdparams", ("weights.pdparams",)),
    "download": Row(f"download {PUBLISHED} --path weights", (f"weights/{PUBLISHED}_pretrained",)),
    "doctor": reads("doctor", codes=(1,), skips=left_out("read-only folder", "output closed", "console gone",
                                                         "full console")),
    "new-plugin": Row("new-plugin acme-blur --kind op", ("acme-blur/setup.cfg",)),
    "augment": Row("augment toy.yaml data/val/red/0.png -o aug.png", ("aug.png",)),
    "data digits": Row("data digits digits", ("digits/val_list.txt",)),
    "data lists": Row("data lists data/train --out lists", ("lists/val_list.txt",)),
    "data flowers102": Row("data flowers102 flowers", ("flowers/val_list.txt",)),
    "data stats": Row("data stats data/train --html stats.html", ("stats.html",)),
    "repack": Row("repack lists_made/train_list.txt packed --data-dir data/train --workers 1", ("packed/repack.json",)),
    "search": Row(f"search space.yaml --trials 1 --plugin {shlex.quote(toy.__file__)}", trains=True,
                  skips=left_out("output closed", "full output", "read-only cache", "kill -9")),
    "serve": Row("serve onnx --port 0", writes=False, until="listening", skips=(NOTHING_WRITTEN,)),
    "ssld dedup": Row("ssld dedup data/train --out dedup --threads 1", ("dedup/kept.txt",)),
    "ssld label": Row("ssld label onnx data/train --out labels --topk 2"),
    "ssld select": Row("ssld select labels_made --per-class 2 --out selected.txt", ("selected.txt",)),
    "ssld merge": Row("ssld merge lists_made/train_list.txt --root data/train --out merged.txt", ("merged.txt",)),
}
"""Every command and action; `test_table.py` compares the names with those that the program knows."""

PREPARE = (
    "train toy.yaml -o model_save_dir=trained",
    "export trained/ToyNet inference inference",
    "export trained/ToyNet onnx onnx",
    "data lists data/train --out lists_made",
    "ssld label onnx data/train --out labels_made --topk 2",
)
"""Commands that make what the rows work on."""
