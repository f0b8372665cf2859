# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `ppclas search SPACE.yaml`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Callable

from ppclas_core.cli import allow_plugin_names
from ppclas_core.errors import UserError
from ppclas_core.system import output_is_optional

if TYPE_CHECKING:
    from ppclas_search.session import Outcome


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Add the arguments of the command to its parser, and return `run`."""
    allow_plugin_names(parser)
    parser.add_argument("space", metavar="SPACE", help="search file, or the name of an installed one such as "
                        "search/ResNet50_vd_transfer_196.yaml")
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="set a value of the base config for all trials; repeatable")
    parser.add_argument("--trials", type=int, metavar="N", help="number of trials, instead of max_iter of the file")
    parser.add_argument("--workers", type=int, default=1, metavar="K", help="number of trials that run at once (1)")
    parser.add_argument("--gpus", default="", metavar="LIST",
                        help="GPUs that are assigned to the workers in turn, such as 0,1,2,3")
    parser.add_argument("--storage", default="", metavar="URL", help="database that several machines share: a URL of "
                        "Optuna, redis://..., or the path of a journal file (default: SQLite in the folder)")
    parser.add_argument("--out", default="", metavar="DIR", help="folder of the search (default: "
                        "<model_save_dir>/search/<name of the file>)")
    parser.add_argument("--resume", action="store_true", help="continue the search, or join that of other machines")
    return run


def run(args: argparse.Namespace) -> int:
    """Run the search. Return 0, 130 after Ctrl-C, or 143 after SIGTERM."""
    from ppclas_search.read_space import read_space
    from ppclas_search.session import Options, search
    from ppclas_search.trial_config import Source

    output_is_optional()
    for name in ("trials", "workers"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise UserError(f"--{name} is {value}; it must be at least 1")
    source = Source(read_space(args.space), tuple(args.overrides),
                    tuple(os.path.abspath(path) if os.path.exists(path) else path for path in args.plugin_files),
                    args.trust_config)
    gpus = tuple(part.strip() for part in args.gpus.split(",") if part.strip())
    options = Options(trials=args.trials, workers=args.workers, gpus=gpus, storage=args.storage, out=args.out,
                      resume=args.resume)
    outcome = search(source, options)
    show(outcome)
    return 128 + outcome.signum if outcome.signum else 0


def show(outcome: Outcome) -> None:
    """Print the best trials and the paths of the result files."""
    from ppclas_search import results

    space = outcome.space
    results.print_table(outcome.rows, space)
    best = next((row for row in results.ranked(outcome.rows, space) if row.state == "done"), None)
    folder = outcome.folder
    if best is not None:
        print(f"best     {space.objective} {best.value:.5f} of trial {best.number}; ppclas run {folder / 'best.yaml'}")
    print(f"results  {folder / 'results.csv'}\nreport   {folder / 'search.html'}")
