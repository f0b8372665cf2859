# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of search files; errors name file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

from ppclas_core.config import Node, find_config, plain, read_yaml
from ppclas_core.errors import UserError, UserErrors, did_you_mean
from ppclas_core.plugins import component_names
from ppclas_search.dimension import Choices, Dimension, Range, to_optuna
from ppclas_search.space import Space

CHOICES: Dict[str, Tuple[str, ...]] = {
    "sampler": ("gp", "tpe", "grid", "random"),
    "pruner": ("median", "halving", "none"),
    "keep": ("best", "all"),
}
"""Keys with a choice of values."""
INTEGERS: Dict[str, int] = {"max_iter": 1, "startup": 1, "warmup": 0, "seed": 0}
"""Integer keys and their smallest values."""
KEYS = ("base", "search", "objective", *CHOICES, *INTEGERS, "de_duplication")
FIXED = ("base", "requires", "plugins", "mode", "model_save_dir", "checkpoints", "callbacks", "validate")
"""Config keys that a search cannot vary, because they do not change the training or the search sets them."""


EXAMPLE = "search: {LEARNING_RATE.params.lr: [0.1, 0.01, 0.001]}"


def read_space(name: Union[str, Path]) -> Space:
    """Read a search file.

    Args:
        name: path of the file, or the name of an installed file such as `search/ResNet50_vd_transfer_196.yaml`.

    Raises:
        UserError: the file is invalid; all errors are listed.
    """
    path = find_config(name)
    root = read_yaml(path)
    errors: List[UserError] = []
    errors += [UserError(f"unknown key '{key}'.{did_you_mean(str(key), KEYS)}", where=node.origin,
                         do=f"the keys of a search file are: {', '.join(KEYS)}; other keys belong to the base config")
               for key, node in root.value.items() if key not in KEYS]
    for key in ("base", "search"):
        if key not in root.value:
            errors.append(UserError(f"'{key}' is missing", where=root.origin,
                                    do="base: CONFIG.yaml" if key == "base" else EXAMPLE))
    plain_keys = _plain_keys(root, errors)
    base = _base(root.value.get("base"), path, errors)
    dimensions = _dimensions(root.value.get("search"), errors)
    if plain_keys.get("sampler") == "grid":
        errors += [UserError(f"a grid needs finitely many values, but the range of '{item.name}' is continuous or has "
                             "too many", where=item.origin,
                             do="list values, set a step of the range, or choose the sampler gp, tpe or random")
                   for item in dimensions if item.finite() is None]
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    assert base is not None
    origins = {key: node.origin for key, node in root.value.items()}
    return Space(path=path, base=base, dimensions=tuple(dimensions), origins=origins, **plain_keys)


def _plain_keys(root: Node, errors: List[UserError]) -> Dict[str, Any]:
    """Return the valid keys other than `base` and `search`; append the errors of the others."""
    found: Dict[str, Any] = {}
    for key, node in root.value.items():
        value = node.value
        if key in CHOICES and value not in CHOICES[key]:
            hint = did_you_mean(str(value), CHOICES[key])
            errors.append(UserError(f"'{key}' is {value!r}; it must be one of {', '.join(CHOICES[key])}.{hint}",
                                    where=node.origin))
        elif key == "objective" and value not in (names := component_names("metric")):
            errors.append(UserError(f"'objective' is {value!r}, which is not a "
                                    f"metric.{did_you_mean(str(value), names)}",
                                    where=node.origin, do=f"one of: {', '.join(names)}"))
        elif key in INTEGERS and (isinstance(value, bool) or not isinstance(value, int) or value < INTEGERS[key]):
            errors.append(UserError(f"'{key}' is {value!r}; it must be an integer of at least {INTEGERS[key]}",
                                    where=node.origin))
        elif key == "de_duplication" and not isinstance(value, bool):
            errors.append(UserError(f"'{key}' is {value!r}; it must be true or false", where=node.origin))
        elif key in KEYS and key not in ("base", "search"):
            found[key] = value
    if found.get("pruner") == "none" and "warmup" in found:
        errors.append(UserError("'warmup' has no effect without a pruner", where=root.value["warmup"].origin,
                                do="remove it"))
    if found.get("sampler") in ("grid", "random") and "startup" in found:
        errors.append(UserError(f"'startup' has no effect on the sampler '{found['sampler']}'",
                                where=root.value["startup"].origin, do="remove it"))
    return found


def _base(node: Optional[Node], path: Path, errors: List[UserError]) -> Optional[Path]:
    if node is None:
        return None
    if not isinstance(node.value, str):
        errors.append(UserError(f"'base' is {plain(node)!r}; it must be the name of one config", where=node.origin,
                                do="write a config with several bases, and name it here"))
        return None
    try:
        return find_config(node.value, beside=path.parent, where=node.origin)
    except UserError as error:
        errors.append(error)
        return None


