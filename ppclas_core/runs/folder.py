# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The folder of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping


def run_folder(config: Mapping[str, Any]) -> Path:
    """`<model_save_dir>/<ARCHITECTURE.name>`."""
    return Path(config["model_save_dir"]) / config["ARCHITECTURE"]["name"].rpartition(":")[2]
