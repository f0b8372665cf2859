# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Verification of a bundle, for example after copying: hashes of its files, and outputs on the golden batch.

The folder of a bundle comes in, the measured parity goes out. With a source, `source_parity` compares it as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional, Union

from ppclas_core.bundles.bundle import (
    BUNDLE_FILE,
    GOLDEN_FILE,
    LABELS_FILE,
    PREPROCESS_FILE,
    Bundle,
    hash_files,
    read_bundle,
)
from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.parity import LARGEST_LIMIT, PARITY_LIMIT, compare_logits
from ppclas_core.bundles.source import CheckpointSource, Labels, bundle_folder, find_checkpoint
from ppclas_core.runtimes.load import load_runtime
from ppclas_core.system.paths import expand_path


def verify(folder: Union[str, Path], source: Optional[CheckpointSource] = None, *, model: Optional[str] = None,
           labels: Optional[Labels] = None) -> Dict[str, Any]:
    """Check the hashes of the files and run the golden batch; return the parity.

    Args:
        folder: folder of the bundle, or a file in it.
        source: run, checkpoint or published name that the bundle must be exported from; None: not compared.
        model: architecture of a source without `meta.yaml`, see `find_checkpoint`.
        labels: class names of such a source.

    Raises:
        ExportFailed: a file is missing or changed, the outputs differ, or the source is another one.
        UserError: the folder is not a bundle, its runtime is not installed, or there is no such source.
    """
    bundle = read_bundle(bundle_folder(folder) or Path(expand_path(str(folder))))
    checkpoint = None if source is None else find_checkpoint(source, model=model, labels=labels)
    check_files(bundle)
    if checkpoint is not None:
        from ppclas_core.export.source_parity import check_source

        check_source(bundle, checkpoint)
    limit = bundle.facts.get("parity", {}).get("limit", PARITY_LIMIT)
    if not 0 < limit <= LARGEST_LIMIT:
        raise ExportFailed(f"parity.limit is {limit:g}; it must be above 0 and at most {LARGEST_LIMIT:g} standard "
                           "deviation over the classes", where=str(bundle.path / BUNDLE_FILE), do="export it again")
    golden = bundle.golden()
    runtime = load_runtime(bundle)
    return compare_logits(runtime, golden.inputs, golden.logits, limit=limit,
                          log_probabilities=bundle.gives_probabilities)


def check_files(bundle: Bundle) -> None:
    """Compare size and sha256 of every file with `bundle.json`; unlisted files are ignored.

    Raises:
        ExportFailed: files are missing, changed or without a hash; the message names them.
    """
    wanted = bundle.facts.get("files", {})
    found = hash_files(bundle.path)
    unlisted = [name for name in (GOLDEN_FILE, LABELS_FILE, PREPROCESS_FILE) if name not in wanted]
    if unlisted:
        raise ExportFailed(f"bundle.json has no hash of {', '.join(unlisted)}, so it cannot be verified",
                           where=str(bundle.path / BUNDLE_FILE), do="copy the bundle again, or export it again")
    missing = [name for name in [*wanted, GOLDEN_FILE] if name not in found]
    changed = [name for name in wanted if name in found and found[name] != wanted[name]]
    faults = [f"{name} is missing" for name in dict.fromkeys(missing)] + [f"{name} has changed" for name in changed]
    if faults:
        raise ExportFailed("; ".join(faults), where=str(bundle.path), do="copy the bundle again, or export it again")
