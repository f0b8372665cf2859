# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export for Paddle Serving, as in 2020: `python tools/export_serving_model.py -m ResNet50_vd -p PREFIX -o serving`.

Writes `ppcls_model` and `ppcls_client_conf` (feed `image`, fetch `prediction`). Needs ppclas-export-serving; its format
`serving` of `ppclas export` has more layouts.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import guarded


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the tool; return 0, or the exit code of an error."""
    parser = argparse.ArgumentParser(description="Write the folders of Paddle Serving of an architecture and weights.")
    parser.add_argument("-m", "--model", required=True, metavar="NAME", help="architecture")
    parser.add_argument("-p", "--pretrained_model", required=True, metavar="PREFIX", help="weights")
    parser.add_argument("-o", "--output_path", default="", metavar="DIR",
                        help="parent of the two folders; default: the working directory")
    parser.add_argument("--class_dim", type=int, metavar="N", help="number of classes; default: that of the weights")
    parser.add_argument("--img_size", type=int, metavar="N",
                        help="input size in pixels; default: that of the run, else of the architecture")
    return guarded(lambda: export(parser.parse_args(argv)))


def export(args: argparse.Namespace) -> int:
    """Export the model, run it, and compare the outputs."""
    from ppclas_core.bundles.formats import find_format
    from ppclas_core.bundles.source import find_checkpoint
    from ppclas_core.export.inference import PADDLE_2

    find_format("serving")  # raises with the command to install it
    from ppclas_export_serving.folders import export_folders

    checkpoint = find_checkpoint(args.pretrained_model, model=args.model, num_classes=args.class_dim,
                                 size=args.img_size)
    folder = export_folders(checkpoint, args.output_path)
    print(f"{folder}, {folder.with_name('ppcls_client_conf')}: {args.model}, run by Paddle Serving and verified "
          f"against its weights\nruns with Paddle Serving 0.9, {PADDLE_2}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
