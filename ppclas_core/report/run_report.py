# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Report of a run: evaluates its final checkpoint and writes `report.json` and `report.html`."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import yaml

from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.models.evaluated_weights import classes_of
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.report.example_images import compute_grad_cam, figure, overlaid
from ppclas_core.report.gallery import visible
from ppclas_core.report.line_chart import draw_line_chart
from ppclas_core.report.page import Record, html_table, summarize, write_report
from ppclas_core.report.tables import config_differences, matrix_table, metric_differences, most_confused, timing
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.locate import resolve_checkpoint
from ppclas_core.runs.log import read_records
from ppclas_core.runs.run_config import values_of_run
from ppclas_core.system.rank import first_process
from ppclas_core.tasks import task_of
from ppclas_core.tasks.task import Example
from ppclas_core.training.builders import build_model
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.extremes import Extremes
from ppclas_core.training.run_training import TrainResult

IMAGES = 8
"""Default number of worst and of best images in a report."""


def write_run_report(
    config: Config, trained: TrainResult, images: int = IMAGES, against: Optional[Path] = None
) -> Tuple[Optional[Evaluation], Optional[Path]]:
    """Evaluate the final checkpoint of a run and write `report.json` and `report.html` into its folder.

    Each process of a distributed run evaluates its part; rank 0 writes the report and shows images of its part.

    Args:
        config: config of the run.
        trained: result of the run.
        images: number of worst and of best images to show.
        against: another run folder to compare with.

    Returns:
        The result of `evaluate` (None without validation), and the path of the page (None on ranks other
        than 0).
    """
    extremes = Extremes(task_of(config), images)
    evaluated = evaluate(config, trained.run_dir, watch=extremes) if config.validate else None
    if not first_process():
        return evaluated, None
    summary = summarize(config, trained, evaluated)
    records = read_records(trained.run_dir)
    sections = [*(_compared(config, summary, records, against) if against else []),
                *(_evaluation(config, trained.run_dir, summary, extremes) if evaluated else [])]
    if config.train is not None and (rows := timing(records, config.train.batch_size)):
        sections += ["<h2>Time</h2>", html_table(rows)]
    text = yaml.safe_dump(config.to_dict(), sort_keys=False, allow_unicode=True)
    return evaluated, write_report(trained.run_dir, summary, records, text, sections)


def _evaluation(config: Config, folder: Path, summary: Record, extremes: Extremes) -> List[str]:
    """Return the sections of the confusion matrix and of the worst and best images."""
    settled = datasets.settle_classes(config)
    classes = classes_of(resolve_checkpoint(folder).parent)
    source = datasets.open_checked(settled, "VALID", classes)
    names = datasets.class_names(settled.num_classes, source, classes)
    parts: List[str] = []
    matrix = summary.get("confusion") or []
    pairs = most_confused(matrix, names)
    if matrix:
        parts += ["<h2>Confusion</h2>", "<p>Rows: true classes; columns: predicted ones.</p>",
                  matrix_table(matrix, names), html_table(pairs) if pairs else "<p>No image is misclassified.</p>"]
    for title, examples in (("Worst images", extremes.worst), ("Best images", extremes.best)):
        if examples:
            parts += [f"<h2>{title}</h2>", *_images(settled, folder, source, names, examples)]
    return parts


def _images(config: Config, folder: Path, source: Source, names: List[str], examples: List[Example]) -> List[str]:
    """Return HTML `<figure>` elements of the network inputs, each with its Grad-CAM heat map if there is one."""
    task = task_of(config)
    pipeline = build_pipeline(config.require_valid().transforms)
    images = [pipeline(source.read(one.sample), np.random.default_rng(0), source.path(one.sample)) for one in examples]
    model, record = build_model(config)
    PretrainedSource(folder).load(model, record, allow_new_head=False)
    heat = compute_grad_cam(model, np.stack(images), np.array([one.predicted for one in examples]))
    parts = []
    for number, (one, image) in enumerate(zip(examples, images)):
        pixels = visible(image, pipeline.final_state)
        parts.append(figure(pixels, task.caption(one, names, source.name(one.sample))))
        if heat is not None:
            parts.append(figure(overlaid(pixels, heat[number]), f"Grad-CAM for {names[one.predicted]}"))
    return parts


def _compared(config: Config, summary: Record, records: Sequence[Record], other: Path) -> List[str]:
    """Return the section that compares the run with another one.

    Raises:
        UserError: `other` is not a run folder.
    """
    values = values_of_run(other)
    file = RunFolder(other).report
    task = task_of(config)
    names = [*task.metric_names, "epochs", "seconds"]
    other_summary: Dict[str, object] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    metrics = metric_differences(summary, other_summary, names)
    keys = config_differences(config.to_dict(), values)
    other_records = read_records(other)
    monitor = task.monitor.name

    def curve(rows: Sequence[Record]) -> List[Tuple[float, float]]:
        return [(float(row["epoch"]), float(row[monitor])) for row in rows
                if row["kind"] == "eval" and row.get(monitor) is not None]

    return [f"<h2>Compared with {html.escape(str(other))}</h2>", html_table(metrics) if metrics else "",
            html_table(keys) if keys else "<p>The configs are the same.</p>",
            draw_line_chart(f"Validation {monitor}", {"this run": curve(records), "other run": curve(other_records)},
                            "epoch")]
