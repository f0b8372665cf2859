# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Output of a benchmark: text tables, files, and comparison with the published latencies of the model."""

from __future__ import annotations

import csv
import html
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.errors import UserError
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.plugins.models import find_model

_CHART_WIDTH, _LABEL_WIDTH, _ROW_HEIGHT = 640, 230, 22
"""Sizes of the bar chart in pixels."""


def text_table(rows: List[Dict[str, Any]], columns: Tuple[str, ...]) -> str:
    """Return rows as a text table with aligned columns."""
    cells = [list(columns)] + [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in
                                                            zip(line[1:], widths[1:]))]) for line in cells)


def phone_table(rows: List[Dict[str, Any]], name: str) -> str:
    """Return rows in the format of Paddle-Lite's benchmark: one block per number of threads, in milliseconds.

    Args:
        rows: rows of `benchmark`.
        name: name of the model; runtime and batch size follow it if they differ between rows.
    """
    apart = {(row["engine"], row["batch"]) for row in rows}
    lines = ["PaddleLite Benchmark"]
    for threads in dict.fromkeys(row["threads"] for row in rows):
        part = [row for row in rows if row["threads"] == threads]
        lines.append(f"Threads={threads} Warmup={part[0]['warm_up']} Repeats={part[0]['calls']}")
        for row in part:
            label = name if len(apart) == 1 else f"{name} {row['engine']} batch {row['batch']}"
            lines.append(f"{label:<38}min = {row['min_ms']:<12.5f}max = {row['max_ms']:<12.5f}"
                         f"average = {row['mean_ms']:.5f}")
        lines.append("")
    return "\n".join(lines[:-1])


def published_latencies(name: str) -> List[Tuple[str, float]]:
    """Return the published latencies of a model: (device and batch size, milliseconds per image)."""
    try:
        record = find_model(name)[0].record
    except UserError:  # a bundle runs without the plugin of its architecture
        return []
    entries = [weights for weights in record.weights if weights.name == name]
    return sorted(entries[0].latency_ms.items()) if entries else []


def size_note(name: str, source: Union[Bundle, Checkpoint]) -> str:
    """Return the note that a published latency was measured with another image size than here, else "".

    Args:
        name: name of the architecture or its weights.
        source: the bundle or checkpoint that is measured.
    """
    try:
        entry, _ = find_model(name)
    except UserError:
        return ""
    weights = next((weights for weights in entry.record.weights if weights.name == name), None)
    side = model_preprocessing(entry.record, weights)["input_size"]
    height, width = _size(source)
    return "" if (height, width) == (side, side) else f" with images of {side}x{side}, here {height}x{width}"


def write_files(folder: Path, rows: List[Dict[str, Any]], published: List[Tuple[str, float]],
                columns: Tuple[str, ...], note: str = "") -> None:
    """Write `benchmark.json`, `benchmark.csv`, and a chart of measured (smallest batch) and published latencies.

    Args:
        folder: folder for the files; it is created.
        rows: rows of `benchmark`.
        published: published latencies, see `published_latencies`.
        columns: columns of the CSV file.
        note: text after each published latency in the chart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"rows": rows, "published_ms": dict(published)}, indent=1)
    (folder / "benchmark.json").write_text(text + "\n", encoding="utf-8")
    with open(folder / "benchmark.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    least = min(row["batch"] for row in rows)
    bars = [(f"{row['engine']}, {row['threads']} threads", float(row["p50_ms"]), True) for row in rows
            if row["batch"] == least]
    bars += [(f"published: {label}{note}", float(value), False) for label, value in published]
    chart = _bar_chart(f"Milliseconds per call with {least} image{'s' if least > 1 else ''}", bars, "ms")
    (folder / "benchmark.svg").write_text(chart, encoding="utf-8")


def _size(source: Union[Bundle, Checkpoint]) -> Tuple[int, int]:
    """Return height and width of the network's input."""
    if isinstance(source, Checkpoint):
        _, height, width = source.meta.image_shape
        return height, width
    shape = source.input_shape
    return (shape[0], shape[1]) if source.takes_pixels else (shape[1], shape[2])


def _cell(value: Optional[object]) -> str:
    if isinstance(value, float):
        return f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value:.4g}"
    return "-" if value is None else str(value)


def _bar_chart(title: str, bars: List[Tuple[str, float, bool]], unit: str) -> str:
    """Return an SVG file with one bar per (label, value >= 0, highlighted); highlighted bars are blue, others gray."""
    most = max((value for _, value, _ in bars), default=1.0) or 1.0
    height = 40 + _ROW_HEIGHT * len(bars)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_CHART_WIDTH} {height}" role="img" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{_CHART_WIDTH}" height="{height}" fill="white"/>',
             f'<text x="8" y="20" font-size="14" font-weight="bold">{html.escape(title)}</text>']
    for index, (label, value, highlighted) in enumerate(bars):
        top = 34 + _ROW_HEIGHT * index
        width = max((_CHART_WIDTH - _LABEL_WIDTH - 90) * value / most, 1)
        parts.append(f'<text x="{_LABEL_WIDTH - 8}" y="{top + 12}" text-anchor="end">{html.escape(label)}</text>')
        parts.append(f'<rect x="{_LABEL_WIDTH}" y="{top}" width="{width:.1f}" height="16" '
                     f'fill="{"#1f6feb" if highlighted else "#8c959f"}"/>')
        parts.append(f'<text x="{_LABEL_WIDTH + width + 6:.1f}" y="{top + 12}">{value:.4g} {html.escape(unit)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
