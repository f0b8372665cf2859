# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of one sample: an unusable image file, or a defect of an op."""

from __future__ import annotations

from typing import Optional, Tuple

from ppclas_core.errors import PluginError, UserError
from ppclas_core.plugins.ownership import Owner, describe


class BadImage(UserError):  # noqa: N818  # a public name
    """Raised for a file that cannot be read, decoded or used; with `on_bad_image: skip` the loader skips it.

    Args:
        reason: what is wrong with it.
        path: path of the file, if known.
        do: the fix.
    """

    def __init__(self, reason: str, path: Optional[str] = None, *, do: Optional[str] = None) -> None:
        super().__init__(reason, where=path, do=do)

    @property
    def reason(self) -> str:
        """Reason, without the path."""
        return self.what

    @property
    def path(self) -> Optional[str]:
        """Path of the file; None for an image in memory."""
        return self.where

    def at(self, where: str) -> BadImage:
        """Set the path if there is none yet; return the error itself."""
        super().at(where)
        return self


class TransformError(RuntimeError):
    """Raised when an op fails for a reason other than its data: a defect of the op.

    Args:
        op: name of the op.
        path: path of the sample; "" for an image in memory.
        cause: exception of the op.
    """

    def __init__(self, op: str, path: str, cause: BaseException) -> None:
        sample = f" on '{path}'" if path else ""
        super().__init__(f"op '{op}' failed{sample}: {describe(cause)}")
        self.op = op
        self.path = path
        self.cause = cause

    def __reduce__(self) -> Tuple[object, ...]:
        return type(self), (self.op, self.path, self.cause)


class PluginTransformError(TransformError, PluginError):
    """A `TransformError` of a plugin's op; its message names the plugin.

    Args:
        owner: the op and its plugin.
    """

    def __init__(self, op: str, path: str, cause: BaseException, owner: Owner) -> None:
        TransformError.__init__(self, op, path, cause)
        sample = f"failed on '{path}'" if path else "failed"
        named = owner._replace(component=f"op '{op}'").error(cause, sample)
        PluginError.__init__(self, named.what, do=named.do)
        self.owner = owner

    def __reduce__(self) -> Tuple[object, ...]:
        return type(self), (self.op, self.path, self.cause, self.owner)
