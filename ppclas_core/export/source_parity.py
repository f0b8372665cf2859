# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that a bundle was exported from given weights, by metadata and by the golden batch."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
import paddle

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.normalization import split_normalization
from ppclas_core.bundles.parity import PARITY_LIMIT, compare_logits
from ppclas_core.data.transforms.resolved import resolved
from ppclas_core.export.deployed_layer import Deployed
from ppclas_core.models.checkpoint import Checkpoint, load_model, on_cpu


def check_source(bundle: Bundle, checkpoint: Checkpoint) -> Dict[str, Any]:
    """Compare metadata and golden logits of a bundle with those of a checkpoint; return the parity.

    Raises:
        ExportFailed: architecture, classes, preprocessing or logits differ; the message names the difference.
        UserError: the model cannot be built.
    """
    meta = checkpoint.meta
    parts = split_normalization(meta.preprocessing) if bundle.takes_pixels else None
    transforms = meta.preprocessing if parts is None else parts.outside
    for what, here, there in (("architecture", bundle.architecture, meta.architecture),
                              ("number of classes", bundle.num_classes, meta.num_classes),
                              ("class names", bundle.labels, list(meta.labels)),
                              ("preprocessing", resolved(bundle.preprocessing), resolved(transforms))):
        if here != there:
            shown = "" if what in ("class names", "preprocessing") else f": {here}, not {there}"
            raise ExportFailed(f"the bundle was not exported from {checkpoint.file}: it has another {what}"
                               f"{shown}", where=str(bundle.path), do="export it again from these weights")
    golden = bundle.golden()
    with on_cpu(), paddle.no_grad():
        model = Deployed(load_model(checkpoint)[0], normalization=parts)
        model.eval()
        return compare_logits(lambda batch: np.asarray(model(paddle.to_tensor(batch)).numpy()), golden.inputs,
                              golden.logits, log_probabilities=False, limit=PARITY_LIMIT)
