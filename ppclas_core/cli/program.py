# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program `ppclas`: finds the command, runs it, and converts errors to a message and an exit code."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from typing import Callable, List, Optional, Sequence, TextIO, Tuple

import ppclas_core
from ppclas_core.cli.command_line import (
    PathParser,
    SharedOptions,
    load_existing,
    load_plugin_files,
    take_shared_options,
)
from ppclas_core.compat.paddleclas_flags import is_paddleclas, predict_arguments
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Catalogue, Entry, catalogue
from ppclas_core.plugins.install import import_fault
from ppclas_core.plugins.ownership import owned_by
from ppclas_core.system import console
from ppclas_core.system.logging_setup import console_logging
from ppclas_core.system.machine_errors import machine_error
from ppclas_core.system.paddle_import import sigterm_kept
from ppclas_core.system.parent import end_with_launcher
from ppclas_core.system.signals import Interruptible

Run = Callable[[argparse.Namespace], Optional[int]]
"""Function that runs a command and returns the exit code; None is 0."""

_GLOBAL = """\
options of every command:
  --debug          show tracebacks of errors
  --plugin FILE    load a one-file plugin (repeatable)
  --trust-config   load the one-file plugins that the config's `plugins:` names
"""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command and return its exit code.

    0 is success, 1 a defect of ppclas or a plugin, 2 an error of the user or the machine, 130 or 143 a signal.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = [argument for argument in given if argument != "--debug"]
    return guarded(lambda: _run(arguments), debug=arguments != given)


def guarded(action: Callable[[], int], *, debug: bool = False) -> int:
    """Run a program and return its exit code; an error is printed as a message without a traceback.

    Args:
        action: program; returns its exit code.
        debug: raise errors instead.
    """
    try:
        return _with_streams(action, debug=debug)
    except KeyboardInterrupt:  # before the streams are guarded, or while they are flushed
        if debug:
            raise
        console.write_message("\nppclas: interrupted\n")
        return 130


def _with_streams(action: Callable[[], int], *, debug: bool) -> int:
    warnings.filterwarnings("ignore", message="No ccache found")  # Paddle warns at each import
    console.fill_descriptors()
    end_with_launcher()
    _escape_unencodable(sys.stdout)
    _escape_unencodable(sys.stderr)
    with console.guarded_streams(), console_logging(), sigterm_kept():
        try:
            code = _code_of(action, debug=debug)
        except SystemExit as end:  # of argparse: --help or an invalid argument
            if isinstance(end.code or 0, int):
                raise SystemExit(console.final_exit_code(int(end.code or 0))) from None
            raise
        return console.final_exit_code(code)


def _code_of(action: Callable[[], int], *, debug: bool) -> int:
    try:
        with Interruptible(program=True):
            return action()
    except UserError as error:
        if debug:
            raise
        print(f"ppclas: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as error:
        if debug:
            raise
        print("\nppclas: interrupted", file=sys.stderr)
        return int(getattr(error, "exit_code", 130))
    except SystemExit:  # of argparse
        raise
    except BaseException as error:
        if debug:
            raise
        fault = machine_error(error) or (import_fault(error) if isinstance(error, ImportError) else None)
        if fault is not None:
            print(f"ppclas: {fault}", file=sys.stderr)
            return fault.exit_code
        print(f"ppclas: internal error: {type(error).__name__}: {error}\n  this is a defect of ppclas; "
              "--debug shows the traceback, 'ppclas doctor' the versions to report", file=sys.stderr)
        return 1


def _run(arguments: List[str]) -> int:
    shared, arguments = take_shared_options(arguments)
    known = _catalogue_for(arguments)
    load_existing(shared.plugin_files)  # a plugin file may provide the command
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help(known))
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"ppclas {ppclas_core.__version__}")
        return 0
    if is_paddleclas(arguments):
        arguments = predict_arguments(arguments)
    entry = known.find("command", arguments[0])
    parser, run = _build_parser(known, entry, shared)
    args = parser.parse_args(arguments[1:])
    load_plugin_files(args)
    try:
        with owned_by(entry.component):
            return _exit_code(run(args))
    except SystemExit as stop:  # called by a plugin or library inside the command
        raise RuntimeError(f"a part of the command called sys.exit({stop.code!r})") from stop


def _catalogue_for(arguments: List[str]) -> Catalogue:
    """Return the catalogue; failures of plugins are logged, except for `ppclas plugins`, which prints them itself."""
    log = logging.getLogger(catalogue.__module__)
    log.disabled = arguments[:1] == ["plugins"]
    try:
        return catalogue()
    finally:
        log.disabled = False


def _exit_code(result: object) -> int:
    if result is not None and not isinstance(result, int):
        raise TypeError(f"it returned {result!r}; a command returns an exit code")
    return int(result or 0)


def _build_parser(known: Catalogue, entry: Entry, shared: SharedOptions) -> Tuple[argparse.ArgumentParser, Run]:
    """Return the parser of a command with all its arguments, and the function that runs it."""
    about = entry.record.help[:1].upper() + entry.record.help[1:] + "."
    parser = PathParser(prog=f"ppclas {entry.record.name}", description=about, epilog=_GLOBAL,
                        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.set_defaults(plugin_files=shared.plugin_files, trust_config=shared.trust_config)
    target = known.target(entry)
    with owned_by(entry.component):
        return parser, target(parser)


def _help(known: Catalogue) -> str:
    commands = {entry.record.name: entry.record.help for entry in known.entries("command")}
    width = max(map(len, commands))
    lines = [f"  {name:<{width}}  {text}" for name, text in commands.items()]
    return "\n".join([
        "usage: ppclas COMMAND ...   ('ppclas COMMAND --help' shows its options)", "",
        "Image classification on PaddlePaddle.", "", *lines, "",
        _GLOBAL, f"ppclas {ppclas_core.__version__}; {len(known.plugins) - 1} plugins, "
        f"{len(known.names('backbone'))} models. Docs: README.md and docs/"])


def _escape_unencodable(stream: TextIO) -> None:
    """Print characters that the encoding of the terminal lacks as escapes; class and file names may have any."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and not isinstance(stream, console.GuardedStream):  # a command runs another
        reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