def _dimensions(node: Optional[Node], errors: List[UserError]) -> List[Dimension]:
    if node is None:
        return []
    if not node.is_mapping or not node.value:
        errors.append(UserError("'search' must be a mapping of config keys", where=node.origin,
                                do=EXAMPLE))
        return []
    found: List[Dimension] = []
    for key, value in node.value.items():
        try:
            found.append(_dimension(str(key), value))
        except UserError as error:
            errors.append(error)
    owners: Dict[str, Dimension] = {}
    for item in found:
        errors += [error for key in item.keys for error in _key_errors(key, item, owners)]
        owners.update(dict.fromkeys(item.keys, item))
    return found


def _key_errors(key: str, item: Dimension, owners: Mapping[str, Dimension]) -> List[UserError]:
    """Return the errors of a key: it cannot be searched, or an earlier dimension (`owners`) sets it too."""
    errors = []
    if key.partition(".")[0] in FIXED:
        errors.append(UserError(f"'{key}' cannot be searched", where=item.origin,
                                do=f"a search cannot vary: {', '.join(FIXED)}"))
    errors += [UserError(f"'{key}' and '{other}' ({owner.origin}) set the same key", where=item.origin,
                         do="keep one of them") for other, owner in owners.items()
               if f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}.")]
    return errors


def _dimension(key: str, node: Node) -> Dimension:
    if isinstance(node.value, list):
        return _choices(key, node)
    if node.is_mapping and set(node.value) == {"variants"}:
        return _variants(key, node.value["variants"])
    if node.is_mapping:
        return _range(key, node)
    raise UserError(f"'{key}' is {node.value!r}; it must be a list of values or a range", where=node.origin,
                    do=f"{key}: [A, B, C], or {key}: {{low: A, high: B, log: true}}")


def _choices(key: str, node: Node) -> Choices:
    values = [_number(plain(item)) for item in node.value]
    kept = [to_optuna(value) for value in values]
    if len(kept) < 2:
        raise UserError(f"'{key}' has {len(kept)} value{'s' * (len(kept) != 1)}; a search needs at least two",
                        where=node.origin, do="list more values, or set the key in the base config")
    for number, value in enumerate(kept):
        if value in kept[:number]:  # 1, 1.0 and True are equal, also to Optuna
            raise UserError(f"the value {value!r} of '{key}' is listed twice", where=node.value[number].origin)
    return Choices(key, node.origin, tuple(kept), tuple({key: value} for value in values),
                   tuple(item.origin for item in node.value))


def _variants(key: str, node: Node) -> Choices:
    if not node.is_mapping or len(node.value) < 2:
        raise UserError(f"the variants of '{key}' must be a mapping of at least two names", where=node.origin,
                        do=f"{key}: {{variants: {{plain: {{}}, mixed: {{use_mix: true}}}}}}")
    settings = []
    for name, setting in node.value.items():
        if not isinstance(name, str):
            raise UserError(f"the name {name!r} of a variant must be a string", where=setting.origin, do="quote it")
        if setting.value is not None and not setting.is_mapping:
            raise UserError(f"the variant '{name}' must be a mapping of config keys", where=setting.origin)
        settings.append({str(inner): _number(plain(value)) for inner, value in (setting.value or {}).items()})
    return Choices(key, node.origin, tuple(node.value), tuple(settings),
                   tuple(item.origin for item in node.value.values()))


def _range(key: str, node: Node) -> Range:
    known = ("low", "high", "log", "step")
    for name, child in node.value.items():
        if name not in known:
            raise UserError(f"the range of '{key}' has an unknown key '{name}'.{did_you_mean(str(name), known)}",
                            where=child.origin, do=f"a range has: {', '.join(known)}; 'variants' stands alone")
    given: Dict[str, Any] = {name: _number(plain(child)) for name, child in node.value.items()}
    for name in ("low", "high"):
        if name not in given:
            raise UserError(f"the range of '{key}' has no key '{name}'", where=node.origin)
    for name in ("low", "high", "step"):
        value = given.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UserError(f"'{name}' of '{key}' is {value!r}; it must be a number", where=node.value[name].origin)
    log = given.get("log", False)
    if not isinstance(log, bool):
        raise UserError(f"'log' of '{key}' is {log!r}; it must be true or false", where=node.value["log"].origin)
    low, high = given["low"], given["high"]
    step = given.get("step")
    if low >= high:
        raise UserError(f"the range of '{key}' goes from {low} to {high}; low must be below high", where=node.origin)
    if log and low <= 0:
        raise UserError(f"the logarithmic range of '{key}' starts at {low}; it must start above 0", where=node.origin)
    if step is not None and (log or step <= 0):
        raise UserError(f"'step' of '{key}' is {step}" + (" together with 'log'" if log else "; it must be positive"),
                        where=node.value["step"].origin, do="list the values instead" if log else None)
    return Range(key, node.origin, low, high, log=log, step=step,
                 integer=all(isinstance(value, int) for value in (low, high, step or 1)))


def _number(value: object) -> object:
    """Convert a string such as `1e-4`, which YAML does not read as a number, to float; configs do the same."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value
