# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weights into a model: what was loaded is said, and what does not fit is an error."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Dict, Iterator

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights import write

paddle = pytest.importorskip("paddle")

from ppclas_core.testing.toy import ToyNet, toy_catalogue  # noqa: E402
from ppclas_core.weights.load import load_weights  # noqa: E402
from ppclas_core.weights.names import Names, conv_bn, linear  # noqa: E402


def toy_names(model: ToyNet) -> Iterator[Names]:
    yield from conv_bn("stem", "conv1", "_conv1", "conv1")
    yield from conv_bn("stages.0.0", "conv2", "_conv2", "conv2")
    yield from linear("head.fc", "fc_0.w_0", "fc_0.b_0", "_out", "fc")


def record(named: bool = True) -> Any:
    toy = toy_catalogue().find("backbone", "ToyNet").record
    return dataclasses.replace(toy, weight_names=f"{__name__}:toy_names") if named else toy


def values(model: Any) -> Dict[str, np.ndarray]:
    return {key: value.numpy() for key, value in model.state_dict().items()}


def random_values(classes: int = 10, width: int = 8) -> Dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {key: rng.standard_normal(value.shape).astype(np.float32)
            for key, value in values(ToyNet(width=width, num_classes=classes)).items()}


def under(field: str, arrays: Dict[str, np.ndarray], behind: str = "") -> Dict[str, np.ndarray]:
    return {getattr(row, field) + behind: arrays[row.ours] for row in toy_names(ToyNet(num_classes=1))}


@pytest.mark.parametrize("field", ["ours", "v2020", "v2_0", "v2_1"])
def test_every_generation_of_names_gives_the_same_model(tmp_path: Path, field: str, caplog: Any) -> None:
    caplog.set_level("INFO")
    expected = random_values()
    write.save_pdparams(tmp_path / "ppcls.pdparams", under(field, expected))
    model = ToyNet(num_classes=10)
    report = load_weights(model, record(), tmp_path)
    assert str(report) == "12 loaded, 0 missing, 0 unexpected"
    assert "ppcls.pdparams: 12 loaded, 0 missing, 0 unexpected" in caplog.text
    for key, value in values(model).items():
        np.testing.assert_array_equal(value, expected[key])


def test_a_head_of_another_class_count_stays_fresh_and_is_reported(tmp_path: Path) -> None:
    write.save_variables(tmp_path / "X_pretrained", under("v2020", random_values(1000)))
    model = ToyNet(num_classes=4)
    before = values(model)["head.fc.weight"].copy()
    report = load_weights(model, record(), tmp_path / "X_pretrained")
    assert str(report) == "10 loaded, head re-initialised (1000 -> 4), 0 missing, 0 unexpected"
    np.testing.assert_array_equal(values(model)["head.fc.weight"], before)
    np.testing.assert_array_equal(values(model)["stem.conv.weight"], random_values()["stem.conv.weight"])


def test_a_head_that_the_file_lacks_stays_fresh(tmp_path: Path) -> None:
    body = {key: value for key, value in random_values().items() if not key.startswith("head")}
    write.save_pdparams(tmp_path / "x.pdparams", body)
    report = load_weights(ToyNet(num_classes=4), record(False), tmp_path / "x")
    assert str(report) == "10 loaded, head re-initialised (absent -> 4), 0 missing, 0 unexpected"


def test_evaluation_refuses_a_head_of_another_class_count(tmp_path: Path) -> None:
    write.save_pdparams(tmp_path / "x.pdparams", random_values(1000))
    with pytest.raises(UserError, match="checkpoint has 1000 classes, the model 4"):
        load_weights(ToyNet(num_classes=4), record(), tmp_path / "x", allow_new_head=False)


def refused(arrays: Dict[str, np.ndarray], tmp_path: Path) -> str:
    write.save_pdparams(tmp_path / "x.pdparams", arrays)
    model = ToyNet(num_classes=10)
    before = {key: value.copy() for key, value in values(model).items()}
    with pytest.raises(UserError) as caught:
        load_weights(model, record(), tmp_path / "x")
    for key, value in values(model).items():
        np.testing.assert_array_equal(value, before[key])
    return str(caught.value)


