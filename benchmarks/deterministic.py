# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of published architectures with the deterministic weights of the families' tests.

Their activations keep a natural scale through the whole network, so that equal logits are meaningful.
"""

from __future__ import annotations

from pathlib import Path

from ppclas_core.bundles.source import evaluation_transforms
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import Meta, write_meta
from ppclas_core.testing.published import (
    build,
    deterministic_tensor,
    golden_logits,
    golden_names,
    published_names,
)
from ppclas_core.weights.write import save_pdparams

ROOT = Path(__file__).resolve().parent.parent
EIGHT = ("MobileNetV1", "MobileNetV3_large_x1_0", "ResNet50_vd", "ShuffleNetV2", "GoogLeNet", "EfficientNetB0",
         "SE_ResNeXt50_vd_32x4d", "HRNet_W18_C")
"""Architectures with every kind of block that may break a converter."""


def deterministic_checkpoint(architecture: str, folder: Path, *, config: object = None) -> Path:
    """Write `ppcls.pdparams` and `meta.yaml`, unless the folder has them already.

    Args:
        architecture: name of an installed architecture, whose golden names are in this checkout.
        folder: created if it is missing.
        config: a resolved config for `meta.yaml`; its VALID section provides the images of the golden batch.

    Raises:
        UserError: the distribution of the architecture is not installed.
        LookupError: its golden names are not in this checkout.
    """
    if (folder / "meta.yaml").is_file():
        return folder
    entry, _ = find_model(architecture)
    golden = ROOT / "plugins" / entry.dist / "tests" / "golden"
    if not (golden / "names.tsv.xz").is_file():
        raise LookupError(f"{golden}/names.tsv.xz is missing")
    gain = golden_logits(golden)[architecture][0].gain if architecture in golden_logits(golden) else 1.0
    tensors = {tensor.v2020: tensor for tensor in golden_names(golden)[architecture]}
    names = published_names(entry.record, build(entry.record, lazy=True))
    state = {row.ours: deterministic_tensor(tensors[row.v2020], gain) for row in names}
    folder.mkdir(parents=True, exist_ok=True)
    save_pdparams(folder / "ppcls.pdparams", state)
    facts = model_preprocessing(entry.record, None)
    write_meta(folder, Meta(architecture=architecture, num_classes=1000,
                            image_shape=[3, facts["input_size"], facts["input_size"]],
                            preprocessing=evaluation_transforms(**facts),
                            config=dict(config) if isinstance(config, dict) else {}))
    return folder
