# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The `ppclas` program: finds the command, runs it, turns errors into one clear screen and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import Callable, List, Optional, Sequence, TextIO

import ppclas_core
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.system.machine_errors import machine_error

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
    """The exit code of what a program does; an error becomes one screen of text and its code.

    Args:
        debug: let errors through, with their traceback.
    """
    warnings.filterwarnings("ignore", message="No ccache found")  # Paddle says so at each import; nobody compiles here
    _speak_utf8(sys.stdout)
    _speak_utf8(sys.stderr)
    try:
        return action()
    except UserError as error:
        if debug:
            raise
        print(f"ppclas: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        if debug:
            raise
        print("\nppclas: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `ppclas list models | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            raise
        fault = machine_error(error)
        if fault is not None:
            print(f"ppclas: {fault}", file=sys.stderr)
            return fault.exit_code
        print(f"ppclas: internal error: {type(error).__name__}: {error}\n  this is a defect of ppclas or of a plugin; "
              "--debug shows where, 'ppclas doctor' what to report", file=sys.stderr)
        return 1


def _run(arguments: List[str]) -> int:
    known = catalogue()
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help(known))
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"ppclas {ppclas_core.__version__}")
        return 0
    names = known.names("command")
    if arguments[0] not in names:
        raise UserError(f"unknown command '{arguments[0]}'.{did_you_mean(arguments[0], names)}",
                        do="'ppclas --help' lists the commands")
    entry = known.find("command", arguments[0])
    about = entry.record.help[0].upper() + entry.record.help[1:] + "."
    parser = argparse.ArgumentParser(prog=f"ppclas {entry.record.name}", description=about, epilog=_GLOBAL,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plugin", dest="plugin_files", action="append", default=[], metavar="FILE",
                        help=argparse.SUPPRESS)
    parser.add_argument("--trust-config", action="store_true", help=argparse.SUPPRESS)
    run = known.target(entry)(parser)
    return int(run(parser.parse_args(arguments[1:])) or 0)


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
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
