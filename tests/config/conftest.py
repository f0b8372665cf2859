# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A catalogue of core and one toy plugin, whatever is installed; and small configs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest
import yaml

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.testing.fresh_catalogue import forget_catalogue

TOYS = '''
from typing import Any, Dict, Optional
from ppclas_core.api import Backbone, Callback, ConfigDir, Loss, Op, Weights, hookimpl

class Net:
    def __init__(self, *, num_classes: int = 1000, in_channels: int = 3, padding_type: str = "SAME",
                 override_params: Optional[Dict[str, Any]] = None) -> None: ...

class Soft:
    def __init__(self, *, temperature: float = 1.0, epsilon: Optional[float] = None) -> None: ...

class Hard:
    def __init__(self) -> None: ...

class Blend:
    def __init__(self, *, alpha: float = 0.2) -> None: ...

class Policy:
    def __call__(self, image, rng=None): return image

class Logger:
    def __init__(self, *, folder: str) -> None: ...

@hookimpl
def ppclas_backbones():
    names = ("ResNet50_vd", "MobileNetV3_large_x1_0", "EfficientNetB0", "ResNet50", "Pair")
    weights = (Weights("ResNet50_vd_ssld", "r.tar"),)
    return [Backbone(name, "toys:Net", "Toy", lr_stages=(("a",), ("b",)),
                     weights=weights if name == "ResNet50_vd" else ()) for name in names]

@hookimpl
def ppclas_ops():
    return [Op("MixupOperator", "toys:Blend", "batch", aliases=("Mixup",)), Op("AutoAugment", "toys:Policy")]

@hookimpl
def ppclas_losses():
    return [Loss("Soft", "toys:Soft"), Loss("Hard", "toys:Hard")]

@hookimpl
def ppclas_callbacks():
    return [Callback("Logger", "toys:Logger")]
'''


@pytest.fixture(autouse=True)
def toys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Core's components, and those of `toys`."""
    monkeypatch.setenv("PPCLAS_PLUGINS", "")
    before = set(sys.modules)
    forget_catalogue()
    file = tmp_path_factory.mktemp("plugin") / "toys.py"
    file.write_text(TOYS, encoding="utf-8")
    catalogue().load_file(file)
    yield
    forget_catalogue()
    for name in set(sys.modules) - before:
        if not name.startswith(("ppclas_core", "numpy", "cv2", "yaml")) and "." not in name:
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if origin.startswith(str(file.parent.parent)):
                del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[[str, Any], Path]:
    """`write("a.yaml", text or dict)` gives the file."""

    def writer(name: str, content: Any) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return writer


@pytest.fixture
def minimal() -> Dict[str, Any]:
    """The least that trains."""
    ops = [{"DecodeImage": None}, {"RandCropImage": {"size": 32}}, {"NormalizeImage": None}, {"ToCHWImage": None}]
    return {
        "ARCHITECTURE": {"name": "ResNet50_vd"},
        "epochs": 2,
        "image_shape": [3, 32, 32],
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}},
        "TRAIN": {"batch_size": 4, "data_dir": "images", "transforms": ops},
        "VALID": {"batch_size": 4, "data_dir": "images", "transforms": ops},
    }


@pytest.fixture
def error_of() -> Callable[..., str]:
    """`error_of(load_config, ...)` is the text of the UserError."""
    from ppclas_core.errors import UserError

    def text(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
        with pytest.raises(UserError) as caught:
            function(*arguments, **named)
        return str(caught.value)

    return text
