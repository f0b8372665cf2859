# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Detection of the naming scheme of a checkpoint, and matching of its tensors with those of a model."""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ppclas_core.weights.names import Names

Shape = Tuple[int, ...]
Shapes = Mapping[str, Shape]

_TRAINING_STATE = re.compile(
    r"@.*@|learning_rate_\d+|num_updates|.*_(velocity|moment[12]?|beta[12]_pow_acc|mean_square|mean_grad|momentum)_\d+")


class Naming(NamedTuple):
    """Naming scheme of a model's tensors: `ours`, `2020`, `2.0` or `2.1`, with our key -> name in that scheme."""

    label: str
    names: Dict[str, str]


class Match(NamedTuple):
    """Match between the tensors of one file and those of a model.

    Args:
        label: naming scheme of the file: `ours`, `2020`, `2.0` or `2.1`.
        affix: text that a distillation checkpoint adds to all tensor names of this network: a prefix of dotted names,
            or a suffix of variable names; else "".
        found: our key -> name in the file; shapes are equal except for the class axis of the head.
        misshapen: our key -> name in the file of a tensor with another shape.
        missing: our keys that the file lacks.
        unexpected: names of the file that match no tensor of the model.
        other_network: names of the file that belong to a second network; they are ignored.
        training_state: names of the file that belong to an optimizer; they are ignored.
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
    """Return the naming schemes of a model with these keys; without published names only `ours`."""
    result = [Naming("ours", {key: key for key in keys})]
    rows = list(published or ())
    for label, field in (("2.1", "v2_1"), ("2.0", "v2_0"), ("2020", "v2020")):
        names = {row.ours: getattr(row, field) for row in rows if getattr(row, field)}
        if names:
            result.append(Naming(label, names))
    return result


def match_weights(file: Shapes, model: Shapes, candidates: Iterable[Naming], classifier: Tuple[str, ...]) -> Match:
    """Return the match with the naming scheme and affix under which most tensors fit.

    Args:
        file: name -> shape of the tensors of a file.
        model: our key -> shape of the tensors of a model.
        candidates: naming schemes of the model.
        classifier: key prefixes of the tensors whose class axis may differ.
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
    """Return whether a key is below one of the prefixes."""
    return any(key == prefix or key.startswith(prefix + ".") for prefix in classifier)


def classes(shape: Shape) -> int:
    """Return the number of classes of a head tensor: (in, classes), (classes, in, 1, 1) or (classes,)."""
    if len(shape) == 2:
        return shape[1]
    return shape[0] if shape else 0


def _fit(pairing: Match) -> Tuple[int, int]:
    return len(pairing.found), len(pairing.misshapen)


def _pair(file: Shapes, model: Shapes, naming: Naming, affix: str, classifier: Tuple[str, ...]) -> Match:
    found: Dict[str, str] = {}
    misshapen: Dict[str, str] = {}
    missing: List[str] = []
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
    """Return whether one of the tensors is a classifier for as many classes: then they belong to a second network."""
    heads = [file[name] for key, name in pairing.found.items() if in_classifier(key, classifier)]
    widths = {classes(shape) for shape in heads if len(shape) > 1}
    return any(len(file[name]) == 2 and file[name][1] in widths for name in names)


def _affixes(file: Shapes, naming: Naming) -> List[str]:
    """Return the possible prefixes or suffixes of all names, the most likely first."""
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
