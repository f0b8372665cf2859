# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which sets of versions the doctor calls broken, and the cure that it names."""

from __future__ import annotations

from typing import Dict

import pytest

from ppclas_core.doctor.pins import pin_findings
from ppclas_core.plugins.install import how_to_install


@pytest.mark.parametrize(("versions", "cure"), [
    ({"paddlepaddle": "2.6.2", "numpy": "2.1.0"}, 'pip install "numpy<2"'),
    ({"paddlepaddle-gpu": "2.6.2", "numpy": "2.4.6"}, 'pip install "numpy<2"'),
    ({"paddlepaddle": "3.3.1", "numpy": "2.4.0"}, 'pip install "numpy<2.4"'),
    ({"paddlepaddle": "2.6.2", "numpy": "1.26.4", "opencv-python-headless": "4.12.0.88"},
     'pip install "opencv-python-headless<4.12" "numpy<2"'),
    ({"paddlepaddle": "2.6.2", "numpy": "1.26.4", "protobuf": "7.36.2"}, 'pip install "protobuf>=4,<7"'),
    ({"numpy": "2.1.0"}, how_to_install("ppclas-core", extra="cpu")),
])
def test_a_bad_set_has_one_finding_with_its_cure(versions: Dict[str, str], cure: str) -> None:
    findings = pin_findings(versions, (3, 11))
    assert [(finding.cure, finding.broken) for finding in findings] == [(cure, True)]


@pytest.mark.parametrize("versions", [
    {"paddlepaddle": "3.3.1", "numpy": "2.3.5", "opencv-python": "5.0.0.93", "protobuf": "7.36.2"},
    {"paddlepaddle": "3.3.0", "numpy": "1.26.4"},
    {"paddlepaddle": "2.6.2", "numpy": "1.26.4", "opencv-python": "4.11.0.86", "protobuf": "6.33.6"},
    {"paddlepaddle-gpu": "2.6.2.post120", "numpy": "1.26.4"},
])
def test_a_good_set_has_none(versions: Dict[str, str]) -> None:
    assert pin_findings(versions, (3, 11)) == []


def test_another_paddle_is_a_note_only() -> None:
    (finding,) = pin_findings({"paddlepaddle": "3.1.0", "numpy": "2.4.0"}, (3, 11))
    assert not finding.broken
    assert "3.1.0" in finding.what


def test_distributions_that_overwrite_each_other_are_reported() -> None:
    findings = pin_findings({"paddlepaddle": "3.3.1", "paddlepaddle-gpu": "3.3.1", "numpy": "2.3.5",
                             "opencv-python": "4.11.0.86", "opencv-python-headless": "5.0.0.93"}, (3, 11))
    assert len(findings) == 2
    assert all("overwrite each other" in finding.what for finding in findings)


def test_opencv_twice_in_one_version_is_well() -> None:
    assert pin_findings({"paddlepaddle": "3.3.1", "opencv-python": "5.0.0.93", "opencv-python-headless": "5.0.0.93"},
                        (3, 11)) == []


def test_paddle_2_6_has_no_release_for_python_3_13() -> None:
    (finding,) = pin_findings({"paddlepaddle": "2.6.2", "numpy": "1.26.4"}, (3, 13))
    assert "Python 3.13" in finding.what
