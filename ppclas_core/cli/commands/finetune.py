# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas finetune`: write a readable config for a folder, list or table of images, and run it."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from ppclas_core.cli.command_line import add_overrides
from ppclas_core.errors import UserError
from ppclas_core.system import console

if TYPE_CHECKING:
    from ppclas_core.models.model_path import CheckpointCall


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("data", nargs="?", type=Path, metavar="DATA",
                        help="folder with one subfolder per class; or with train/ and val/, each with one subfolder "
                        "per class; or with train_list.txt, val_list.txt and optionally label_list.txt. Or a list of "
                        "'path label' lines, or a table .csv with columns path and label, optionally split")
    parser.add_argument("--data", type=Path, dest="data_option", metavar="DATA", help="the same as an option")
    parser.add_argument("--model", required=True, metavar="NAME", help="architecture or published weights")
    parser.add_argument("--pretrained", metavar="WEIGHTS",
                        help="prefix, file or folder of initial weights, or 'none' for random initialization "
                        "(default: the published weights of the model)")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="folder for config, lists and runs (default: output/finetune_<DATA>)")
    parser.add_argument("--epochs", type=int, metavar="N", help="(default: derived from the number of images)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="(default: derived from the number of images)")
    parser.add_argument("--lr", type=float, metavar="RATE", help="learning rate; the config key "
                        "LEARNING_RATE.params.lr (default: derived from the number of images)")
    parser.add_argument("--freeze", action="store_true", help="train the classifier only; the config key "
                        "freeze=[backbone]")
    parser.add_argument("--image-size", type=int, metavar="PIXELS", help="(default: that of the weights)")
    parser.add_argument("--val", type=float, default=0.2, metavar="RATIO",
                        help="ratio of validation images in each class, if the data has no validation images "
                        "(default: 0.2)")
    parser.add_argument("--write-only", action="store_true", help="write the config and do not run it")
    parser.add_argument("--resume", action="store_true", help="continue the last run of this config")
    parser.add_argument("--allow", action="append", default=[], metavar="KEY",
                        help="with --resume: permit this key, or this section, to differ from the run (repeatable)")
    add_overrides(parser, "override a config value for this run, as in 'ppclas run' (repeatable)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the config, check it and the images, run it; without a checkpoint at the end take back what was written."""
    console.output_is_optional()
    from ppclas_core.checks.data import check_data
    from ppclas_core.config.load import load_config
    from ppclas_core.data.from_config import settle_classes
    from ppclas_core.models.finetune import FinetuneRequest, run_started, write_finetune_config
    from ppclas_core.models.model_path import refuse_path
    from ppclas_core.training.freeze import BACKBONE

    if args.allow and not args.resume:
        raise UserError("--allow has no effect without --resume")
    data = _data(args)
    refuse_path(args.model, "--model takes the name of a model", lambda checkpoint: _command(data, checkpoint))
    done = write_finetune_config(FinetuneRequest(
        data, args.model, args.out, args.pretrained, args.epochs, args.batch_size, args.image_size, args.val,
        args.lr, (BACKBONE,) if args.freeze else ()))
    with done.before.restored_on_error():
        config = load_config(str(done.file), args.overrides, args.plugin_files)
        check_data(settle_classes(config))
    if done.renamed:
        print(f"the earlier config is renamed to {done.renamed}")
    print(f"{done.file}: {done.data.classes} classes, {done.data.images} training and {done.data.valid_images} "
          "validation images")
    for note in done.notes:
        print(note)
    if args.write_only:
        return 0
    from ppclas_core.cli import main

    command = ["run", str(done.file), *(["--resume"] if args.resume else [])]
    for flag, values in (("-o", args.overrides), ("--plugin", args.plugin_files), ("--allow", args.allow)):
        command += [word for value in values for word in (flag, value)]
    started = run_started(config)
    with done.before.restored_on_error(unless=started):
        code = main(command)
    if code and not started():
        done.before.restore()
    return code


def _command(data: Path, checkpoint: CheckpointCall) -> str:
    """Return the command that starts with the weights of a checkpoint."""
    words = ["ppclas", "finetune", str(data), "--model", checkpoint.name, "--pretrained", checkpoint.path]
    return shlex.join([*words, *(f"ARCHITECTURE.params.{key}={value}" for key, value in checkpoint.params.items())])


def _data(args: argparse.Namespace) -> Path:
    """Return the data, given as DATA or `--data`; a KEY=VALUE in its place is moved to the overrides.

    Raises:
        UserError: no data or two are given.
    """
    data: Optional[Path] = args.data
    if args.data_option and data is not None and "=" in str(data) and not data.exists():
        args.overrides = [*args.overrides, str(data)]
        data = None
    if data is not None and args.data_option:
        raise UserError(f"two data sets are given: '{data}' and '{args.data_option}'",
                        do="give one; to override a config value, write KEY=VALUE")
    if data is None and args.data_option is None:
        raise UserError("no data is given", do="for example: ppclas finetune my_photos --model NAME")
    found: Path = data or args.data_option
    return found
