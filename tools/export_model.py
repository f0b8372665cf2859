# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export a model, as in July 2020: `python tools/export_model.py -m ResNet50_vd -p PREFIX -o ./inference`.

Writes `model` and `params` (input `image`, output softmax), with labels and preprocessing if they are known.
`ppclas export` writes bundles, in more formats.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import guarded


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Write the inference model of an architecture and its weights.")
    parser.add_argument("-m", "--model", required=True, metavar="NAME", help="architecture")
    parser.add_argument("-p", "--pretrained_model", required=True, metavar="PREFIX", help="weights")
    parser.add_argument("-o", "--output_path", required=True, metavar="DIR", help="folder of `model` and `params`")
    parser.add_argument("--class_dim", type=int, metavar="N", help="number of classes; default: that of the weights")
    parser.add_argument("--img_size", type=int, metavar="N",
                        help="input size in pixels; default: that of the run, else of the architecture")
    return guarded(lambda: export(parser.parse_args(argv)))


def export(args: argparse.Namespace) -> int:
    """Export the model, run it, and compare the outputs."""
    from ppclas_core.bundles.source import find_checkpoint
    from ppclas_core.compat.tools.model_and_params import export_model_and_params
    from ppclas_core.export.inference import PADDLE_2

    checkpoint = find_checkpoint(args.pretrained_model, model=args.model, num_classes=args.class_dim,
                                 size=args.img_size)
    folder = export_model_and_params(checkpoint, args.output_path)
    print(f"{folder / 'model'}, {folder / 'params'}: {args.model}, verified against its weights\n"
          f"runs with {PADDLE_2}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
