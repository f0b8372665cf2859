# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Train a model, as in July 2020: `python tools/train.py -c ./configs/ResNet/ResNet50.yaml -o use_gpu=False`.

Does the same as `ppclas train`. On several GPUs:
`python -m paddle.distributed.launch --devices 0,1 tools/train.py -c ...`. The new flag `--resume` continues the last
run, on one or several machines.
"""

from __future__ import annotations

import argparse
from typing import List, Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.cli import main as ppclas


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run `ppclas train`; return its exit code."""
    parser = argparse.ArgumentParser(description="Train the model of a config.")
    parser.add_argument("-c", "--config", default="configs/ResNet/ResNet50.yaml", metavar="FILE",
                        help="config (%(default)s)")
    parser.add_argument("-o", "--override", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value; repeatable")
    parser.add_argument("--vdl_dir", metavar="DIR", help="write training curves for VisualDL to this folder")
    parser.add_argument("--resume", action="store_true", help="continue the last run of this config exactly")
    args = parser.parse_args(argv)
    return guarded(lambda: train(args.config, args.override, args.vdl_dir, args.resume))


def train(config: str, overrides: List[str], vdl_dir: Optional[str], resume: bool) -> int:
    """Run `ppclas train`; with `vdl_dir`, add the callback VisualDL after those of the config."""
    pairs = list(overrides)
    if vdl_dir:
        import json

        from ppclas_core.config.load import load_config

        listed = load_config(config, overrides)["callbacks"]
        pairs.append(f"callbacks={json.dumps([*listed, {'VisualDL': {'logdir': vdl_dir}}])}")
    flags = ["--resume"] if resume else []
    return ppclas(["train", config, *flags, *(word for pair in pairs for word in ("-o", pair))])


if __name__ == "__main__":
    raise SystemExit(main())
