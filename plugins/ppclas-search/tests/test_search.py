# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A search from its file to its results, with trainings that take no time."""

from __future__ import annotations

import csv
import math
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
import search_stubs
import yaml

from ppclas_core.config.load import load_config

SPACE = """
search:
  LEARNING_RATE.params.lr: [0.3, 0.1, 0.03, 0.01, 0.003, 0.001]
  OPTIMIZER.regularizer.factor: [1e-2, 1e-3, 1e-4, 1e-5]
  use_fp16: [false, true]
"""

SMALL = """
search:
  LEARNING_RATE.params.lr: [0.1, 0.01, 0.001]
  OPTIMIZER.regularizer.factor: [1e-3, 1e-4]
  use_fp16: [false, true]
"""


def hill(params):
    """0.96 at lr 0.01, factor 1e-4, without fp16."""
    far = math.log10(params["LEARNING_RATE.params.lr"] / 0.01) ** 2 \
        + 0.2 * math.log10(params["OPTIMIZER.regularizer.factor"] / 1e-4) ** 2 + 0.3 * params["use_fp16"]
    top = 0.96 / (1 + far)
    return {4: 0.9 * top, 5: top}


def test_a_grid_tries_every_point_once_in_order(source, searched, folder):
    made = source("sampler: grid\npruner: none" + SMALL)
    rows = searched(made, hill)
    assert [dict(row.params) for row in rows] == made.space.points()
    table = list(csv.DictReader((folder / "output/search/space/results.csv").open(encoding="utf-8")))
    assert len(table) == 12
    assert {line["state"] for line in table} == {"done"}
    assert max(table, key=lambda line: float(line["top1"]))["LEARNING_RATE.params.lr"] == "0.01"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_gaussian_process_finds_the_best_of_48_points_in_12_trials(source, searched, seed):
    rows = searched(source(f"max_iter: 12\nseed: {seed}\npruner: none" + SPACE), hill)
    assert len(rows) == 12
    assert len({str(row.params) for row in rows}) == 12
    assert max(row.value for row in rows) == pytest.approx(0.96)


@pytest.mark.parametrize("sampler", ["tpe", "random", "gp"])
def test_no_point_is_tried_twice_and_a_used_up_space_ends_the_search(source, searched, sampler):
    rows = searched(source(f"sampler: {sampler}\nmax_iter: 50\nsearch:\n  use_fp16: [false, true]\n"
                           "  ls_epsilon: [0, 0.1, 0.2]"), lambda params: {0: params["ls_epsilon"]})
    assert sorted(str(row.params) for row in rows) == sorted({str(row.params) for row in rows})
    assert len(rows) == 6


def test_a_repeated_point_gets_another_seed(source, searched, folder):
    rows = searched(source("sampler: random\nmax_iter: 5\nde_duplication: false\nsearch:\n  use_fp16: [false, true]"),
                    lambda params: {0: 0.5})
    seeds: Dict[bool, List[int]] = {}
    for row in rows:
        config = yaml.safe_load((folder / f"output/search/space/trials/{row.folder}/config.yaml").read_text("utf-8"))
        seeds.setdefault(row.params["use_fp16"], []).append(config["seed"])
    assert len(rows) == 5
    assert all(found == list(range(len(found))) for found in seeds.values())


def test_a_loss_is_made_small_over_an_endless_space(source, searched):
    rows = searched(source("objective: loss\nmax_iter: 18\nsearch:\n"
                           "  LEARNING_RATE.params.lr: {low: 1e-4, high: 1, log: true}\n  epochs: {low: 2, high: 40}"),
                    lambda params: {0: math.log10(params["LEARNING_RATE.params.lr"] / 0.02) ** 2
                                    + (params["epochs"] - 30) ** 2 / 400})
    assert min(row.value for row in rows) < 0.03
    assert all(isinstance(row.params["epochs"], int) for row in rows)


def test_the_best_config_runs_and_says_where_it_comes_from(source, searched, folder, capsys):
    searched(source("sampler: grid" + SMALL, "epochs=7"), hill)
    best = folder / "output/search/space/best.yaml"
    config = load_config(best, plugin_files=["stub_net.py"])
    assert config["LEARNING_RATE"]["params"]["lr"] == 0.01
    assert config["OPTIMIZER"]["regularizer"]["factor"] == 1e-4
    assert (config["use_fp16"], config["epochs"], config["model_save_dir"]) == (False, 7, "output")
    assert config["callbacks"] == []
    assert "top1 0.96000 in epoch 5" in best.read_text(encoding="utf-8").splitlines()[0]
    shown = capsys.readouterr().out
    assert re.search(r"best\s+top1 0\.96000 of trial \d+; ppclas run output/search/space/best.yaml", shown)


