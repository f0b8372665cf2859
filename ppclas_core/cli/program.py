# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The `ppclas` program: finds the command, runs it, turns errors into one clear screen and an exit code."""

from __future__ import annotations

import argparse
import sys
import warnings
from typing import Any, Callable, List, Optional, Sequence, TextIO, Tuple

import ppclas_core
from ppclas_core.cli.path_arguments import PathParser
from ppclas_core.cli.plugin_option import SharedOptions, load_existing, load_plugin_files, take_shared_options
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Catalogue, Entry, catalogue
from ppclas_core.plugins.install import import_fault
from ppclas_core.plugins.ownership import owned_by
from ppclas_core.system import console
from ppclas_core.system.logging_setup import console_logging
from ppclas_core.system.machine_errors import machine_error
from ppclas_core.system.parent import end_with_launcher
from ppclas_core.system.signals import Interruptible

Run = Callable[[argparse.Namespace], Any]
"""What a command declares: runs it and returns the exit code."""

_GLOBAL = """\
options of every command:
  --debug          show the traceback of an error
  --plugin FILE    load a one-file plugin (repeatable)
  --trust-config   load the files that the config's `plugins:` names
"""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command; 0 is success, 1 our failure, 2 a fault of the user or the machine, 130 an interruption."""
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = [argument for argument in given if argument != "--debug"]
    return guarded(lambda: _run(arguments), debug=arguments != given)


def guarded(action: Callable[[], int], *, debug: bool = False) -> int:
    """Run a program and return its exit code; an error becomes one screen of text and its code.

    Args:
        debug: let errors through, with their traceback.
    """
    try:
        return _with_streams(action, debug=debug)
    except KeyboardInterrupt:  # while the streams were put in place or flushed
        if debug:
            raise
        console.write_message("\nppclas: interrupted\n")
        return 130


def _with_streams(action: Callable[[], int], *, debug: bool) -> int:
    warnings.filterwarnings("ignore", message="No ccache found")  # Paddle says so at each import; nobody compiles here
    console.fill_descriptors()
    end_with_launcher()
    _speak_utf8(sys.stdout)
    _speak_utf8(sys.stderr)
    with console.guarded_streams(), console_logging():
        try:
            code = _code_of(action, debug=debug)
        except SystemExit as end:  # of argparse: --help, or a mistake in the arguments
            if isinstance(end.code or 0, int):
                raise SystemExit(console.settle(int(end.code or 0))) from None
            raise
        return console.settle(code)


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
              "--debug shows where, 'ppclas doctor' what to report", file=sys.stderr)
        return 1


def _run(arguments: List[str]) -> int:
    shared, arguments = take_shared_options(arguments)
    known = catalogue()
    load_existing(shared.plugin_files)  # one of them may bring the command
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help(known))
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"ppclas {ppclas_core.__version__}")
        return 0
    entry = known.find("command", arguments[0])
    parser, run = _declared(known, entry, shared)
    args = parser.parse_args(arguments[1:])
    load_plugin_files(args)
    try:
        with owned_by(entry.component):
            return int(run(args) or 0)
    except SystemExit as stop:  # of code that has no business to end the program
        raise RuntimeError(f"a part of the command called sys.exit({stop.code!r})") from stop


def _declared(known: Catalogue, entry: Entry, shared: SharedOptions) -> Tuple[argparse.ArgumentParser, Run]:
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
        "usage: ppclas COMMAND ...   ('ppclas COMMAND --help' explains one)", "",
        "Image classification on PaddlePaddle.", "", *lines, "",
        _GLOBAL, f"ppclas {ppclas_core.__version__}; {len(known.plugins) - 1} plugins, "
        f"{len(known.names('backbone'))} models. Docs: README.md and docs/"])


def _speak_utf8(stream: TextIO) -> None:
    """Names of classes and files are Unicode, whatever the locale of the terminal."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and not isinstance(stream, console.GuardedStream):  # of a command that runs another
        reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
