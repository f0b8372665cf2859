# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Services of the operating system: atomic files, locks, cache folders, cores, devices, signals, text, logging.

Nothing here knows of images or networks, and every other package may use it.

Imports inside functions: the command line starts without Paddle, which takes seconds to import, and without filelock
and platformdirs, which only locks and the cache folder need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "atomic_file": "ppclas_core.system.atomic",
    "atomic_folder": "ppclas_core.system.atomic",
    "cores_per_process": "ppclas_core.system.cores",
    "expand_path": "ppclas_core.system.paths",
    "interpreter": "ppclas_core.system.environments",
    "Interrupted": "ppclas_core.system.signals",
    "locked": "ppclas_core.system.lock",
    "one_line": "ppclas_core.system.text",
    "output_is_optional": "ppclas_core.system.console",
    "PathText": "ppclas_core.system.paths",
    "printable": "ppclas_core.system.text",
    "rank_from_environment": "ppclas_core.system.rank",
    "restore_math_threads": "ppclas_core.system.cores",
    "set_math_threads": "ppclas_core.system.cores",
    "stop_signals": "ppclas_core.system.signals",
    "StopRequest": "ppclas_core.system.signals",
    "to_json": "ppclas_core.system.json_text",
    "usable_cores": "ppclas_core.system.cores",
    "write_atomic": "ppclas_core.system.atomic",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.system.atomic import atomic_file as atomic_file
    from ppclas_core.system.atomic import atomic_folder as atomic_folder
    from ppclas_core.system.atomic import write_atomic as write_atomic
    from ppclas_core.system.console import output_is_optional as output_is_optional
    from ppclas_core.system.cores import cores_per_process as cores_per_process
    from ppclas_core.system.cores import restore_math_threads as restore_math_threads
    from ppclas_core.system.cores import set_math_threads as set_math_threads
    from ppclas_core.system.cores import usable_cores as usable_cores
    from ppclas_core.system.environments import interpreter as interpreter
    from ppclas_core.system.json_text import to_json as to_json
    from ppclas_core.system.lock import locked as locked
    from ppclas_core.system.paths import PathText as PathText
    from ppclas_core.system.paths import expand_path as expand_path
    from ppclas_core.system.rank import rank_from_environment as rank_from_environment
    from ppclas_core.system.signals import Interrupted as Interrupted
    from ppclas_core.system.signals import StopRequest as StopRequest
    from ppclas_core.system.signals import stop_signals as stop_signals
    from ppclas_core.system.text import one_line as one_line
    from ppclas_core.system.text import printable as printable

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