def test_the_report_shows_what_matters_without_a_script_or_a_link(source, searched, folder):
    searched(source("max_iter: 14" + SPACE), hill)
    page = (folder / "output/search/space/search.html").read_text(encoding="utf-8")
    assert page.count("<svg") == page.count("</svg>") == 3
    assert "<script" not in page
    assert "http" not in page
    assert "src=" not in page
    bars = page[page.index("Importance of each key"):]
    order = [bars.index(f">{key}</text>") for key in ("LEARNING_RATE.params.lr", "OPTIMIZER.regularizer.factor",
                                                      "use_fp16")]
    assert order[0] == min(order)


def test_a_hopeless_trial_is_given_up_in_its_course(source, searched):
    def curve(params):
        last = 0.1 if params["LEARNING_RATE.params.lr"] == 1.0 else 0.9 + params["ls_epsilon"]
        return dict.fromkeys(range(3), last)

    def start(place, number):
        training = search_stubs.Stub(place, curve)
        training.hangs = training.params["LEARNING_RATE.params.lr"] == 1.0
        return training

    rows = searched(source("sampler: grid\nwarmup: 2\nsearch:\n  LEARNING_RATE.params.lr: [0.1, 0.2, 1.0]\n"
                           "  ls_epsilon: [0.0, 0.01, 0.02]"), None, start=start)
    assert [row.state for row in rows] == ["done"] * 6 + ["given up"] * 3
    assert {row.value for row in rows[6:]} == {0.1}


def test_a_trial_that_did_all_its_epochs_is_done_and_not_given_up(source, searched):
    """What it reports last leaves nothing to give up, even where its process has not ended yet."""
    def curve(params):
        last = 0.1 if params["LEARNING_RATE.params.lr"] == 1.0 else 0.9 + params["ls_epsilon"]
        return {0: last}

    class Lingering(search_stubs.Stub):
        polls = 0

        def poll(self):
            self.polls += 1
            return None if self.polls < 3 and not self.stopped else super().poll()

    def start(place, number):
        return Lingering(place, curve)

    rows = searched(source("sampler: grid\nwarmup: 0\nsearch:\n  LEARNING_RATE.params.lr: [0.1, 0.2, 1.0]\n"
                           "  ls_epsilon: [0.0, 0.01, 0.02]", "epochs=1"), None, start=start)
    assert [row.state for row in rows] == ["done"] * 9


def test_a_failed_trial_is_reported_and_the_search_goes_on(source, searched):
    def curve(params):
        if params["LEARNING_RATE.params.lr"] == 0.3:
            raise ValueError("the loss was nan")
        return hill(params)

    made = source("sampler: grid\nsearch:\n  use_fp16: [true, false]\n"
                  "  OPTIMIZER.regularizer.factor: [1e-3, 1e-4]\n  LEARNING_RATE.params.lr: [0.3, 0.1]")
    rows = searched(made, curve)
    assert [row.state for row in rows] == ["failed", "done"] * 4
    assert rows[0].reason == "the loss was nan"


def test_a_search_whose_trials_all_fail_ends_with_the_reason(source, searched, error_of):
    def curve(params):
        raise ValueError("no such list")

    said = error_of(lambda: searched(source("sampler: grid" + SMALL), curve))
    assert "the first 3 trials all failed, the last with: no such list" in said


def test_ctrl_c_stops_the_trials_and_resume_continues_them_in_their_folders(source, searched):
    begun: List[str] = []

    def start(place, number):
        training = search_stubs.Stub(place, hill, hangs=len(begun) == 3)
        if len(begun) == 4:  # the fourth is under way
            signal.raise_signal(signal.SIGINT)
        begun.append(place.name)
        return training

    made = source("sampler: grid" + SMALL)
    rows = searched(made, None, code=130, start=start, workers=2)
    assert [row.state for row in rows].count("waiting") == 1
    rows = searched(made, hill, resume=True)
    assert sorted(str(row.params) for row in rows) == sorted(map(str, made.space.points()))
    assert {row.state for row in rows} == {"done"}
    assert len({row.folder for row in rows}) == 12
    assert "0003" in {row.folder for row in rows}


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import search_stubs
from test_search import hill
from ppclas_search.read_space import read_space
from ppclas_search.session import Options, search
from ppclas_search.trial_config import Source

