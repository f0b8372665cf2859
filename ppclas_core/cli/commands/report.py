# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas report RUN`: evaluate the best checkpoint of a run again and write the page that tells all of it."""

from __future__ import annotations

import argparse
import html
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from ppclas_core.cli.plugin_option import allow_plugin_names
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.training.distributed.launch import first_process

IMAGES = 8


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--against", metavar="RUN", help="another run folder: differences of config and figures, and "
                        "both curves in one chart")
    parser.add_argument("--images", type=int, default=IMAGES, metavar="N",
                        help=f"worst and best images to show (default: {IMAGES})")
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value of the config, e.g. where the validation data is now; repeatable")
    return run


def run(args: argparse.Namespace) -> int:
    """Evaluate and write."""
    console.output_is_optional()
    from ppclas_core.runs.checkpoint import load_progress
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.training.run import trained

    if args.images < 0:
        raise UserError(f"--images is {args.images}; it must be 0 or more")
    folder = Path(args.run)
    config = _config_of(folder, args)
    progress = load_progress(RunFolder(folder).last.path)
    _, page = write_run_report(config, trained(config, folder, progress), args.images,
                               Path(args.against) if args.against else None)
    print(f"wrote {page}")
    return 0


def write_run_report(
    config: Any, trained: Any, images: int = IMAGES, against: Optional[Path] = None
) -> Tuple[Any, Any]:
    """Evaluate the checkpoint that a run ends with and write `report.json` and `report.html` into its folder.

    Every process of a launch evaluates its part; the first one writes, and shows images of its own part.

    Args:
        trained: `training.run.TrainResult`.
        images: how many of the worst and of the best images are shown.
        against: another run folder.

    Returns:
        The result of `training.run.evaluate` (None without validation), and the path of the page (None in the other
        processes).
    """
    import yaml

    from ppclas_core.report.examples import Extremes
    from ppclas_core.report.page import summarise, table, write_report
    from ppclas_core.report.timing import timing
    from ppclas_core.runs.log import read_records
    from ppclas_core.tasks import task_of
    from ppclas_core.training.run import evaluate

    extremes = Extremes(task_of(config), images)
    evaluated = evaluate(config, trained.run_dir, watch=extremes) if config["validate"] else None
    if not first_process():
        return evaluated, None
    summary, records = summarise(config, trained, evaluated), read_records(trained.run_dir)
    sections = [*(_compared(config, summary, records, against) if against else []),
                *(_evaluation(config, trained.run_dir, summary, extremes) if evaluated else [])]
    if config["TRAIN"] and (rows := timing(records, config["TRAIN"]["batch_size"])):
        sections += ["<h2>Time</h2>", table(rows)]
    text = yaml.safe_dump(config.to_dict(), sort_keys=False, allow_unicode=True)
    return evaluated, write_report(trained.run_dir, summary, records, text, sections)


def _evaluation(config: Any, folder: Path, summary: Dict[str, Any], extremes: Any) -> List[str]:
    """Who is taken for whom, and the images."""
    from ppclas_core.data import from_config as datasets
    from ppclas_core.models.evaluated_weights import classes_of
    from ppclas_core.report.confusion import matrix_table, most_confused
    from ppclas_core.report.page import table
    from ppclas_core.runs.locate import resolve_checkpoint

    settled = datasets.settle_classes(config)
    classes = classes_of(resolve_checkpoint(folder).parent)
    source = datasets.open_checked(settled, "VALID", classes)
    names = datasets.class_names(settled["classes_num"], source, classes)
    parts: List[str] = []
    matrix = summary.get("confusion") or []
    pairs = most_confused(matrix, names)
    if matrix:
        parts += ["<h2>Confusion</h2>", "<p>Rows: true classes; columns: predicted ones.</p>",
                  matrix_table(matrix, names), table(pairs) if pairs else "<p>None is taken for another.</p>"]
    for title, examples in (("Worst images", extremes.worst), ("Best images", extremes.best)):
        if examples:
            parts += [f"<h2>{title}</h2>", *_figures(settled, folder, source, names, examples)]
    return parts


def _figures(config: Any, folder: Path, source: Any, names: List[str], examples: List[Any]) -> List[str]:
    """Each image as the network sees it, and where the network looks for the class that it names."""
    import numpy as np

    from ppclas_core.data.pipeline import build_pipeline
    from ppclas_core.models.pretrained import PretrainedSource
    from ppclas_core.report.gallery import visible
    from ppclas_core.report.grad_cam import compute_grad_cam
    from ppclas_core.report.image_strips import figure, overlaid
    from ppclas_core.tasks import task_of
    from ppclas_core.training import build

    task = task_of(config)
    pipeline = build_pipeline(config["VALID"]["transforms"])
    images = [pipeline(source.read(one.sample), np.random.default_rng(0), source.path(one.sample)) for one in examples]
    model, record = build.build_model(config)
    PretrainedSource(folder).load(model, record, rename_head=False)
    heat = compute_grad_cam(model, np.stack(images), np.array([one.predicted for one in examples]))
    parts = []
    for number, (one, image) in enumerate(zip(examples, images)):
        pixels = visible(image, pipeline.final_state)
        parts.append(figure(pixels, task.caption(one, names, source.name(one.sample))))
        if heat is not None:
            parts.append(figure(overlaid(pixels, heat[number]), f"looks here for {names[one.predicted]}"))
    return parts


def _compared(config: Any, summary: Dict[str, Any], records: List[Any], other: Path) -> List[str]:
    """Differences to another run.

    Raises:
        UserError: it is no run folder.
    """
    import json

    from ppclas_core.report.differences import config_differences, metric_differences
    from ppclas_core.report.line_chart import draw_line_chart
    from ppclas_core.report.page import table
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.log import read_records
    from ppclas_core.tasks import task_of

    meta = _meta_of(other)
    file = RunFolder(other).report
    task = task_of(config)
    names = [*task.metric_names, "epochs", "seconds"]
    figures = metric_differences(summary, json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}, names)
    keys = config_differences(config.to_dict(), meta.config)
    theirs, monitor = read_records(other), task.monitor.name

    def curve(rows: List[Any]) -> List[Tuple[float, float]]:
        return [(float(row["epoch"]), float(row[monitor])) for row in rows
                if row["kind"] == "eval" and row.get(monitor) is not None]

    return [f"<h2>Compared with {html.escape(str(other))}</h2>", table(figures) if figures else "",
            table(keys) if keys else "<p>The configs are the same.</p>",
            draw_line_chart(f"Validation {monitor}", {"this run": curve(records), "other run": curve(theirs)},
                            "epoch")]


def _meta_of(folder: Path) -> Any:
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.meta import read_meta

    last = RunFolder(folder).last
    meta = read_meta(last.path) if last.path.is_dir() else None
    if meta is None or not meta.config:
        raise UserError("this is no run folder: it has no checkpoint 'last' with a config", where=str(folder),
                        do="give the folder that training printed, <model_save_dir>/<ARCHITECTURE.name>")
    return meta


def _config_of(folder: Path, args: argparse.Namespace) -> Any:
    """The config that a run was trained with, changed as the arguments say."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.config.override import override
    from ppclas_core.config.yaml_node import from_plain, plain
    from ppclas_core.runs.folder import RunFolder

    root = from_plain(_meta_of(folder).config, str(RunFolder(folder).last.meta))
    for pair in args.overrides:
        override(root, pair)
    print(f"evaluating {folder}", file=sys.stderr)
    return config_from_dict(plain(root), str(folder), plugin_files=args.plugin_files, trust_config=args.trust_config)
