# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The image service of July 2020 on the CPU: `python tools/serving/image_service_cpu.py ppcls_model workdir 9292`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from image_service import serve

if __name__ == "__main__":
    raise SystemExit(serve(None, "cpu"))
