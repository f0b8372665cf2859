# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Errors for users: what is wrong, where, why, and how to fix it."""

from __future__ import annotations

from typing import Iterable, List, Optional

__all__ = ["PluginError", "UserError", "UserErrors", "did_you_mean"]


class UserError(Exception):
    """Error that the user can fix; the command line prints it without a traceback and exits with 2.

    Args:
        what: one sentence: what is wrong, with the wrong value.
        where: location: `file:line`, a key path or a file; printed first.
        do: the fix, a command if there is one; printed on a separate line.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: Optional[str] = None, do: Optional[str] = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.do}" if self.do else text

    def at(self, where: str) -> UserError:
        """Set the location if there is none yet; return the error itself."""
        if self.where is None:
            self.where = where
        return self


class PluginError(UserError):
    """Defect of a plugin; the message names the plugin and its component, and the command line exits with 1.

    See `ppclas_core.plugins.ownership`.
    """

    exit_code = 1


class UserErrors(UserError):  # noqa: N818  several errors; a public name
    """Several errors found in one pass; the first 20 are shown.

    The exit code is 2 if one of them has the exit code 2, else 1.
    """

    def __init__(self, errors: Iterable[UserError]) -> None:
        self.errors = list({str(error): error for error in errors}.values())  # TRAIN and VALID may have the same one
        self.exit_code = max((error.exit_code for error in self.errors), default=UserError.exit_code)
        shown = [str(error) for error in self.errors[:20]]
        if len(self.errors) > 20:
            shown.append(f"... and {len(self.errors) - 20} more")
        super().__init__("\n".join(shown))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the nearest known word, else an empty string."""
    near = near_names(word, known, count=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def near_names(word: str, known: Iterable[str], count: int = 5) -> List[str]:
    """Return the known names that are most similar to a word in any case, nearest first, at most `count`."""
    import difflib

    names = {name.lower(): name for name in known}
    return [names[name] for name in difflib.get_close_matches(word.lower(), names, n=count, cutoff=0.6)]
