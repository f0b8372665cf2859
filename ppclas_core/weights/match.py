# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Recognise whose names a checkpoint uses, and pair its tensors with those of a model."""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ppclas_core.weights.names import Names

Shape = Tuple[int, ...]
Shapes = Mapping[str, Shape]

_TRAINING_STATE = re.compile(
    r"@.*@|learning_rate_\d+|num_updates|.*_(velocity|moment[12]?|beta[12]_pow_acc|mean_square|mean_grad|momentum)_\d+")


class Naming(NamedTuple):
    """One way to call a model's tensors: `ours`, `2020`, `2.0` or `2.1`; our key -> the name there."""

    label: str
    names: Dict[str, str]


class Match(NamedTuple):
    """How the tensors of one file and those of a model belong together.

    `affix`: what a distillation put before (dotted names) or behind (variable names) every name of this network.
    `found`: our key -> name in the file, shapes fitting except for the class axis of the head.
    `misshapen`: our key -> name in the file, of another shape. `missing`: our keys that the file lacks.
    `unexpected`: names of the file that no tensor of the model has. `other_network`, `training_state`: names of the
    file that belong to a second network, or to an optimizer; they do no harm.
    """

    label: str
    affix: str
    found: Dict[str, str]
    misshapen: Dict[str, str]
    missing: List[str]
    unexpected: List[str]
    other_network: List[str]
    training_state: List[str]


def namings(keys: Iterable[str], published: Optional[Iterable[Names]]) -> List[Naming]:
    """The namings of a model with these keys; without published names only our own."""
    result = [Naming("ours", {key: key for key in keys})]
    rows = list(published or ())
    for label, field in (("2.1", "v2_1"), ("2.0", "v2_0"), ("2020", "v2020")):
        names = {row.ours: getattr(row, field) for row in rows if getattr(row, field)}
        if names:
            result.append(Naming(label, names))
    return result


def match_weights(file: Shapes, model: Shapes, candidates: Iterable[Naming], classifier: Tuple[str, ...]) -> Match:
    """The pairing under the naming and affix that fit the most tensors.

    Args:
        file, model: name -> shape.
        classifier: prefixes of our keys whose shape may differ in the number of classes.
    """
    best: Optional[Match] = None
    for naming in candidates:
        for affix in _affixes(file, naming):
            pairing = _pair(file, model, naming, affix, classifier)
            if best is None or _fit(pairing) > _fit(best):
                best = pairing
    assert best is not None  # `namings` always gives one
    return _sort_surplus(best, file, classifier)


def in_classifier(key: str, classifier: Tuple[str, ...]) -> bool:
    """True for a key below one of the prefixes."""
    return any(key == prefix or key.startswith(prefix + ".") for prefix in classifier)


def classes(shape: Shape) -> int:
    """The number of classes of a tensor of the head: (in, classes), (classes, in, 1, 1) or (classes,)."""
    return shape[1] if len(shape) == 2 else shape[0] if shape else 0


def _fit(pairing: Match) -> Tuple[int, int]:
    return len(pairing.found), len(pairing.misshapen)


def _pair(file: Shapes, model: Shapes, naming: Naming, affix: str, classifier: Tuple[str, ...]) -> Match:
    found, misshapen, missing = {}, {}, []
    for key, shape in model.items():
        name = _with_affix(naming.names.get(key, ""), affix, naming.label)
        if name not in file:
            missing.append(key)
        elif file[name] == shape or (in_classifier(key, classifier) and _only_classes_differ(file[name], shape)):
            found[key] = name
        else:
            misshapen[key] = name
    return Match(naming.label, affix, found, misshapen, missing, [], [], [])


def _sort_surplus(pairing: Match, file: Shapes, classifier: Tuple[str, ...]) -> Match:
    used = {*pairing.found.values(), *pairing.misshapen.values()}
    surplus = [name for name in file if name not in used]
    state = [name for name in surplus if _TRAINING_STATE.fullmatch(name)]
    rest = [name for name in surplus if not _TRAINING_STATE.fullmatch(name)]
    if pairing.affix:
        other = [name for name in rest if not _has_affix(name, pairing.affix, pairing.label)]
    else:
        other = rest if _has_classifier(rest, pairing, file, classifier) else []
    unexpected = [name for name in rest if name not in set(other)]
    return pairing._replace(unexpected=unexpected, other_network=other, training_state=state)


def _has_classifier(names: List[str], pairing: Match, file: Shapes, classifier: Tuple[str, ...]) -> bool:
    """True when surplus tensors form a network of their own: they have a classifier as wide as this network's."""
    heads = [file[name] for key, name in pairing.found.items() if in_classifier(key, classifier)]
    widths = {classes(shape) for shape in heads if len(shape) > 1}
    return any(len(file[name]) == 2 and file[name][1] in widths for name in names)


def _affixes(file: Shapes, naming: Naming) -> List[str]:
    """Candidates for what stands before or behind each name, the likeliest first."""
    anchors = sorted(naming.names.values(), key=len, reverse=True)[:3]
    affixes = set()
    for name in file:
        for anchor in anchors:
            if naming.label == "2020" and name.startswith(anchor):
                affixes.add(name[len(anchor):])
            elif naming.label != "2020" and name.endswith("." + anchor):
                affixes.add(name[: -len(anchor)])
    affixes.discard("")
    return ["", *sorted(affixes, key=lambda affix: ("student" not in affix, affix))]


def _with_affix(name: str, affix: str, label: str) -> str:
    return name + affix if label == "2020" else affix + name


def _has_affix(name: str, affix: str, label: str) -> bool:
    return name.endswith(affix) if label == "2020" else name.startswith(affix)


def _only_classes_differ(one: Shape, other: Shape) -> bool:
    if len(one) != len(other) or not one:
        return False
    axis = 1 if len(one) == 2 else 0
    return all(a == b for k, (a, b) in enumerate(zip(one, other)) if k != axis)
