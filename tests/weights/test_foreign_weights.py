# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Weights of torchvision and timm in our models: the outputs are those that the libraries gave.

Every tensor of theirs is a function of its key (see `value`). The outputs were computed with torchvision 0.29 and timm
1.0.29 on PyTorch 2.13 for `default_rng(0).standard_normal((1, 3, 64, 64))`: the first four logits, and the standard
deviation over classes.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, List, Set, Tuple

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.plugins.models import find_model, list_models
from ppclas_core.weights.load import load_weights
from ppclas_core.weights.read import WeightsFile
from ppclas_core.weights.torch_import import read_torch, torch_rules
from ppclas_core.weights.write import save_safetensors

REFERENCE = {
    ("ResNet18", "conv1"): ([-3.6825, 10.3446, -27.9215, 5.68369], 15.344),
    ("AlexNet", "features.0"): ([-3.64694, -2.49115, -0.17812, 4.32027], 4.11),
    ("MobileNetV2", "features.0.0"): ([0.281366, -0.131386, 3.96252, 0.356515], 2.4965),
    ("MobileNetV2", "conv_stem"): ([-0.917491, 0.0327752, -1.24943, 3.65193], 2.5514),
    ("ShuffleNetV2_x0_5", "conv1.0"): ([1.66086, -4.6745, -1.12098, -2.65997], 3.653),
    ("ResNeXt50_32x4d", "conv1"): ([-290.369, -230.567, 48.3574, 264.828], 339.68),
    ("ResNet18_vd", "conv1.0"): ([5.72458, 1.33276, -14.1533, -0.336254], 9.2316),
    ("RegNetX_4GF", "stem.conv"): ([-338.463, -1408.09, 1118.61, -1120.0], 1400.1),
    ("DenseNet121", "features.conv0"): ([0.386833, 0.197704, 0.358719, 0.58959], 0.92293),
}
"""(model, key of the first layer, which identifies the library) -> logits, deviation."""

REFUSED = {
    "VGG16": "convolutions have biases",
    "SqueezeNet1_1": "not padded",
    "GoogLeNet": "followed by batch norm",
    "EfficientNetB0": "pad on both sides",
    "MobileNetV3_small_x1_0": "slope 0.2",
    "ShuffleNetV2_x2_0": "224",
}


def value(key: str, shape: Tuple[int, ...]) -> np.ndarray:
    noise = np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape)
    if len(shape) > 1:
        noise *= np.sqrt(2 / np.prod(shape[1:]))
    elif key.endswith("running_var"):
        noise = 1 + 0.1 * np.abs(noise)
    elif key.endswith("weight"):
        noise = 1 + 0.1 * noise
    else:
        noise *= 0.1
    return noise.astype(np.float32)


def theirs(names: List[Any], model: Any, first: str) -> dict[str, np.ndarray]:
    """The state dict of the library that calls the first layer `first`."""
    shapes = {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}
    groups: dict[str, list] = {}
    for name in names:
        groups.setdefault(name.ours, []).append(name)
    which = [name.theirs for name in groups["stem.0.weight" if "stem.0.weight" in groups else
                                            next(iter(groups))]].index(f"{first}.weight")
    arrays = {}
    for ours, choices in groups.items():
        name = choices[min(which, len(choices) - 1)]
        if not name.constant:
            shape = shapes[ours][::-1] if len(shapes[ours]) == 2 else shapes[ours]
            arrays[name.theirs] = value(name.theirs, shape)
    return arrays


def needs(name: str) -> Any:
    if name not in list_models():
        pytest.skip(f"{name} is not installed")
    record = find_model(name)[0].record
    return record


@pytest.mark.parametrize(("name", "first"), REFERENCE)
def test_the_outputs_are_those_of_the_library(name: str, first: str, tmp_path: Path) -> None:
    record = needs(name)
    import paddle

    model = create_model(name)
    names = list(torch_rules(record)(model))
    path = tmp_path / "x.safetensors"
    save_safetensors(path, {**theirs(names, model, first), "x.num_batches_tracked": np.zeros((), np.int64)})
    arrays = read_torch(path, model, record)
    load_weights(model, record, WeightsFile(arrays, "torch", path), allow_new_head=False)
    model.eval()
    image = np.random.default_rng(0).standard_normal((1, 3, 64, 64)).astype(np.float32)
    with paddle.no_grad():
        logits = model(paddle.to_tensor(image)).numpy()[0]
    expected, deviation = REFERENCE[name, first]
    assert abs(logits.std() - deviation) / deviation < 1e-3
    assert np.abs(logits[:4] - expected).max() / deviation < 1e-3


@pytest.mark.parametrize("name", REFUSED)
def test_another_graph_is_refused_with_the_reason(name: str) -> None:
    record = needs(name)
    model = create_model(name)
    with pytest.raises(UserError, match=REFUSED[name]):
        list(torch_rules(record)(model))


@pytest.mark.parametrize(
    "name", ["ResNet50", "ResNet50_vc", "ResNeXt101_32x4d", "MobileNetV2_x0_5", "RegNetY_4GF", "DenseNet161"])
def test_the_rules_give_every_tensor_of_the_model_and_no_other(name: str) -> None:
    record = needs(name)
    import paddle

    from ppclas_core.plugins.catalogue import resolve

    with paddle.LazyGuard():
        model = resolve(record.target, owner=name)(**record.preset)
    found: Set[str] = {rule.ours for rule in torch_rules(record)(model)}
    assert found == set(model.state_dict())


def test_a_checkpoint_of_another_network_names_what_is_missing_and_left_over(tmp_path: Path) -> None:
    record = needs("ResNet18")
    path = tmp_path / "x.safetensors"
    save_safetensors(path, {"conv1.weight": np.zeros((64, 3, 7, 7), np.float32), "odd": np.zeros(1, np.float32)})
    with pytest.raises(UserError, match=r"tensors missing \(bn1\.weight.* 1 left over \(odd\)"):
        read_torch(path, create_model("ResNet18"), record)


def test_convert_from_torch_writes_our_form(tmp_path: Path, ppclas_project: Any) -> None:
    record = needs("ShuffleNetV2_x0_5")
    model = create_model("ShuffleNetV2_x0_5")
    names = list(torch_rules(record)(model))
    save_safetensors(tmp_path / "x.safetensors", theirs(names, model, "conv1.0"))
    project = ppclas_project()
    arguments = ("convert", "x.safetensors", "out", "--to", "pdparams", "--from", "torch", "--model")
    project.run(*arguments, "ShuffleNetV2_x0_5").succeeded()
    assert create_model("ShuffleNetV2_x0_5", pretrained=tmp_path / "out") is not None
    refused = project.run("convert", "x.safetensors", "new", "--to", "2020", "--from", "torch", "--model", "VGG11")
    assert (refused.code, "different network" in refused.err) == (2, True)
