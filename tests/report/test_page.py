# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The report of a run: metrics as JSON, and a page that needs no other file."""

from __future__ import annotations

import json
from typing import List
from xml.etree import ElementTree

from ppclas_core.report.line_chart import draw_line_chart
from ppclas_core.report.page import write_report

SUMMARY = {
    "architecture": "Net<1>", "run_dir": "output/Net", "top1": 0.5, "k": 2,
    "per_class": [{"class": "<b>", "samples": 2, "recall": 0.5}, {"class": "café", "samples": 0, "recall": None}],
}
RECORDS = [
    {"kind": "epoch", "epoch": 0, "loss": 1.5, "top1": 0.2},
    {"kind": "eval", "epoch": 0, "loss": None, "top1": 0.1, "topk": 0.3},
    {"kind": "step", "epoch": 0, "step": 0, "lr": 0.1},
    {"kind": "step", "epoch": 0, "step": 1, "lr": 0.2},
]


def test_the_page_escapes_names_and_loads_nothing(tmp_path):
    page = write_report(tmp_path, SUMMARY, RECORDS, "epochs: 1 # <script>").read_text(encoding="utf-8")
    assert "Net&lt;1&gt;" in page
    assert "&lt;b&gt;" in page
    assert "café" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == SUMMARY
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json"]


def polyline_of(chart: ElementTree.Element) -> List[str]:
    line = chart.find("polyline")
    assert line is not None
    return line.attrib["points"].split()


def test_a_chart_is_well_formed_and_puts_high_values_up():
    lines = {"a": [(0, 0.0), (1, 2.0)], "b": [(0, 1.0)]}
    chart = ElementTree.fromstring(draw_line_chart("Loss & more", lines, "epoch"))
    points = [point.split(",") for point in polyline_of(chart)]
    assert float(points[0][1]) > float(points[1][1])
    assert float(points[0][0]) < float(points[1][0])


def test_the_learning_rate_is_drawn_over_epochs_and_has_no_kink(tmp_path):
    """The first ten steps are logged, then each tenth; the rate rises evenly."""
    steps = [*range(10), *range(10, 100, 10)]
    records = [{"kind": "step", "epoch": 0, "step": step, "lr": step / 100} for step in steps]
    (tmp_path / "last").mkdir()
    (tmp_path / "last/state.json").write_text(json.dumps({"terms": {"steps": 200}}), encoding="utf-8")
    page = write_report(tmp_path, SUMMARY, records, "").read_text(encoding="utf-8")
    chart = ElementTree.fromstring(page[page.index("<svg"):page.index("</svg>") + 6])
    points = [tuple(map(float, point.split(","))) for point in polyline_of(chart)]
    (left, low), (right, high) = points[0], points[-1]
    assert all(abs(y - (low + (x - left) * (high - low) / (right - left))) < 0.2 for x, y in points)
    assert ">0.45<" in page  # 90 of 200 steps; the axis is the epoch


def test_points_that_are_no_numbers_are_left_out():
    assert draw_line_chart("x", {"a": [(0, float("nan"))]}, "epoch") == ""
    chart = draw_line_chart("x", {"a": [(0, 1.0), (1, float("inf")), (2, 1.0)]}, "epoch")
    assert "inf" not in chart
    assert "nan" not in chart


def test_a_long_run_stays_a_small_page():
    points = [(float(step), float(step % 7)) for step in range(100_000)]
    assert len(draw_line_chart("x", {"a": points}, "step")) < 60_000
