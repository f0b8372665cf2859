# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Writer of `report.json` and `report.html` of a run: metrics, curves, classes, config."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ppclas_core.config.config import Config
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.report.line_chart import Point, draw_line_chart
from ppclas_core.runs.folder import RunFolder
from ppclas_core.system.json_text import to_json
from ppclas_core.system.text_files import write_page
from ppclas_core.tasks import task_of
from ppclas_core.training.run_training import TrainResult

Record = Mapping[str, Any]
"""JSON object: a line of `metrics.jsonl`, or the content of `report.json`."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #1f2328 }
svg { width: 100%; margin: 1em 0; font: 11px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px }
.grid { stroke: #d1d9e0 } table { border-collapse: collapse; margin: 1em 0 }
td, th { padding: .2em 1em .2em 0; text-align: left; border-bottom: 1px solid #d1d9e0 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
pre { background: #f6f8fa; padding: 1em; overflow: auto }
figure { display: inline-block; margin: 0 8px 12px 0; width: 128px; vertical-align: top }
figcaption { font-size: 11px; overflow-wrap: anywhere } .matrix { font-size: 11px }
.matrix td, .matrix th { padding: 2px 5px; text-align: right; border: 1px solid #d1d9e0 }
.matrix tr:first-child span { writing-mode: vertical-rl }
"""

_OTHER_KEYS = ("kind", "epoch", "loss", "samples", "seconds")
"""Keys of epoch and evaluation records that are not metrics."""


def write_report(folder: Path, summary: Record, records: Sequence[Record], config: str,
                 sections: Sequence[str] = ()) -> Path:
    """Write both files into a run folder, each atomically.

    Args:
        folder: the run folder.
        summary: content of `report.json`; the page shows `per_class` rows in a separate table.
        records: records of `metrics.jsonl`.
        config: the resolved config as YAML.
        sections: further HTML, placed before the config.

    Returns:
        The path of `report.html`.
    """
    files = RunFolder(folder)
    write_page(files.report, to_json(summary, indent=1) + "\n")
    page = files.report_page
    write_page(page, _page(summary, records, config, sections, _steps_per_epoch(folder, records)))
    return page


def _steps_per_epoch(folder: Path, records: Sequence[Record]) -> int:
    """Return the steps per epoch from the run's checkpoint, else from the last logged step."""
    try:
        return max(int(json.loads(RunFolder(folder).last.state.read_text(encoding="utf-8"))["terms"]["steps"]), 1)
    except (OSError, ValueError, KeyError, TypeError):  # a checkpoint of an earlier version, or none
        return max((int(row["step"]) + 1 for row in records if row["kind"] == "step"), default=1)


def _page(summary: Record, records: Sequence[Record], config: str,
          sections: Sequence[str], steps_per_epoch: int) -> str:
    title = html.escape(f"{summary['architecture']}: {summary['run_dir']}")
    values = {key: value for key, value in summary.items() if key not in ("per_class", "confusion", "profile")}
    body = [
        f"<h1>{title}</h1>", html_table([{"name": key, "value": value} for key, value in values.items()]),
        *_charts(records, summary.get("k") or "k", steps_per_epoch),
    ]
    for kind, heading, rows in (("data", "Time of data loading by stage", []),
                                ("eval_data", "Time of evaluations by stage", _last(summary))):
        profile = [{**row, "kind": "ms per image"} for row in records if row["kind"] == kind] + rows
        if profile:
            body += [f"<h2>{heading}</h2>", html_table(_aligned(profile))]
    if summary.get("per_class"):
        body += ["<h2>Classes</h2>", html_table(summary["per_class"])]
    body += sections
    body += ["<h2>Config</h2>", f"<pre>{html.escape(config)}</pre>"]
    return "\n".join(["<!doctype html>", '<html lang="en"><head><meta charset="utf-8">', f"<title>{title}</title>",
                      f"<style>{_STYLE}</style></head><body>", *body, "</body></html>", ""])


def _last(summary: Record) -> List[Record]:
    """Return the profile of the report's evaluation as a table row, like those of the epochs."""
    profile = summary.get("profile")
    return [{"kind": "ms per image", "epoch": "report", **profile}] if profile else []


def _aligned(rows: Sequence[Record]) -> List[Record]:
    """Return the rows with the union of their keys, in one order."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return [{key: row.get(key) for key in keys} for row in rows]


def _charts(records: Sequence[Record], k: object, steps_per_epoch: int) -> List[str]:
    epochs = [record for record in records if record["kind"] == "epoch"]
    evals = [record for record in records if record["kind"] == "eval"]
    steps = [record for record in records if record["kind"] == "step"]

    def points(rows: Sequence[Record], name: str) -> List[Point]:
        return [(float(row["epoch"]), float(row[name])) for row in rows if row.get(name) is not None]

    # The x axis is the position in the epoch: log intervals differ between the first and later steps.
    rates = [(float(row["epoch"]) + float(row["step"]) / steps_per_epoch, float(row["lr"])) for row in steps]
    curves = {f"{title} {f'top{k}' if name == 'topk' else name}": points(rows, name)
              for title, rows in (("training", epochs), ("validation", evals)) for name in _metric_names(rows)}
    return [
        draw_line_chart("Loss", {"training": points(epochs, "loss"), "validation": points(evals, "loss")}, "epoch"),
        draw_line_chart("Metrics", curves, "epoch"),
        draw_line_chart("Learning rate", {"lr": rates}, "epoch"),
    ]


def _metric_names(rows: Sequence[Record]) -> List[str]:
    """Return the names of the metrics in epoch or evaluation records, without the loss."""
    return [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _OTHER_KEYS]


def html_table(rows: Sequence[Record]) -> str:
    """Return an HTML table of one or more rows with equal keys."""
    head = "".join(f"<th>{html.escape(str(key))}</th>" for key in rows[0])
    lines = []
    for row in rows:
        cells = []
        for value in row.values():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            text = f"{value:.4f}" if isinstance(value, float) else "" if value is None else str(value)
            cells.append(f'<td class="number">{text}</td>' if number else f"<td>{html.escape(text)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def summarize(config: Config, trained: TrainResult, evaluated: Optional[Evaluation]) -> Dict[str, Any]:
    """Return the metrics and facts of a run for `report.json`.

    Args:
        config: config of the run.
        trained: result of the run.
        evaluated: evaluation of its best checkpoint; None without validation.
    """
    task = task_of(config)
    checkpoint = RunFolder(trained.run_dir).final.path
    summary: Dict[str, Any] = {
        "architecture": config.architecture.name,
        **dict.fromkeys([task.default_monitor, *task.logged, *task.setting_names] if evaluated is None else ()),
        "loss": None, "samples": 0,
        "epochs": trained.epochs,
        "seconds": round(trained.seconds, 3),
        "run_dir": str(trained.run_dir),
        "checkpoint": str(checkpoint),
        "config": str(config.path or ""),
        "seed": config.seed,
    }
    if evaluated is not None:
        summary.update({name: value for name, value in evaluated.to_dict().items() if name != "seconds"})
    return summary
