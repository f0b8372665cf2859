# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write ppclas_core/data/datasets/digits.npz from scikit-learn's copy of the UCI handwritten digits (CC BY 4.0).

Needs scikit-learn, which ppclas does not require: `pip install scikit-learn`, then `python tools/make_digits.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from usage import help_asked

TARGET = Path(__file__).resolve().parents[1] / "ppclas_core" / "data" / "datasets" / "digits.npz"


def main() -> int:
    """Write the file: 1797 images of 8x8 pixels in 0..16, and their labels."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    assert images.shape == (1797, 8, 8)
    assert images.max() == 16
    np.savez_compressed(TARGET, images=images, labels=labels)
    print(f"{TARGET}: {len(labels)} images, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
