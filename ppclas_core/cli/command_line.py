# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Command line of every command: `~` and `$VARS` in paths, `KEY=VALUE`, and `--plugin FILE` and `--trust-config`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.paths import expand_path

PATH_WORDS = frozenset(("BUNDLE", "CONFIG", "DIR", "FILE", "FOLDER", "IMAGE", "IMAGES", "LABELS", "LIST", "MODEL",
                        "OUT", "PATH", "RUN", "SRC", "WEIGHTS"))
"""Values of `metavar` that stand for a path, or for a path or a name."""


class PathParser(argparse.ArgumentParser):
    """Parser that expands `~` and `$VARS` in paths: arguments of type `Path` or with a `metavar` in `PATH_WORDS`.

    Values of an optional list of arguments (`nargs="*"`) may stand behind options, as those of `nargs="+"` may.
    """

    def _match_arguments_partial(self, actions: Sequence[argparse.Action], arg_strings_pattern: str) -> List[int]:
        """Leave `nargs="*"` open where arguments follow later; before 3.13 argparse takes it as empty at an option."""
        counts = super()._match_arguments_partial(actions, arg_strings_pattern)
        while counts and counts[-1] == 0 and actions[len(counts) - 1].nargs == argparse.ZERO_OR_MORE and (
                "A" in arg_strings_pattern[sum(counts):]):
            counts.pop()
        return counts

    def add_argument(self, *args: Any, **options: Any) -> argparse.Action:  # noqa: ANN401  # Any: as in argparse
        """Declare an argument as `argparse` does."""
        if options.get("type") is Path:
            options["type"] = _path
        elif options.get("type") is None and options.get("metavar") in PATH_WORDS:
            options["type"] = expand_path
        return super().add_argument(*args, **options)

    def parse_args(self, args: Optional[Sequence[str]] = None,  # type: ignore[override]  # without the overloads
                   namespace: Optional[argparse.Namespace] = None) -> argparse.Namespace:
        """Parse a command line; `KEY=VALUE` may stand before, between and after the options, see `add_overrides`.

        Raises:
            UserError: an unknown option is a config key, such as `--epochs`.
        """
        if any(isinstance(action, _KeyValues) for action in self._actions):
            self._refuse_keys_as_options(list(sys.argv[1:] if args is None else args))
            return self.parse_intermixed_args(args, namespace)
        return super().parse_args(args, namespace)

    def _refuse_keys_as_options(self, words: Sequence[str]) -> None:
        """Raise a UserError for an unknown option that is a config key or has the name of one in other libraries."""
        for word, following in zip(words, [*words[1:], ""]):
            if word == "--":
                return
            option, equals, value = word.partition("=")
            if not option.startswith("--") or any(known.startswith(option) for known in self._option_string_actions):
                continue
            from ppclas_core.config.key_hints import keys_of_option

            keys = keys_of_option(option)
            if keys:
                value = value if equals else following
                value = value if value and not value.startswith("-") else "VALUE"
                raise UserError(f"{self.prog} has no option {option}; it is a config key, which follows the config "
                                "without dashes", do=f"write: {' or '.join(f'{key}={value}' for key in keys)}")


def is_key_value(word: Optional[str]) -> bool:
    """Return whether the argument in place of a config is a KEY=VALUE; an existing file is none."""
    return bool(word) and "=" in str(word) and not os.path.exists(str(word))


class _KeyValues(argparse.Action):
    """Positional arguments `KEY=VALUE`, collected after those of `-o`."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace,
                 values: Union[str, Sequence[object], None], option_string: Optional[str] = None) -> None:
        words = [str(word) for word in values or ()]
        first = getattr(namespace, "config", None)
        if is_key_value(first):  # with `-c FILE`
            namespace.config = None
            words.insert(0, str(first))
        for word in words:
            if "=" not in word:
                raise UserError(f"unexpected argument '{word}'; expected KEY=VALUE",
                                do="for example: epochs=3 TRAIN.batch_size=8")
        namespace.overrides = [*namespace.overrides, *words]


def add_overrides(parser: argparse.ArgumentParser, help: str) -> None:
    """Declare `-o KEY=VALUE`, and `KEY=VALUE` after the other positional arguments, both as `overrides`."""
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help=help)
    parser.add_argument("key_values", nargs="*", action=_KeyValues, default=argparse.SUPPRESS, metavar="KEY=VALUE",
                        help="the same as -o KEY=VALUE; applied after those")


def _path(text: str) -> Path:
    return Path(expand_path(text))


class SharedOptions(NamedTuple):
    """Options that every command accepts at any position after its name."""

    plugin_files: List[str]
    trust_config: bool


def take_shared_options(arguments: Sequence[str]) -> Tuple[SharedOptions, List[str]]:
    """Return the shared options of a command line, and the remaining arguments.

    Arguments after `--` are not parsed.

    Raises:
        UserError: `--plugin` has no file.
    """
    files: List[str] = []
    rest: List[str] = []
    trust = False
    pending = iter(arguments)
    for argument in pending:
        if argument == "--":
            rest += [argument, *pending]
        elif argument == "--trust-config":
            trust = True
        elif argument == "--plugin" or argument.startswith("--plugin="):
            file = argument.partition("=")[2] or next(pending, "")
            if not file or file.startswith("--"):
                raise UserError("--plugin needs a file", do="for example: --plugin my_aug.py")
            files.append(expand_path(file))
        else:
            rest.append(argument)
    return SharedOptions(files, trust), rest


def allow_plugin_names(parser: argparse.ArgumentParser) -> None:
    """Declare that the command reads a config: `--plugin NAME` may also name a file in the config's `plugins:`."""
    parser.set_defaults(plugins_by_name=True)


def load_existing(files: Iterable[str]) -> None:
    """Add the one-file plugins that exist to the catalogue.

    Raises:
        UserError: a file fails to load.
    """
    for file in files:
        if os.path.exists(file):
            catalogue().load_file(Path(file))


def load_plugin_files(args: argparse.Namespace) -> None:
    """Add the one-file plugins of the command line to the catalogue.

    If the command reads a config (see `allow_plugin_names`), a file that does not exist is left to `load_config`.

    Raises:
        UserError: a file does not exist or fails to load.
    """
    load_existing(args.plugin_files)
    if not getattr(args, "plugins_by_name", False):
        for file in args.plugin_files:
            catalogue().load_file(Path(file))
