# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Arguments common to all commands with a config."""

from __future__ import annotations

import argparse
import sys
from typing import List, Sequence

from ppclas_core.cli.plugin_option import allow_plugin_names
from ppclas_core.config.config import Config
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare CONFIG (also as -c FILE) and -o KEY=VALUE."""
    allow_plugin_names(parser)
    parser.add_argument("config", nargs="?", metavar="CONFIG",
                        help="a YAML file, or the name of an installed one such as ResNet/ResNet50.yaml")
    parser.add_argument("-c", "--config", dest="config_option", metavar="CONFIG", help="the same")
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value, e.g. -o TRAIN.batch_size=64 or "
                             "-o VALID.transforms.1.ResizeImage.resize_short=300; repeatable")


def images_given(paths: Sequence[str]) -> List[str]:
    """Return the images that the arguments name, see `find_images`; what its walk leaves out is said on stderr."""
    from ppclas_core.data.readers.image_walk import LeftOut
    from ppclas_core.predict import find_images

    left = LeftOut()
    found: List[str] = find_images(paths, left)
    if left.text():
        print(f"ppclas: left out: {left.text()}", file=sys.stderr)
    return found


def config_from(args: argparse.Namespace, *, inspect_only: bool = False) -> Config:
    """Return the config that the arguments name.

    Args:
        inspect_only: do not refuse a config whose one-file plugins may not run.

    Raises:
        UserError: no config, two of them, or see `load_config`.
    """
    if args.config and args.config_option:
        raise UserError(f"two configs: '{args.config}' and '{args.config_option}'",
                        do="give one; a changed value is written -o KEY=VALUE")
    name = args.config or args.config_option
    if not name:
        raise UserError("no config", do="for example: ppclas check path/to/config.yaml")
    return load_config(name, args.overrides, args.plugin_files, args.trust_config, inspect_only=inspect_only)
