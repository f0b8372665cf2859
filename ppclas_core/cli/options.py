# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Arguments that several commands share: configs, sources of weights, runtimes, images, processes."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING, Callable, Iterator, List, Optional, Sequence, Tuple

from ppclas_core.cli.command_line import add_overrides, allow_plugin_names, is_key_value
from ppclas_core.config.config import Config
from ppclas_core.config.load import load_config
from ppclas_core.config.registered import refuse_registered
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import REGISTERED
from ppclas_core.system.paths import expand_path

if TYPE_CHECKING:
    from ppclas_core.predict.inputs import Input

IMAGES_HELP = ("image files; folders with images at any depth; patterns such as 'photos/**/*.jpg'; .txt lists of "
               "images; .csv tables with a column path; video files; http or https addresses")
SOURCE_HELP = ("run folder (or a folder with one run below it), checkpoint folder, prefix or file of weights, or name "
               "of published weights")


def add_config_arguments(parser: argparse.ArgumentParser, further: str = "") -> None:
    """Declare CONFIG (also as `-c FILE`), which may be a run folder, `KEY=VALUE` and `-o KEY=VALUE`.

    Args:
        parser: parser of the command.
        further: text on further values of CONFIG.
    """
    allow_plugin_names(parser)
    parser.add_argument("config", nargs="?", metavar="CONFIG",
                        help="YAML file, name of an installed config such as ResNet/ResNet50.yaml, or run folder: the "
                        f"config of its training{further}")
    parser.add_argument("-c", "--config", dest="config_option", metavar="CONFIG", help="the same as an option")
    add_overrides(parser, "override a config value, e.g. -o TRAIN.batch_size=64 or "
                          "-o VALID.transforms.1.ResizeImage.resize_short=300 (repeatable)")


def config_from(args: argparse.Namespace, *, inspect_only: bool = False) -> Config:
    """Load the config that the arguments name.

    Args:
        args: parsed arguments of `add_config_arguments`.
        inspect_only: also accept a config whose one-file plugins are not trusted; their files are not loaded.

    Raises:
        UserError: no config or two configs are given; see also `load_config`.
    """
    name = config_name(args)
    if not os.path.isdir(expand_path(name)):
        return load_config(name, args.overrides, args.plugin_files, args.trust_config, inspect_only=inspect_only)
    from ppclas_core.runs import run_config  # imports numpy, which a YAML file does not need

    return run_config.load_config(name, args.overrides, args.plugin_files, args.trust_config,
                       inspect_only=inspect_only)


def config_name(args: argparse.Namespace) -> str:
    """Return the CONFIG of parsed arguments.

    Raises:
        UserError: no config or two configs are given.
    """
    if is_key_value(args.config):  # one KEY=VALUE with `-c FILE`
        args.overrides = [*args.overrides, args.config]
        args.config = None
    if args.config and args.config_option:
        raise UserError(f"two configs are given: '{args.config}' and '{args.config_option}'",
                        do="give one; to override a value, write KEY=VALUE")
    name: Optional[str] = args.config or args.config_option
    if not name:
        raise UserError("no config is given", do="for example: ppclas check path/to/config.yaml; KEY=VALUE follows it")
    return name


def images_given(paths: Sequence[str]) -> List[str]:
    """Return the image files that the arguments name (see `find_images`); report skipped files on standard error."""
    from ppclas_core.data.readers.image_walk import LeftOut
    from ppclas_core.predict import find_images

    left = LeftOut()
    found: List[str] = find_images(paths, left)
    if left.text():
        print(f"ppclas: left out: {left.text()}", file=sys.stderr)
    return found


def inputs_given(paths: Sequence[str], *, every: int = 1, camera: Optional[int] = None) -> Iterator[Input]:
    """Yield the images that the arguments name, see `ppclas_core.predict.inputs`; report skipped files at the end.

    Args:
        paths: arguments IMAGE.
        every: for videos and cameras: take each `every`-th frame.
        camera: number of a camera, read after the paths.
    """
    from ppclas_core.data.readers.image_walk import LeftOut
    from ppclas_core.predict.inputs import inputs

    left = LeftOut()
    yield from inputs([*paths, *([] if camera is None else [camera])], every, left)
    if left.text():
        print(f"ppclas: left out: {left.text()}", file=sys.stderr)


def add_runtime_argument(parser: argparse.ArgumentParser, help: str, *, default: Optional[str] = None,
                         metavar: str = "NAME") -> None:
    """Declare `--runtime`, and its deprecated name `--engine`, which the help omits."""
    parser.add_argument("--runtime", default=default, metavar=metavar, help=help)
    parser.add_argument("--engine", dest="runtime", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def add_model_argument(parser: argparse.ArgumentParser, dest: str = "model") -> None:
    """Declare `--model`, for weights without `meta.yaml`."""
    parser.add_argument("--model", dest=dest, metavar="NAME", help="architecture or published weights whose "
                        "preprocessing applies, for weights without meta.yaml, such as a bare .pdparams file")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--model` and `--labels`."""
    add_model_argument(parser)
    parser.add_argument("--labels", metavar="FILE", help="class names for weights without meta.yaml: lines 'id name', "
                        "or one name per line (default: those of ImageNet, if the classifier has 1000 classes)")


def add_process_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--devices` and `--nproc`, which start the command in several processes on this machine."""
    parser.add_argument("--devices", metavar="N,N,...", help="start one process on each of these GPUs")
    parser.add_argument("--nproc", type=int, metavar="N", help="start N processes on the CPU")


def in_processes(action: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> Optional[int]:
    """Run `action(args)` in as many processes as the arguments request.

    Args:
        action: function at the top level of a module, which the processes import.
        args: parsed arguments of `add_process_arguments` and `add_config_arguments`.

    Returns:
        0, or the exit code of the first process that failed; None if this process alone suffices.

    Raises:
        UserError: both options are given, a number is below 1, a GPU does not exist, or the config uses a component
            that is registered in this process.
    """
    processes, gpus = _wanted(args)
    if processes is None:
        return None
    if any(plugin.dist == REGISTERED for plugin in catalogue().plugins):  # else each process loads the config itself
        refuse_registered(config_from(args), "training with several processes")
    from ppclas_core.training.distributed.launch import launch

    args.devices = args.nproc = None
    args.overrides = [*args.overrides, "device=gpu" if gpus else "device=cpu"]
    return launch(action, args, processes, gpus)


def _wanted(args: argparse.Namespace) -> Tuple[Optional[int], str]:
    """Return the number of processes to start (None: run in this process) and their GPUs, e.g. "0,1"."""
    if args.devices and args.nproc:
        raise UserError("--devices and --nproc are both given",
                        do="use --devices for GPUs, --nproc for processes on the CPU")
    if args.nproc is not None and args.nproc < 1:
        raise UserError(f"--nproc is {args.nproc}; it must be at least 1")
    if args.nproc == 1:
        return None, ""
    if not args.devices:
        return args.nproc, ""
    if not re.fullmatch(r"\d+(,\d+)*", args.devices):
        raise UserError(f"--devices is '{args.devices}'; it must be a list of GPU numbers",
                        do="for example --devices 0,1")
    import paddle

    numbers = args.devices.split(",")
    there = paddle.device.cuda.device_count() if paddle.device.is_compiled_with_cuda() else 0
    if len(set(numbers)) < len(numbers) or any(int(number) >= there for number in numbers):
        raise UserError(f"--devices is {args.devices}, but Paddle sees {there} GPUs, and each takes one process",
                        do="'ppclas doctor' shows the GPUs; --nproc N uses the CPU")
    return len(numbers), args.devices
