# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of a checkpoint to a bundle, verified by the runtime of its format.

How a checkpoint becomes a bundle: `cli.commands.export` reads the arguments and calls `write.export`, which uses

1. `bundles.formats.find_format`: the exporter of the format, a record of the catalogue;
2. `bundles.source.find_checkpoint`: from a path or a name to a `Checkpoint`, the weights with their metadata;
3. `models.checkpoint.load_model`: the model in evaluation mode, with its weights;
4. `bundles.golden.golden_inputs`: the golden batch, on which the model gives the reference logits;
5. the exporter, such as `inference.export_inference`: from an `ExportRequest` to model files and an `ExportResult`;
6. `bundles.bundle`: labels, preprocessing, golden batch and `bundle.json` beside the model files;
7. `runtimes.load.load_runtime` and `bundles.parity.compare_logits`: the artifact must reproduce the reference logits.

All of it happens in a temporary folder (`bundles.atomic_bundle`), which gets its final name at the end.
`verification.verify` repeats step 7 for a finished bundle.

Imports inside functions: the options of a format are listed and checked without Paddle, which takes seconds to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "ExportResult": "ppclas_core.export.request",
    "BF16_LIMIT": "ppclas_core.export.inference",
    "check_files": "ppclas_core.export.verification",
    "export": "ppclas_core.export.write",
    "export_inference": "ppclas_core.export.inference",
    "ExportFailed": "ppclas_core.bundles.errors",
    "ExportRequest": "ppclas_core.export.request",
    "INPUT_NAME": "ppclas_core.export.request",
    "model_files": "ppclas_core.export.inference",
    "PADDLE_STANDALONE": "ppclas_core.export.standalone",
    "Standalone": "ppclas_core.export.standalone",
    "verify": "ppclas_core.export.verification",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.bundles.errors import ExportFailed as ExportFailed
    from ppclas_core.export.inference import BF16_LIMIT as BF16_LIMIT
    from ppclas_core.export.inference import export_inference as export_inference
    from ppclas_core.export.inference import model_files as model_files
    from ppclas_core.export.request import INPUT_NAME as INPUT_NAME
    from ppclas_core.export.request import ExportRequest as ExportRequest
    from ppclas_core.export.request import ExportResult as ExportResult
    from ppclas_core.export.standalone import PADDLE_STANDALONE as PADDLE_STANDALONE
    from ppclas_core.export.standalone import Standalone as Standalone
    from ppclas_core.export.verification import check_files as check_files
    from ppclas_core.export.verification import verify as verify
    from ppclas_core.export.write import export as export

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC, renamed={"Artefact": "ExportResult"})
