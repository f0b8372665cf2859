# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rules between the keys of one config: required sections, contradictions, keys without effect, names."""

from __future__ import annotations

import copy
from typing import Set

from ppclas_core.compat.keys import LEGACY_RULES, split_pair
from ppclas_core.config.resolve import Resolution, drop_ignored
from ppclas_core.config.schema import KEYS, REQUIRED, Items, Key
from ppclas_core.config.switched_callbacks import check_callbacks
from ppclas_core.config.task_rules import check_metrics, check_task, settle_loss
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Entry, catalogue, first_party_dist
from ppclas_core.plugins.install import how_to_install


def apply_rules(config: Resolution, *, unsure: bool = False) -> None:
    """Add mistakes and warnings, and set the values that depend on other keys.

    If a single key is wrong, the rules between keys are skipped, because their errors would only follow from it.

    Args:
        config: the resolved values.
        unsure: a one-file plugin of the config was not loaded, so unknown component names are accepted.
    """
    if not config.errors:
        _apply_rules_between_keys(config)
    _check_names(config, unsure=unsure)


def _apply_rules_between_keys(config: Resolution) -> None:
    _settle_device(config)
    _settle_weights(config)
    _settle_optimizer(config)
    settle_loss(config)
    check_task(config)
    check_metrics(config)
    _require_sections(config)
    _check_data(config)
    _check_switches(config)
    _check_mix(config)
    check_callbacks(config)
    _settle_compat(config)


def _given(config: Resolution, path: str) -> bool:
    return path in config.origins


def _settle_device(config: Resolution) -> None:
    values = config.values
    if values["use_gpu"] is False and values["device"] == "gpu":
        config.error("device", "device is 'gpu' but use_gpu is False", do="remove one of them")
    elif values["use_gpu"] is False:
        values["device"] = "cpu"
        if not _given(config, "device"):
            config.origins["device"] = config.origins["use_gpu"]
    elif values["device"] == "cpu":
        values["use_gpu"] = False
        if not _given(config, "use_gpu") and _given(config, "device"):
            config.origins["use_gpu"] = config.origins["device"]


def _settle_weights(config: Resolution) -> None:
    values = config.values
    for key in ("pretrained_model", "checkpoints", "label_list"):
        if not values[key]:  # legacy configs write "" for none
            values[key] = None
    if values["pretrained_model"] and values["checkpoints"]:
        config.warn("pretrained_model", "'pretrained_model' has no effect: 'checkpoints' wins over it")


def _settle_optimizer(config: Resolution) -> None:
    optimizer = config.values["OPTIMIZER"]
    given = _given(config, "OPTIMIZER.params")
    if optimizer and not given and optimizer["function"] not in (None, "Momentum"):
        optimizer["params"] = {}
    rate = config.values["LEARNING_RATE"]
    if rate and rate["function"]:
        rate["params"] = drop_ignored(config, "lr_schedule", rate["function"], rate["params"], "LEARNING_RATE.params")


def _require_sections(config: Resolution) -> None:
    values = config.values
    if values["mode"] == "valid":
        if values["VALID"] is None and not _given(config, "VALID"):
            config.error("", "'mode: valid' needs the section VALID")
        return
    for section in ("TRAIN", "LEARNING_RATE"):
        if values[section] is None and not _given(config, section):
            config.error("", f"the section {section} is missing",
                         do="or set 'mode: valid' for a config that only evaluates")
    if values["validate"] and values["VALID"] is None and not _given(config, "VALID"):
        config.error("validate", "'validate' is True but there is no section VALID",
                     do="add VALID, or set 'validate: False'")


def _check_data(config: Resolution) -> None:
    for section in ("TRAIN", "VALID"):
        data = config.values[section]
        if data is None or data["reader"] is not None:
            continue
        if not data["file_list"] and not data["data_dir"]:
            config.error(section, f"{section} names no data",
                         do="file_list: a list of 'path label' lines; data_dir alone: a folder per class")
        tables = [suffix for entry in catalogue().entries("reader") if entry.record.named_labels
                  for suffix in entry.record.suffixes]
        if data["labels"] != "auto" and not str(data["file_list"]).lower().endswith(tuple(tables)):
            config.error(f"{section}.labels", f"'{section}.labels' has no effect: only tables ({', '.join(tables)}) "
                         "have labels of both kinds", do="remove it, or give a table as file_list")


def _check_switches(config: Resolution) -> None:
    """Report keys that have no effect because their switch is off, and set them to their default or None.

    Otherwise a resolved config (of `show` or of a checkpoint) that is loaded with the switch on would use the value.
    None counts as omitted.
    """
    for key in KEYS:
        if not key.switch or key.switch == "use_mix" or (key.section and not config.values[key.section]):
            continue
        if _is_on(config, key):
            continue
        default = None if key.default is REQUIRED or key.dormant is None else copy.deepcopy(key.default)
        if _given(config, key.path) and config.get(key.path) not in (default, key.dormant, None):
            name, _, wanted = key.switch.partition("=")
            _no_effect(config, key.path, name, wanted or "True")
        _set(config, key.path, default)


