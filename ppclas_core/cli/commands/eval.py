# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas eval`: metrics and loss of a run, of weights on the data of a config, or of a model on given data."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Callable

from ppclas_core.cli.options import (
    add_config_arguments,
    add_process_arguments,
    add_runtime_argument,
    config_name,
    in_processes,
)
from ppclas_core.system.json_text import to_json
from ppclas_core.system.rank import first_process

if TYPE_CHECKING:
    from ppclas_core.config.config import Config
    from ppclas_core.metrics.evaluation import Evaluation


def summary(config: Config, result: Evaluation) -> str:
    """Return the metrics of an evaluation in one line."""
    from ppclas_core.tasks import task_of

    task = task_of(config)
    shown = "  ".join(f"{metric.label} {result.metrics[metric.name]:.5f}"
                      for metric in task.metrics_named(task.summary))
    return f"{shown}  loss {result.loss:.5f}  samples {result.samples}"


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser, "; or with --data a model by itself: a bundle, a checkpoint folder, the name of "
                         "published weights")
    add_process_arguments(parser)
    parser.add_argument("--data", metavar="PATH", help="evaluate on other data: a folder of class folders, or a list "
                        "whose paths are relative to its folder; classes are matched by name (default: VALID of the "
                        "config; required for a model by itself)")
    parser.add_argument("--weights", metavar="PATH", help="prefix, file, checkpoint folder or run folder "
                        "(default: the best checkpoint of the run; for a config that of its run, else its checkpoints, "
                        "else its pretrained_model); -o checkpoints=PATH and -o pretrained_model=PATH do the same")
    add_runtime_argument(parser, help="evaluate with this runtime (onnxruntime, ...): run the bundle in --weights, or "
                         "export the weights for it")
    parser.add_argument("--json", action="store_true",
                        help="print one JSON object to standard output, with a row per class")
    parser.add_argument("--profile-data", action="store_true", help="print the time of each stage of data loading")
    return run


def run(args: argparse.Namespace) -> int:
    """Evaluate and print."""
    code = in_processes(run, args) if not args.runtime else None
    if code is not None:
        return code
    if args.profile_data:
        args.overrides = [*args.overrides, "profile_data=True"]
    from ppclas_core.bundles.evaluated import open_evaluated

    config, weights = open_evaluated(config_name(args), args.weights, args.data, args.overrides, args.plugin_files,
                                     args.trust_config)
    if args.runtime:
        from ppclas_core.predict.evaluation import evaluate_runtime

        result = evaluate_runtime(config, weights, args.runtime)
    else:
        from ppclas_core.training.evaluate import evaluate

        result = evaluate(config, weights)
    if not first_process():
        return 0
    if args.json:
        print(to_json(result.to_dict()))
    else:
        print(summary(config, result))
        if result.profile:
            print("\n".join(f"{stage:<20}{value:9.3f} ms/image" for stage, value in result.profile.items()))
    return 0
