# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Facts of a model or of another component: its record, its weights or its parameters."""

from __future__ import annotations

import typing
from typing import Any, Dict, List, Mapping

from ppclas_core.api import Backbone, Weights
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.plugins.catalogue import Entry, catalogue
from ppclas_core.plugins.listing import short_number
from ppclas_core.plugins.models import find_model, list_models, model_name
from ppclas_core.plugins.signature import REQUIRED

_KINDS = ("op", "loss", "lr_schedule", "exporter", "callback", "reader")
_LICENCE = "Apache-2.0 code; the weights were trained on ImageNet, whose terms may restrict commercial use"


def facts_of(name: str) -> Dict[str, Any]:
    """Return the facts of a model, published weights, op, loss, schedule, exporter, callback or reader.

    Raises:
        UserError: the name is unknown.
    """
    name = model_name(name)
    bare = name.rpartition(":")[2]
    if bare in list_models() or any(bare in entry.record.aliases for entry in catalogue().entries("backbone")):
        return _model_facts(name)
    return _component_facts(name)


def fact_lines(facts: Mapping[str, Any], indent: str = "") -> List[str]:
    """Return facts as indented lines `key: value`; empty values are omitted."""
    lines = []
    for key, value in facts.items():
        if value in (None, "", [], {}):
            continue
        if key in ("parameters", "flops") and isinstance(value, int):
            value = f"{value:,} ({short_number(value)})"
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *fact_lines(value, indent + "  ")]
        elif isinstance(value, list) and isinstance(value[0], dict):
            lines.append(f"{indent}{key}:")
            for item in value:
                others = {name: each for name, each in item.items() if name != "name"}
                lines += [f"{indent}- {item['name']}", *fact_lines(others, indent + "    ")]
        else:
            lines.append(f"{indent}{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return lines


def _model_facts(name: str) -> Dict[str, Any]:
    """Return the facts of an architecture with all its weights, or with the named published weights only."""
    entry, weights = find_model(name)
    record: Backbone = entry.record
    return {
        "name": name,
        "architecture": record.name,
        "distribution": entry.owner,
        "family": record.family,
        "paper": f"{record.paper}{f' (arXiv {record.arxiv})' if record.arxiv else ''}",
        "parameters": record.params,
        "flops": record.flops,
        "preprocessing": dict(model_preprocessing(record, weights)),
        "classifier": list(record.classifier),
        "outputs in training": record.outputs,
        "lr_mult_list entries": len(record.lr_stages),
        "weights": [_weights_facts(each) for each in record.weights if weights is None or each is weights],
    }


def _weights_facts(weights: Weights) -> Dict[str, Any]:
    facts: Dict[str, Any] = {"name": weights.name, "file": weights.file, "top1": weights.top1, "top5": weights.top5}
    if weights.input_size:
        facts["input_size"] = weights.input_size
    published = {"params_m": weights.params_m, "flops_g": weights.flops_g, "storage_mb": weights.storage_mb}
    facts["published"] = {key: value for key, value in published.items() if value is not None}
    facts["latency_ms"] = dict(weights.latency_ms)
    if weights.behaviour:
        facts["behaviour"] = weights.behaviour
    facts["licence"] = _LICENCE
    if weights.note:
        facts["note"] = weights.note
    return facts


def _component_facts(name: str) -> Dict[str, Any]:
    """Return the description and the parameters of a component other than a model; its target is imported."""
    known = catalogue()
    bare = name.rpartition(":")[2]
    found: List[Entry] = [entry for kind in _KINDS for entry in known.entries(kind)
                          if bare in (entry.record.name, *entry.record.aliases)
                          and name in (bare, f"{entry.dist}:{bare}")]
    if not found:
        names = list_models() + [entry.record.name for kind in _KINDS for entry in known.entries(kind)]
        try:
            known.find("backbone", name)  # raises an error with the distribution to install, if one provides the name
        except UserError as error:
            raise UserError(f"no model or component is named '{name}'.{did_you_mean(bare, names)}",
                            do=error.do) from None
    entry = known.find(found[0].kind, name)
    target = known.target(entry)
    parameters = known.parameters(entry.kind, name)
    return {
        "name": entry.record.name,
        "kind": entry.kind,
        "distribution": entry.owner,
        "what": (target.__doc__ or entry.record.doc or "").strip(),
        "parameters": {
            key: _hint_text(parameter.type) + ("" if parameter.default is REQUIRED else f" = {parameter.default!r}")
            for key, parameter in parameters.items()},
    }


def _hint_text(hint: object) -> str:
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return str(hint).replace("typing.", "")
