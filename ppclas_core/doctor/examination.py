# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Examination of the installation: facts in display order, and findings."""

from __future__ import annotations

import platform
import sys
from typing import Dict, List

import importlib_metadata

import ppclas_core
from ppclas_core.doctor import machine
from ppclas_core.doctor.pins import OPENCVS, PADDLES, pin_findings
from ppclas_core.doctor.probe import OPENCV, PADDLE, Probe, probe
from ppclas_core.doctor.report import Diagnosis, Report
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.install import how_to_install
from ppclas_core.plugins.ownership import CORE
from ppclas_core.system.cache import cache_root, is_writable_cache

_LIBRARIES = (*PADDLES, "numpy", *OPENCVS, "protobuf", "pluggy", "pyyaml", "safetensors")
_SMALL_SHM = 512 << 20
_SMALL_DISK = 2 << 30


def examine() -> Report:
    """Examine versions, plugins, libraries (each imported in a child process) and the machine; takes seconds."""
    report = Report()
    versions = _versions()
    report.facts.update({"ppclas-core": ppclas_core.__version__, "python": platform.python_version(),
                         "executable": sys.executable, "system": platform.platform(), **versions})
    pins = pin_findings(versions, (sys.version_info[0], sys.version_info[1]))
    report.findings += pins
    _plugins(report)
    _opencv(report, versions)
    _paddle(report, versions, [pin.cure for pin in pins if pin.broken])
    _machine(report)
    return report


def _versions() -> Dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = str(importlib_metadata.version(name))
        except importlib_metadata.PackageNotFoundError:
            continue
    return found


def _plugins(report: Report) -> None:
    known = catalogue()
    report.facts["plugins"] = {plugin.dist: plugin.version or "a file" for plugin in known.plugins[1:]}
    for failure in known.failures:
        report.findings.append(Diagnosis(str(failure), f"{how_to_install(failure.dist, upgrade=True)}, or "
                                                     f"PPCLAS_DISABLE_PLUGINS={failure.dist} to leave it out"))
    for line in known.unknown_choices:
        report.findings.append(Diagnosis(line, "correct the name, or unset the variable", broken=False))
    for line in known.conflicts():
        report.findings.append(Diagnosis(line, "write 'distribution:name' in configs, or uninstall one", broken=False))


def _opencv(report: Report, versions: Dict[str, str]) -> None:
    if not any(name in versions for name in OPENCVS):
        report.findings.append(Diagnosis("OpenCV is not installed; images cannot be read", "pip install opencv-python"))
        return
    result = probe(OPENCV)
    if result.error:
        report.findings.append(Diagnosis(f"OpenCV does not work: {result.error}", _opencv_cure(result)))


def _opencv_cure(result: Probe) -> str:
    if ".so" in result.error:  # the desktop build needs libraries that slim containers lack
        return "apt-get install -y libgl1 libglib2.0-0   or: pip install opencv-python-headless"
    return "pip install --force-reinstall opencv-python"


def _paddle(report: Report, versions: Dict[str, str], cures: List[str]) -> None:
    wheel = next((name for name in reversed(PADDLES) if name in versions), None)
    drivers = machine.nvidia_gpus()
    if wheel is None:
        report.facts["gpus"] = drivers
        return
    result = probe(PADDLE)
    report.facts["gpus"] = result.facts.get("gpus", drivers)
    if result.error:
        cures = cures or [f"pip install --force-reinstall {wheel}=={versions[wheel]}"]
        report.findings.append(Diagnosis(f"importing Paddle and running one layer fails: {result.error}", cures[0]))
    elif drivers and not result.facts["cuda"]:
        report.findings.append(Diagnosis(f"there is a GPU ({drivers[0]}), but {wheel} is built for CPUs only",
                                       f"pip uninstall -y {wheel}, then {how_to_install(CORE, extra='gpu')}",
                                       broken=False))
    elif result.facts["cuda"] and not result.facts["gpus"]:
        report.findings.append(Diagnosis("Paddle is built for GPUs, but sees none: it will use the CPU",
                                       "check the driver with nvidia-smi, and CUDA_VISIBLE_DEVICES", broken=False))


def _machine(report: Report) -> None:
    memory, shared, cache = machine.memory(), machine.shared_memory(), cache_root()
    report.facts["cores"] = machine.cores()
    if memory is not None:
        report.facts["memory"] = memory._asdict()
    if shared is not None:
        report.facts["shared memory"] = shared._asdict()
        if shared.total < _SMALL_SHM:
            report.findings.append(Diagnosis(f"/dev/shm has only {shared.total >> 20} MB; readers in several processes "
                                           "may die with a bus error", "docker run --shm-size=2g ...", broken=False))
    disk = machine.space(cache)
    report.facts["cache"] = {"folder": str(cache), **disk._asdict()}
    elsewhere = "set PPCLAS_HOME to a folder elsewhere"
    if disk.free < _SMALL_DISK:
        report.findings.append(Diagnosis(f"the disk of the cache {cache} has only {disk.free >> 20} MB free",
                                       f"make room, or {elsewhere}", broken=False))
    if not is_writable_cache(cache):
        report.findings.append(Diagnosis(f"the cache {cache} cannot be written; a temporary folder is used instead",
                                       f"change its permissions, or {elsewhere}", broken=False))