def start(place, number):
    if place.name == "0002":
        os.kill(os.getpid(), signal.SIGKILL)
    return search_stubs.Stub(place, hill)

search(Source(read_space("space.yaml"), (), ("stub_net.py",)), Options(), start=start)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_kill_left_running_is_done_again(source, searched, folder):
    made = source("sampler: grid\nmax_iter: 6" + SMALL)
    code = KILLED.format(tests=str(Path(__file__).parent))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    rows = searched(made, hill, resume=True)
    assert [row.state for row in rows] == ["done"] * 6
    assert sorted(str(row.params) for row in rows) == sorted(map(str, made.space.points()[:6]))
    assert next(row for row in rows if row.folder == "0002").number > 2


def test_workers_of_two_processes_share_a_storage_and_no_point(source, folder, searched):
    from ppclas_search.session import Options, search

    made = source("sampler: grid\npruner: none" + SMALL)
    options = Options(storage="shared.journal", resume=True, workers=2)
    begun: Tuple[List[str], List[str]] = ([], [])
    codes: List[int] = []

    def work(who):
        def start(place, number):
            begun[who].append(place.name)
            return search_stubs.Stub(place, hill)

        codes.append(search(made, options, start=start).signum)

    threads = [threading.Thread(target=work, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert len({*begun[0], *begun[1]}) == len(begun[0]) + len(begun[1]) == 12
    rows = searched(made, hill, storage="shared.journal", resume=True)
    assert sorted(str(row.params) for row in rows) == sorted(map(str, made.space.points()))


def test_a_trial_of_a_silent_machine_is_taken_over(source, searched, monkeypatch):
    made = source("sampler: grid\nmax_iter: 3" + SMALL)

    def start(place, number):
        if place.name == "0001":
            raise RuntimeError("the machine is gone")
        return search_stubs.Stub(place, hill)

    with pytest.raises(RuntimeError):
        searched(made, None, start=start, storage="sqlite:///shared.db")
    monkeypatch.setattr("ppclas_search.study.STALE_SECONDS", 0.0)
    rows = searched(made, hill, storage="sqlite:///shared.db", resume=True)
    assert [row.state for row in rows] == ["done"] * 3
    assert "0001" in {row.folder for row in rows}


def test_resume_refuses_another_search_and_a_finished_one_is_left(source, searched, error_of, folder):
    first = source("sampler: grid\nmax_iter: 2" + SMALL)
    searched(first, hill)
    assert len(searched(first, None, resume=True)) == 2
    assert len(searched(first, hill, resume=True, trials=4)) == 4
    other = source("sampler: grid\nmax_iter: 2" + SMALL.replace("[0.1,", "[0.2,"))
    assert "search.LEARNING_RATE.params.lr changed" in error_of(lambda: searched(other, hill, resume=True))
    changed = source("sampler: grid\nmax_iter: 2" + SMALL, "epochs=9")
    assert "config.epochs changed" in error_of(lambda: searched(changed, hill, resume=True))
    assert len(searched(other, hill)) == 2
    assert (folder / "output/search/space.1/study.db").is_file()


def test_a_shared_storage_is_not_started_over_by_mistake(source, searched, error_of):
    made = source("sampler: grid\nmax_iter: 2" + SMALL)
    searched(made, hill, storage="sqlite:///shared.db")
    assert "--resume joins it" in error_of(lambda: searched(made, hill, storage="sqlite:///shared.db"))


def test_a_storage_that_cannot_be_opened_is_reported(source, searched, error_of):
    said = error_of(lambda: searched(source("max_iter: 2" + SMALL), hill, storage="nosuchdb://host/name"))
    assert said.startswith("--storage: the storage cannot be opened")


def test_only_the_checkpoints_of_the_best_trial_are_kept(source, searched, folder):
    trials = folder / "output/search/space/trials"

    def start(place, number):
        for name in ("best_model", "last", "5"):
            (place / "SearchedNet" / name).mkdir(parents=True)
            (place / "SearchedNet" / name / "ppcls.pdparams").touch()
        return search_stubs.Stub(place, hill)

    rows = searched(source("sampler: grid\nmax_iter: 6\npruner: none" + SMALL), None, start=start)
    best = max(rows, key=lambda row: row.value)
    assert [path.parent for path in trials.rglob("ppcls.pdparams")] == [trials / best.folder / "SearchedNet/best_model"]
