# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A project with photos to fine-tune on, and the command that does it with the toy network."""

from __future__ import annotations

from typing import Any

import numpy as np

from ppclas_core.testing import toy


def photos_project(project: Any) -> Any:
    """Return a project with photos/<class>/ for two classes of uneven size, and weights of ToyNet."""
    from ppclas_core.data.opencv import cv2

    rng = np.random.default_rng(2)
    for name, count, colour in (("red", 12, (30, 30, 200)), ("blue", 6, (200, 30, 30))):
        (project.folder / "photos" / name).mkdir(parents=True)
        for index in range(count):
            image = np.clip(np.array(colour) + rng.integers(-30, 31, (40, 48, 3)), 0, 255).astype(np.uint8)
            cv2.imencode(".jpg", image)[1].tofile(str(project.folder / "photos" / name / f"{index}.jpg"))
    toy.toy_checkpoint(project.folder / "weights", num_classes=7)
    return project


def finetune(project: Any, *arguments: str) -> Any:
    """Return the outcome of `ppclas finetune` with ToyNet."""
    return project.run("finetune", "--model", "ToyNet", "--plugin", toy.__file__, *arguments)
