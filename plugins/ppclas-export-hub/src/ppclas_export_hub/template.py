# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An image classifier as a module of PaddleHub 2, written by `ppclas export`. Needs Paddle, numpy and OpenCV."""

from __future__ import annotations

import base64
import os
from typing import Any, Dict, List, Optional

import cv2
import numpy as np
from paddle import inference
from paddlehub.module.module import moduleinfo, serving

HERE = os.path.dirname(os.path.abspath(__file__))
TO_RGB: Any = "@TO_RGB@"
# ("short", pixels, interpolation), ("size", width, height, interpolation) or ("crop", width, height)
STEPS: Any = "@STEPS@"
SCALE: Any = "@SCALE@"
MEAN: Any = "@MEAN@"
STD: Any = "@STD@"
MULTILABEL: Any = "@MULTILABEL@"


@moduleinfo(name="@NAME@", version="@VERSION@", author="@AUTHOR@", author_email="@EMAIL@", summary="@SUMMARY@",
            type="CV/image_classification")
class Classifier:
    """Image classifier, created by `hub.Module(directory=...)`; `threads`: CPU threads; `gpu`: index of a GPU."""

    def __init__(self, threads: Optional[int] = None, gpu: Optional[int] = None) -> None:
        with open(os.path.join(HERE, "label_list.txt"), encoding="utf-8") as file:
            self.labels = file.read().split("\n")[:-1]
        config = inference.Config(os.path.join(HERE, "model.pdmodel"), os.path.join(HERE, "model.pdiparams"))
        config.disable_glog_info()
        if gpu is None:
            config.disable_gpu()
            config.enable_mkldnn()
            config.set_cpu_math_library_num_threads(threads or os.cpu_count() or 1)
        else:
            config.enable_use_gpu(100, gpu)
        self._predictor = inference.create_predictor(config)

    def transform(self, image: np.ndarray) -> np.ndarray:
        """Preprocess one image, uint8 (H, W, 3) in BGR order as OpenCV reads it, to float32 (3, H, W)."""
        if TO_RGB:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        for kind, *values in STEPS:
            height, width = image.shape[:2]
            if kind == "crop":
                left, top = (width - values[0]) // 2, (height - values[1]) // 2
                image = image[top:top + values[1], left:left + values[0]]
            else:
                ratio = values[0] / min(width, height)
                size = (round(width * ratio), round(height * ratio)) if kind == "short" else tuple(values[:2])
                image = cv2.resize(image, size, interpolation=values[-1])
        image = image.astype(np.float32) * np.float32(SCALE)
        return np.ascontiguousarray(((image - np.float32(MEAN)) / np.float32(STD)).transpose(2, 0, 1))

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """Return the logits, float32 (N, classes), of a batch, float32 (N, 3, H, W)."""
        self._predictor.get_input_handle(self._predictor.get_input_names()[0]).copy_from_cpu(batch)
        self._predictor.run()
        output = self._predictor.get_output_handle(self._predictor.get_output_names()[0])
        return np.asarray(output.copy_to_cpu())

    def predict(self, images: List[np.ndarray], batch_size: int = 1, top_k: int = 1) -> List[Dict[str, float]]:
        """Return the `top_k` best labels of each image with their scores, best first; images as in `transform`."""
        results: List[Dict[str, float]] = []
        for start in range(0, len(images), batch_size):
            batch = np.stack([self.transform(image) for image in images[start:start + batch_size]])
            for row in self.logits(batch).astype(np.float64):
                scores = 1 / (1 + np.exp(-row)) if MULTILABEL else np.exp(row - row.max())
                scores = scores if MULTILABEL else scores / scores.sum()
                best = np.argsort(-scores, kind="stable")[:top_k]
                results.append({self.labels[index]: float(scores[index]) for index in best})
        return results

    @serving
    def serving_method(self, images: List[str], top_k: int = 1,
                       **kwargs: object) -> Dict[str, List[Dict[str, float]]]:
        """Return {"data": output of `predict`} for image files in base64; other keys of a request are ignored."""
        encoded = [np.frombuffer(base64.b64decode(image), np.uint8) for image in images]
        decoded = [cv2.imdecode(file, cv2.IMREAD_COLOR) for file in encoded]
        valid = [image for image in decoded if image is not None]
        if len(valid) < len(encoded):
            raise ValueError("an image cannot be decoded")
        return {"data": self.predict(valid, top_k=top_k)}
