# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery of plugins and the catalogue of their components: discover -> manager -> catalogue.

Imports inside functions: every command starts with this package, so modules that only some commands or errors need are
imported at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "bind_parameters": "ppclas_core.plugins.signature",
    "check_model_parameters": "ppclas_core.plugins.models",
    "component_names": "ppclas_core.plugins.catalogue",
    "find_model": "ppclas_core.plugins.models",
    "find_record": "ppclas_core.plugins.catalogue",
    "how_to_install": "ppclas_core.plugins.install",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.plugins.catalogue import component_names as component_names
    from ppclas_core.plugins.catalogue import find_record as find_record
    from ppclas_core.plugins.install import how_to_install as how_to_install
    from ppclas_core.plugins.models import check_model_parameters as check_model_parameters
    from ppclas_core.plugins.models import find_model as find_model
    from ppclas_core.plugins.signature import bind_parameters as bind_parameters

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
