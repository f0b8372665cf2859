# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Installed plugin distributions that are written by hand: metadata folder and package, as pip leaves them."""

from __future__ import annotations

from pathlib import Path

_PLUGIN = '''\
"""Registration of the components of {package}."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Backbone, Command, Loss, Op, hookimpl
from {package}.records import BACKBONES


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return the architectures."""
    return BACKBONES


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the ops."""
    return [Op("Blur{number}", "{package}.ops:Blur", layouts=("HWC", "CHW"), doc="blurs an image"),
            Op("Mix{number}", "{package}.ops:Mix", level="batch", layouts=("CHW",), doc="mixes two images")]


@hookimpl
def ppclas_losses() -> Iterable[Loss]:
    """Return the losses."""
    return [Loss("Loss{number}", "{package}.losses:Loss", doc="a loss")]


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    """Return the commands."""
    return [Command("inspect{number}", "{package}.commands:add", "print what {package} knows")]
'''

_RECORDS = '''\
"""Records of the architectures of {package}."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights

BACKBONES = [
    Backbone("Net{number}_" + size, "{package}.net:build", "Net{number}", preset={{"size": size}}, params=5_000_000,
             flops=600_000_000, weights=(Weights("Net{number}_" + size, "net_" + size + ".pdparams", top1=0.75),))
    for size in ("tiny", "small", "base", "large")
]
'''


def install(site: Path, count: int) -> None:
    """Write plugin distributions with four architectures, two ops, a loss and a command each.

    Args:
        site: folder of installed distributions, to be put on `PYTHONPATH`.
        count: number of distributions.
    """
    for number in range(count):
        package = f"acme_plugin_{number}"
        names = {"package": package, "number": number}
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text(f'"""Plugin {number}."""\n', encoding="utf-8")
        (site / package / "plugin.py").write_text(_PLUGIN.format(**names), encoding="utf-8")
        (site / package / "records.py").write_text(_RECORDS.format(**names), encoding="utf-8")
        info = site / f"{package}-0.1.0.dist-info"
        info.mkdir()
        entry = f"[ppclas.plugins.v1]\nacme-plugin-{number} = {package}.plugin\n"
        (info / "entry_points.txt").write_text(entry, encoding="utf-8")
        metadata = ("Metadata-Version: 2.1", f"Name: acme-plugin-{number}", "Version: 0.1.0",
                    "Requires-Dist: ppclas-core~=0.1.0")
        (info / "METADATA").write_text("\n".join(metadata) + "\n", encoding="utf-8")
