# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas info NAME`: all that the records say of a model, and the parameters of any component."""

from __future__ import annotations

import argparse
import json
import typing
from typing import Any, Callable, Dict, List

from ppclas_core.api import Backbone, Weights
from ppclas_core.cli.commands.list import short
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.plugins.catalogue import Catalogue, Entry, catalogue
from ppclas_core.plugins.models import find_model, list_models
from ppclas_core.plugins.signature import REQUIRED


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("name", help="a model, published weights, op, loss, schedule, exporter, callback or reader")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the facts."""
    known = catalogue()
    facts = _model(args.name) if _is_model(args.name) else _component(known, args.name)
    if args.json:
        print(json.dumps(facts, indent=2))
    else:
        print("\n".join(_lines(facts)))
    return 0


def _is_model(name: str) -> bool:
    bare = name.rpartition(":")[2]
    return bare in list_models() or any(bare in entry.record.aliases for entry in catalogue().entries("backbone"))


def _model(name: str) -> Dict[str, Any]:
    entry, weights = find_model(name)
    record: Backbone = entry.record
    facts: Dict[str, Any] = {
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
        "weights": [_weights(entry_weights, record) for entry_weights in record.weights
                    if weights is None or entry_weights is weights],
    }
    return facts


def _weights(weights: Weights, record: Backbone) -> Dict[str, Any]:
    facts: Dict[str, Any] = {"name": weights.name, "file": weights.file, "top1": weights.top1, "top5": weights.top5}
    if weights.input_size:
        facts["input_size"] = weights.input_size
    published = {"params_m": weights.params_m, "flops_g": weights.flops_g, "storage_mb": weights.storage_mb}
    facts["published"] = {key: value for key, value in published.items() if value is not None}
    facts["latency_ms"] = dict(weights.latency_ms)
    if weights.behaviour:
        facts["behaviour"] = weights.behaviour
    facts["licence"] = "Apache-2.0 code; the weights were trained on ImageNet, whose terms may restrict commercial use"
    if weights.note:
        facts["note"] = weights.note
    return facts


def _component(known: Catalogue, name: str) -> Dict[str, Any]:
    kinds = ("op", "loss", "lr_schedule", "exporter", "callback", "reader")
    bare = name.rpartition(":")[2]
    found: List[Entry] = []
    for kind in kinds:
        for entry in known.entries(kind):
            if bare in (entry.record.name, *entry.record.aliases) and name in (bare, f"{entry.dist}:{bare}"):
                found.append(entry)
    if not found:
        names = list_models() + [entry.record.name for kind in kinds for entry in known.entries(kind)]
        try:
            known.find("backbone", name)  # raises, with the distribution to install where it is known
        except UserError as error:
            hint = did_you_mean(bare, names)
            raise UserError(f"nothing is called '{name}'.{hint}", do=error.do) from None
    entry = known.find(found[0].kind, name)
    target = known.target(entry)
    parameters = known.parameters(entry.kind, name)
    return {
        "name": entry.record.name,
        "kind": entry.kind,
        "distribution": entry.owner,
        "what": (target.__doc__ or entry.record.doc or "").strip(),
        "parameters": {
            key: f"{_type(parameter.type)}" + ("" if parameter.default is REQUIRED else f" = {parameter.default!r}")
            for key, parameter in parameters.items()},
    }


def _type(hint: Any) -> str:
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return str(hint).replace("typing.", "")


def _lines(facts: Dict[str, Any], indent: str = "") -> List[str]:
    lines = []
    for key, value in facts.items():
        if value in (None, "", [], {}):
            continue
        if key in ("parameters", "flops") and isinstance(value, int):
            value = f"{value:,} ({short(value)})"
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and isinstance(value[0], dict):
            lines.append(f"{indent}{key}:")
            for item in value:
                lines += [f"{indent}- {item['name']}", *_lines({k: v for k, v in item.items() if k != "name"},
                                                               indent + "    ")]
        else:
            lines.append(f"{indent}{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return lines