def test_missing_and_unexpected_tensors_are_errors_that_name_them(tmp_path: Path) -> None:
    arrays = under("v2020", random_values())
    arrays["conv9_weights"] = arrays.pop("conv1_weights")
    message = refused(arrays, tmp_path)
    assert "1 missing (stem.conv.weight)" in message
    assert "1 unexpected (conv9_weights)" in message
    assert "x.pdparams" in message


def test_another_width_is_an_error_with_both_shapes(tmp_path: Path) -> None:
    message = refused(random_values(width=16), tmp_path)
    assert "of another shape (stem.conv.weight: (16, 3, 3, 3) in the file, (8, 3, 3, 3) in the model)" in message


def test_nothing_loaded_is_an_error(tmp_path: Path) -> None:
    assert "nothing in these weights fits ToyNet" in refused({"a": np.ones(3, np.float32)}, tmp_path)


def test_only_the_head_loaded_is_an_error(tmp_path: Path) -> None:
    head = {key: value for key, value in random_values().items() if key.startswith("head")}
    assert "10 missing" in refused(head, tmp_path)


def test_a_distillation_file_gives_the_student(tmp_path: Path) -> None:
    teacher, student = random_values(), {key: value + 1 for key, value in random_values().items()}
    both = {**under("v2020", teacher, "_teacher"), **under("v2020", student, "_student")}
    write.save_pdparams(tmp_path / "x.pdparams", both)
    model = ToyNet(num_classes=10)
    report = load_weights(model, record(), tmp_path / "x")
    assert (report.loaded, len(report.ignored)) == (12, 12)
    np.testing.assert_array_equal(values(model)["head.fc.bias"], student["head.fc.bias"])


def test_of_a_list_the_last_file_that_holds_the_model_is_taken(tmp_path: Path) -> None:
    later = {key: value + 1 for key, value in random_values().items()}
    write.save_pdparams(tmp_path / "teacher.pdparams", {"other": np.ones(3, np.float32)})
    write.save_pdparams(tmp_path / "student.pdparams", later)
    model = ToyNet(num_classes=10)
    load_weights(model, record(), [tmp_path / "teacher", tmp_path / "student"])
    np.testing.assert_array_equal(values(model)["head.fc.bias"], later["head.fc.bias"])


def test_half_precision_and_bfloat16_are_converted(tmp_path: Path) -> None:
    arrays = random_values()
    arrays["head.fc.bias"] = np.full(10, 1.5, np.float16)
    arrays["stem.bn.bias"] = np.full(8, 0x3FC0, np.uint16)  # 1.5
    write.save_pdparams(tmp_path / "x.pdparams", arrays)
    model = ToyNet(num_classes=10)
    load_weights(model, record(), tmp_path / "x")
    assert values(model)["head.fc.bias"].tolist() == [1.5] * 10
    assert values(model)["stem.bn.bias"].tolist() == [1.5] * 8


def test_paddle_reads_what_is_written(tmp_path: Path) -> None:
    arrays = random_values()
    write.save_pdparams(tmp_path / "x.pdparams", arrays)
    found = paddle.load(str(tmp_path / "x.pdparams"))
    assert found.keys() == arrays.keys()
    for key, value in found.items():
        np.testing.assert_array_equal(np.asarray(value), arrays[key])


def test_what_paddle_saves_is_read(tmp_path: Path) -> None:
    saved = ToyNet(num_classes=10)
    paddle.save(saved.state_dict(), str(tmp_path / "x.pdparams"))
    model = ToyNet(num_classes=10)
    load_weights(model, record(), tmp_path / "x")
    for key, value in values(saved).items():
        np.testing.assert_array_equal(values(model)[key], value)


def test_two_models_have_no_parameter_name_in_common() -> None:
    """Paddle 3 refuses an optimizer over parameters of one name; names of 2020 were fixed by the architecture."""
    first, second = ToyNet(num_classes=3), ToyNet(num_classes=3)
    names = [parameter.name for model in (first, second) for parameter in model.parameters()]
    assert len(set(names)) == len(names)
    optimizer = paddle.optimizer.Momentum(0.1, parameters=[*first.parameters(), *second.parameters()])
    images = paddle.to_tensor(np.ones((2, 3, 32, 32), np.float32))
    before = [model.head.fc.weight.numpy().copy() for model in (first, second)]
    (first(images) - second(images)).square().sum().backward()
    optimizer.step()
    for model, weight in zip((first, second), before):
        assert not np.array_equal(model.head.fc.weight.numpy(), weight)
