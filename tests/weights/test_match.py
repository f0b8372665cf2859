# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Whose names a checkpoint uses, and what does not belong: on names and shapes alone."""

from __future__ import annotations

from typing import Dict, List, Tuple

from ppclas_core.weights.match import match_weights, namings
from ppclas_core.weights.names import Names, conv_bn, linear

CLASSIFIER = ("head.fc",)
MODEL: Dict[str, Tuple[int, ...]] = {
    "stem.conv.weight": (8, 3, 3, 3),
    **{f"stem.bn.{part}": (8,) for part in ("weight", "bias", "_mean", "_variance")},
    "head.fc.weight": (8, 10),
    "head.fc.bias": (10,),
}
ROWS: List[Names] = [*conv_bn("stem", "conv1", "conv", "conv"),
                     *linear("head.fc", "fc_0.w_0", "fc_0.b_0", "out", "fc")]


def file_with(label: str, before: str = "", behind: str = "", classes: int = 10) -> Dict[str, Tuple[int, ...]]:
    shapes = {**MODEL, "head.fc.weight": (8, classes), "head.fc.bias": (classes,)}
    return {before + getattr(row, label) + behind: shapes[row.ours] for row in ROWS}


def pair(file: Dict[str, Tuple[int, ...]]):
    return match_weights(file, MODEL, namings(MODEL, ROWS), CLASSIFIER)


def test_each_generation_is_recognised() -> None:
    for field, label in (("ours", "ours"), ("v2020", "2020"), ("v2_0", "2.0"), ("v2_1", "2.1")):
        pairing = pair(file_with(field))
        assert (pairing.label, len(pairing.found)) == (label, 7)
        assert not pairing.missing
        assert not pairing.unexpected
    assert pair(file_with("v2020")).found["stem.bn._variance"] == "conv1_bn_variance"


def test_a_family_without_published_names_still_has_its_own() -> None:
    assert [naming.label for naming in namings(MODEL, None)] == ["ours"]


def test_a_head_of_another_class_count_fits_and_a_body_of_another_width_does_not() -> None:
    assert len(pair(file_with("v2_0", classes=1000)).found) == 7
    wide = {**file_with("v2_0"), "conv._conv.weight": (16, 3, 3, 3), "out.weight": (16, 10)}
    assert pair(wide).misshapen == {"stem.conv.weight": "conv._conv.weight", "head.fc.weight": "out.weight"}


def test_the_postfix_of_a_legacy_distillation_is_recognized() -> None:
    pairing = pair(file_with("v2020", behind="_student"))
    assert (pairing.affix, len(pairing.found)) == ("_student", 7)


def test_of_two_networks_of_one_family_names_without_postfix_are_taken_first() -> None:
    pairing = pair({**file_with("v2020", behind="_teacher"), **file_with("v2020")})
    assert (pairing.affix, len(pairing.other_network), pairing.unexpected) == ("", 7, [])


def test_of_teacher_and_student_prefixes_the_student_is_taken() -> None:
    pairing = pair({**file_with("ours", before="teacher."), **file_with("ours", before="student.")})
    assert (pairing.affix, len(pairing.found), len(pairing.other_network)) == ("student.", 7, 7)


def test_a_second_network_in_the_file_is_recognized_by_its_own_classifier() -> None:
    teacher = {"res_conv1_weights": (64, 3, 7, 7), "res_fc_weights": (512, 10), "res_fc_offset": (10,)}
    assert len(pair({**file_with("v2020"), **teacher}).other_network) == 3


def test_the_weights_of_a_deeper_sibling_are_unexpected() -> None:
    pairing = pair({**file_with("v2020"), "conv2_weights": (8, 8, 3, 3)})
    assert pairing.unexpected == ["conv2_weights"]
    squeeze = pair({**file_with("v2020"), "fc1_sqz_weights": (8, 2)})
    assert squeeze.unexpected == ["fc1_sqz_weights"]


def test_the_state_of_an_optimizer_does_no_harm() -> None:
    state = {"conv1_weights_velocity_0": (8, 3, 3, 3), "learning_rate_0": (1,), "@LR_DECAY_COUNTER@": (1,)}
    pairing = pair({**file_with("v2020"), **state})
    assert sorted(pairing.training_state) == sorted(state)
    assert not pairing.unexpected
