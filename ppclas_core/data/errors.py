# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with one sample: a file that is no usable image, or a defect inside an op."""

from __future__ import annotations

from typing import Any, Optional

from ppclas_core.errors import PluginError, UserError
from ppclas_core.plugins.ownership import Owner, describe


class BadImage(UserError):
    """A file that cannot be read, decoded or used; the loader names it, and skips it where the user asked for that.

    Args:
        reason: what is wrong with it.
        path: the file, when known; shown first.
        do: what to do about it.
    """

    def __init__(self, reason: str, path: Optional[str] = None, *, do: Optional[str] = None) -> None:
        super().__init__(reason, where=path, do=do)

    @property
    def reason(self) -> str:
        """What is wrong, without the path."""
        return self.what

    @property
    def path(self) -> Optional[str]:
        """The file, or None when the image came from memory."""
        return self.where

    def at(self, where: str) -> BadImage:
        """Return the error itself, with a path where it had none yet."""
        super().at(where)
        return self


class TransformError(RuntimeError):
    """An op raised something that no data can excuse: its defect, with the op and the sample that showed it.

    Args:
        op: name of the op; path: the sample, "" when it came from memory; cause: the exception of the op.
    """

    def __init__(self, op: str, path: str, cause: BaseException) -> None:
        sample = f" on '{path}'" if path else ""
        super().__init__(f"op '{op}' failed{sample}: {describe(cause)}")
        self.op = op
        self.path = path
        self.cause = cause

    def __reduce__(self) -> Any:
        return type(self), (self.op, self.path, self.cause)


class PluginTransformError(TransformError, PluginError):
    """A `TransformError` of a plugin's op, with the plugin named.

    Args:
        owner: the op and its plugin.
    """

    def __init__(self, op: str, path: str, cause: BaseException, owner: Owner) -> None:
        TransformError.__init__(self, op, path, cause)
        sample = f"failed on '{path}'" if path else "failed"
        named = owner._replace(component=f"op '{op}'").error(cause, sample)
        PluginError.__init__(self, named.what, do=named.do)
        self.owner = owner

    def __reduce__(self) -> Any:
        return type(self), (self.op, self.path, self.cause, self.owner)