def _is_on(config: Resolution, key: Key) -> bool:
    name, _, wanted = key.switch.partition("=")
    value = config.get(name)
    return bool(value == wanted if wanted else value)


def _no_effect(config: Resolution, path: str, switch: str, wanted: str) -> None:
    text = f"'{path}' has no effect unless '{switch}' is {wanted}"
    if config.origins.get(switch, "").startswith("-o "):  # the user switched it off for this run
        config.warn(path, text)
    else:
        config.error(path, text, do=f"set '{switch.rpartition('.')[2]}: {wanted}', or remove the key")


def _set(config: Resolution, path: str, value: object) -> None:
    section, _, name = path.rpartition(".")
    (config.get(section) if section else config.values)[name] = value


def _check_mix(config: Resolution) -> None:
    train = config.values["TRAIN"]
    if train is None:
        return
    if config.values["use_mix"] and not train["mix"]:
        config.error("use_mix", "'use_mix' is True but TRAIN lists no 'mix' operator",
                     do="add one under TRAIN, as  mix: [{NAME: {alpha: 0.2}}]  with " + _installed_batch_ops())
    elif not config.values["use_mix"] and train["mix"]:
        _no_effect(config, "TRAIN.mix", "use_mix", "True")
        train["mix"] = []
    if len(train["mix"]) > 1:
        names = ", ".join(name for item in train["mix"] for name in item)
        config.error("TRAIN.mix", f"TRAIN.mix has {len(train['mix'])} ops ({names}), but a batch is mixed once",
                     do="keep one of them")


def _installed_batch_ops() -> str:
    names = [entry.record.name for entry in catalogue().entries("op") if entry.record.level == "batch"]
    return f"one of: {', '.join(names)}" if names else f"an op of: {how_to_install(first_party_dist('batch_op'))}"


def _settle_compat(config: Resolution) -> None:
    """Set the parameter `compat` of all ops that have it to the value of the key `compat`."""
    values = config.values
    if values["compat"] in (None, ""):
        return
    if str(values["compat"]) != LEGACY_RULES:
        config.error("compat", f"compat is {values['compat']!r}; it must be {LEGACY_RULES}, or omitted")
        return
    values["compat"] = LEGACY_RULES
    takers = 0
    for path in ("TRAIN.transforms", "TRAIN.mix", "VALID.transforms"):
        for index, item in enumerate((values[path[:5]] or {}).get(path[6:]) or ()):
            ((name, params),) = item.items()
            if _has_compat(name):
                takers += 1
                if "compat" not in params:
                    params["compat"] = values["compat"]
                    config.origins[f"{path}.{index}.{name}.compat"] = config.where("compat")
    if not takers:
        config.error("compat", "'compat' has no effect: no op of this config has a parameter of that name",
                     do="remove it")


def _has_compat(name: str) -> bool:
    try:
        return "compat" in catalogue().parameters("op", name)
    except UserError:  # `_check_names` reports unknown names
        return False


def _check_names(config: Resolution, *, unsure: bool) -> None:
    errors_before = len(config.errors)
    for key in KEYS:
        name = config.get(key.path) if key.names and key.type is str else None
        if name is not None and key.path == "ARCHITECTURE.name":
            name = split_pair(name)[1] if config.values["use_distillation"] else name
        if name is not None and (key.path != "LOSS.name" or _given(config, key.path)):  # the default needs no check
            _look_up(config, key.names, name, key.path)
        if key.type != Items:
            continue
        for index, item in enumerate(config.get(key.path) or ()):
            (name,) = item
            entry = _look_up(config, key.names, name, f"{key.path}.{index}.{name}")
            if entry is not None and key.names == "op":
                _check_level(config, entry, key.path, f"{key.path}.{index}.{name}")
    if unsure:
        del config.errors[errors_before:]


def _look_up(config: Resolution, kind: str, name: str, path: str) -> Entry | None:
    try:
        if kind == "backbone" and name in published_weights():
            return None
        return catalogue().find(kind, name)
    except UserError as error:
        config.errors.append(error.at(config.where(path)))
        return None


def published_weights() -> Set[str]:
    """Return the names of all published weights of the installed families."""
    return {weights.name for entry in catalogue().entries("backbone") for weights in entry.record.weights}


def _check_level(config: Resolution, entry: Entry, listed: str, path: str) -> None:
    batch = entry.record.level == "batch"
    if batch and listed != "TRAIN.mix":
        config.error(path, f"{entry.record.name} works on a batch: it belongs under TRAIN.mix, with use_mix: True")
    elif not batch and listed == "TRAIN.mix":
        config.error(path, f"{entry.record.name} works on one image: it belongs under TRAIN.transforms")
