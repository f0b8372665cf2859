# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Common code of `image_service_cpu.py` and `image_service_gpu.py`, which start `ppclas serve`."""

from __future__ import annotations

import argparse
import os
from typing import Optional, Sequence

from ppclas_core.cli import guarded, main
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.install import how_to_install

LOG = "ppclas-serve.log"


def serve(argv: Optional[Sequence[str]], device: str) -> int:
    """Serve `POST /image/prediction` on all addresses of this machine, until SIGTERM or Ctrl-C.

    Args:
        argv: arguments of the command line: model folder, folder of the log, port; None: those of the process.
        device: `cpu` or `gpu:0`.
    """
    parser = argparse.ArgumentParser(description="Serve POST /image/prediction, as in July 2020.")
    parser.add_argument("model_dir", help="ppcls_model of tools/export_serving_model.py, or a bundle")
    parser.add_argument("workdir", help=f"folder for the log, {LOG}")
    parser.add_argument("port", type=int, help="port of the server")
    args = parser.parse_args(argv)

    def start() -> int:
        if "serve" not in catalogue().names("command"):
            raise UserError("ppclas-serve is not installed", do=how_to_install("ppclas-serve"))
        try:
            os.makedirs(args.workdir, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot be created: {error.strerror}", where=args.workdir,
                            do="choose another folder") from None
        log = os.path.join(args.workdir, LOG)
        print(f"http://0.0.0.0:{args.port}/image/prediction; log: {log}", flush=True)
        return main(["serve", f"image={args.model_dir}", "--host", "0.0.0.0", "--port", str(args.port),
                     "--device", device, "--log-file", log])

    return guarded(start)
