# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Version combinations known to fail, checked from metadata only: importing some of them crashes Python."""

from __future__ import annotations

from typing import List, Mapping, Tuple

from packaging.version import InvalidVersion, Version

from ppclas_core.doctor.report import Diagnosis
from ppclas_core.plugins.install import how_to_install
from ppclas_core.plugins.ownership import CORE

PADDLES = ("paddlepaddle", "paddlepaddle-gpu")
OPENCVS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")


def pin_findings(versions: Mapping[str, str], python: Tuple[int, int]) -> List[Diagnosis]:
    """Return the findings for a set of installed distributions.

    Args:
        versions: canonical name -> version of the installed distributions.
        python: major and minor version.
    """
    paddles = [name for name in PADDLES if name in versions]
    if not paddles:
        return [Diagnosis("Paddle is not installed: no training, no prediction", how_to_install(CORE, extra="cpu"))]
    findings = _several(versions)
    name = paddles[-1]
    paddle = _version(versions[name])
    if _between(paddle, "2.6", "2.7"):
        findings += _paddle_2_6(versions, name, python)
    elif _between(paddle, "3.3", "3.4"):
        findings += _paddle_3_3(versions)
    else:
        findings.append(Diagnosis(f"{name} {versions[name]} is not a version that ppclas is tested with (3.3, 2.6.2)",
                                  how_to_install(CORE, extra="cpu"), broken=False))
    return findings


def _paddle_2_6(versions: Mapping[str, str], name: str, python: Tuple[int, int]) -> List[Diagnosis]:
    findings = []
    label = f"{name} {versions[name]}"
    if "numpy" in versions and _version(versions["numpy"]) >= Version("2"):
        findings.append(Diagnosis(f"{label} is built for numpy 1 and may segfault with numpy {versions['numpy']}",
                                'pip install "numpy<2"'))
    findings += [Diagnosis(f"{opencv} {versions[opencv]} needs numpy 2, with which {label} may segfault",
                           f'pip install "{opencv}<4.12" "numpy<2"')
                 for opencv in OPENCVS
                 if opencv in versions and _version(versions[opencv]) >= Version("4.12")]
    if "protobuf" in versions and _version(versions["protobuf"]) >= Version("7"):
        findings.append(Diagnosis(f"{label} cannot train on several devices with protobuf {versions['protobuf']}",
                                'pip install "protobuf>=4,<7"'))
    if python >= (3, 13):
        findings.append(Diagnosis(f"{label} has no release for Python {python[0]}.{python[1]}",
                                f"use Python 3.12, or {how_to_install(CORE, extra='cpu')}"))
    return findings


def _paddle_3_3(versions: Mapping[str, str]) -> List[Diagnosis]:
    if "numpy" in versions and _version(versions["numpy"]) >= Version("2.4"):
        return [Diagnosis(f"Paddle 3.3 raises TypeError on float(tensor) with numpy {versions['numpy']}",
                        'pip install "numpy<2.4"')]
    return []


def _several(versions: Mapping[str, str]) -> List[Diagnosis]:
    findings = []
    paddles = [name for name in PADDLES if name in versions]
    if len(paddles) > 1:
        findings.append(Diagnosis("paddlepaddle and paddlepaddle-gpu are both installed and overwrite each other",
                                f"pip uninstall -y {' '.join(paddles)}, then {how_to_install(CORE, extra='gpu')} "
                                "or [cpu]"))
    opencvs = [name for name in OPENCVS if name in versions]
    if len({versions[name] for name in opencvs}) > 1:
        named = " and ".join(f"{name} {versions[name]}" for name in opencvs)
        findings.append(Diagnosis(f"{named} overwrite each other",
                                  f"pip uninstall -y {' '.join(opencvs)}, then pip install {opencvs[0]}"))
    return findings


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:  # a custom build
        return Version("0")


def _between(version: Version, low: str, high: str) -> bool:
    return Version(low) <= version < Version(high)
