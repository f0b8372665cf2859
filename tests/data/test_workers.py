# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Threads and processes give the same batches and clear errors, and leave nothing behind when one is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.data import BadImage, Loader, build_pipeline
from ppclas_core.data.cache import cached
from ppclas_core.data.errors import TransformError
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, Step
from ppclas_core.data.readers.source import Source
from ppclas_core.data.workers import processes as process_workers
from ppclas_core.data.workers.batch_buffer import BufferPool
from ppclas_core.data.workers.choice import choose_workers
from ppclas_core.errors import UserError

TRAIN: list[Any] = [{"DecodeImage": {}}, {"RandCropImage": {"size": 8}}, {"RandFlipImage": {}}, {"NormalizeImage": {}},
                    {"ToCHWImage": {}}]
LONG = 300
"""Time limit in seconds that no machine exceeds; ops that sleep do so for longer."""
needs_fork = pytest.mark.skipif(not process_workers.available, reason="no fork here")


def make_source(folder: Path, count: int = 23) -> Source:
    rng = np.random.default_rng(0)
    for index in range(count):
        image = rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return Source.from_paths(str(folder), [f"{index}.png" for index in range(count)], [i % 5 for i in range(count)])


def with_op(op: Any) -> Pipeline:
    steps = build_pipeline(TRAIN).steps
    return Pipeline([*steps[:3], Step(type(op).__name__, op, None), *steps[3:]], lambda index: None)


def load(source: Source, pipeline: Any = None, **options: Any) -> Loader:
    options = {"shuffle": True, "drop_last": False, "num_workers": 2, "worker_type": "processes", **options}
    return Loader(source, pipeline or build_pipeline(TRAIN), 4, **options)


def children() -> list[Any]:
    return [process for process in multiprocessing.active_children() if process.name == "ppclas-loader"]


class Heavy:
    python_heavy = True

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return image


class FailsOnDark:
    """Op with a defect that one of the samples triggers."""

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        if rng.integers(8) == 0:
            raise ValueError("no such colour")
        return image


class Sleeps:
    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        time.sleep(10 * LONG)
        return image


@needs_fork
@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("tail", [TRAIN, [*TRAIN[:3], {"ToCHWImage": {}}, {"NormalizeImage": {}}]])
def test_processes_give_the_batches_of_one_thread(tmp_path, workers, tail):
    source, pipeline = make_source(tmp_path), build_pipeline(tail)
    alone = list(load(source, pipeline, num_workers=0).epoch(3))
    together = list(load(source, pipeline, num_workers=workers).epoch(3))
    assert len(alone) == len(together) == 6
    for one, other in zip(alone, together):
        assert all(np.array_equal(a, b) for a, b in zip((one.images, one.labels, one.indices),
                                                        (other.images, other.labels, other.indices)))
    assert not children()
    resumed = list(load(source, pipeline, num_workers=workers).epoch(3, start_step=4))
    assert np.array_equal(resumed[0].images, alone[4].images)


@needs_fork
def test_bad_images_are_listed_and_skipped_by_processes_too(tmp_path):
    source = make_source(tmp_path)
    (tmp_path / "7.png").write_bytes(b"no image")
    (tmp_path / "2.png").unlink()
    loader = load(source, on_bad_image="skip", bad_image_budget=0.1)
    seen = np.concatenate([batch.indices for batch in loader.epoch(0)])
    assert sorted(seen) == sorted({*range(23)} - {2, 7})
    assert [(Path(path).name, reason[:12]) for path, reason in loader.bad_images] == [
        ("2.png", "no such file"), ("7.png", "not an image")]
    with pytest.raises(BadImage, match=r"(2.png: no such file|7.png: not an image)"):
        list(load(source).epoch(0))
    assert not children()


@needs_fork
def test_a_defect_in_a_process_raises_with_op_sample_and_the_traceback(tmp_path):
    source, pipeline = make_source(tmp_path), with_op(FailsOnDark())
    with pytest.raises(TransformError, match=r"op 'FailsOnDark' failed on '.*png'.*no such colour") as caught:
        list(load(source, pipeline).epoch(0))
    assert "in __call__" in str(caught.value)
    with pytest.raises(TransformError) as alone:
        list(load(source, pipeline, num_workers=0).epoch(0))
    assert caught.value.path == alone.value.path
    assert not children()


@needs_fork
def test_images_of_another_size_are_named(tmp_path):
    source = make_source(tmp_path)
    (tmp_path / "5.png").write_bytes(cv2.imencode(".png", np.zeros((5, 6, 3), np.uint8))[1].tobytes())
    with pytest.raises(UserError, match=r"5.png: the transforms give images of different shapes"):
        list(load(source, build_pipeline([TRAIN[0], *TRAIN[3:]]), shuffle=False).epoch(0))


@needs_fork
def test_a_worker_that_is_killed_is_reported_at_once_and_the_others_end(tmp_path):
    batches = load(make_source(tmp_path, 200)).epoch(0)
    next(batches)
    os.kill(children()[0].pid, signal.SIGKILL)
    with pytest.raises(UserError, match=r"a data worker \(process \d+\) died: signal 9; .*out of memory"):
        list(batches)
    assert not children()


@needs_fork
@pytest.mark.parametrize("signum", process_workers._GROUP_SIGNALS)
def test_signals_that_all_processes_get_are_left_to_the_parent(tmp_path, signum):
    """A closed terminal, `timeout` and launchers send them to the whole group; the step still needs its data."""
    batches = load(make_source(tmp_path, 200)).epoch(0)
    next(batches)
    for child in children():
        os.kill(child.pid, signum)
    assert len(list(batches)) == 49
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


@needs_fork
def test_closing_the_iterator_ends_processes_in_the_middle_of_their_work(tmp_path):
    source = make_source(tmp_path)
    before = len(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else 0
    batches = load(source).epoch(0)
    next(batches)
    assert len(children()) == 2
    if before or os.path.isdir("/dev/shm"):
        assert len(os.listdir("/dev/shm")) <= before
    batches.close()
    assert not children()


_SCRIPT = """
import os, signal, sys, threading, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts jobs in the background with Ctrl-C ignored
sys.path.insert(0, {tests!r})
import test_workers as t
kind, folder = sys.argv[1:]
loader = t.load(t.make_source(Path(folder), 8), t.with_op(t.Sleeps()), worker_type=kind, num_workers=2, shuffle=False)
if kind == "processes":
    loader._example = lambda now, steps: t.np.zeros((8, 8, 3), t.np.uint8)

def tell():
    while len(t.children()) < 2:
        time.sleep(0.01)
    print(" ".join(str(child.pid) for child in t.children()), flush=True)

threading.Thread(target=tell, daemon=True).start()
list(loader.epoch(0))
"""


def start(folder: Path, kind: str) -> Any:
    script = folder / "script.py"
    script.write_text(_SCRIPT.format(tests=str(Path(__file__).parent)), encoding="utf-8")
    return subprocess.Popen([sys.executable, str(script), kind, str(folder)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, start_new_session=True)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(process: Any, pids: list[int]) -> None:
    """Wait for the end of all processes of a script: of those that hold the other end of its output."""
    process.communicate(timeout=LONG)
    assert process.returncode is not None
    while any(map(is_running, pids)):  # closed, and at its last breath
        time.sleep(0.01)


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_ends_parent_and_workers_at_once_even_in_the_middle_of_an_op(tmp_path):
    process = start(tmp_path, "processes")
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=LONG)
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert err.count("Traceback") == 1  # the workers say nothing
    wait_until_gone(process, pids)


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_idle_workers_see_that_their_parent_is_gone(tmp_path):
    code = _SCRIPT.format(tests=str(Path(__file__).parent)).replace("t.with_op(t.Sleeps())", "None").replace(
        "list(loader.epoch(0))", "batches = loader.epoch(0)\nnext(batches)\ntime.sleep(10 * t.LONG)")
    (tmp_path / "idle.py").write_text(code, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(tmp_path / "idle.py"), "processes", str(tmp_path)],
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    process.kill()
    wait_until_gone(process, pids)


@needs_fork
def test_missing_shared_memory_is_reported_before_any_worker_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(process_workers, "_memory_info", lambda: {"MemAvailable": 100})
    with pytest.raises(UserError, match=r"need 0.00 GB of shared memory, but 0.00 GB are free") as caught:
        list(load(make_source(tmp_path)).epoch(0))
    assert "batch_size" in str(caught.value)
    assert not children()


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="named memory and semaphores lie in /dev/shm there")
def test_processes_run_where_dev_shm_is_full(tmp_path, monkeypatch):
    import multiprocessing.synchronize as synchronize

    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vars(synchronize)["_multiprocessing"], "SemLock", full)
    monkeypatch.setattr("_posixshmem.shm_open", full)
    with pytest.raises(OSError, match="No space"):
        multiprocessing.get_context("fork").Lock()
    assert len(list(load(make_source(tmp_path)).epoch(0))) == 6


def test_the_kind_of_worker_depends_on_the_ops_and_the_reason_is_named(tmp_path):
    source, plain, heavy = make_source(tmp_path, 3), build_pipeline(TRAIN), with_op(Heavy())
    assert str(choose_workers(3, "auto", plain, source)) == "3 threads (the ops release the GIL)"
    assert str(choose_workers(0, "auto", heavy, source)) == "the main thread (num_workers is 0)"
    if process_workers.available:
        assert str(choose_workers(3, "auto", heavy, source)) == "3 processes (Heavy holds the GIL)"
        memory = cached(source, "ram", 1.0, None)
        assert choose_workers(3, "auto", heavy, memory).kind == "threads"
        with pytest.raises(UserError, match="belong to one process"):
            choose_workers(3, "processes", heavy, memory)
    assert 1 <= choose_workers("auto", "threads", plain, source).number <= 8
    with pytest.raises(UserError, match="worker_type is 'fibres'"):
        choose_workers(3, "fibres", plain, source)


def test_without_fork_threads_do_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(process_workers, "available", False)
    source, heavy = make_source(tmp_path, 3), with_op(Heavy())
    assert choose_workers(2, "auto", heavy, source).kind == "threads"
    with pytest.raises(UserError, match="cannot fork"):
        choose_workers(2, "processes", heavy, source)


def test_a_batch_is_never_changed_while_it_is_referenced_and_its_memory_is_reused(tmp_path):
    loader = load(make_source(tmp_path, 40), worker_type="threads")
    held = list(loader.epoch(0))
    copies = [batch.images.copy() for batch in held]
    list(loader.epoch(1))
    assert all(np.array_equal(batch.images, copy) for batch, copy in zip(held, copies))
    del held
    places = set()
    for batch in loader.epoch(2):
        places.add(batch.images.__array_interface__["data"][0])
        del batch
    assert len(places) <= 6


def test_a_pool_gives_an_array_again_only_when_no_view_is_left():
    pool = BufferPool(most=2)
    first = pool.take((2, 3))
    view = first[1:]
    place = first.__array_interface__["data"][0]
    del first
    assert pool.take((2, 3)).__array_interface__["data"][0] != place
    del view
    assert place in [pool.take((3, 2)).__array_interface__["data"][0] for _ in range(1)]


def test_a_file_that_vanishes_between_epochs_is_reported_by_name(tmp_path):
    loader = load(make_source(tmp_path), worker_type="threads")
    assert len(list(loader.epoch(0))) == 6
    (tmp_path / "11.png").unlink()
    with pytest.raises(BadImage, match=r"11.png: no such file"):
        list(loader.epoch(1))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ppclas-loader")]


def test_times_are_summed_over_all_kinds_of_workers(tmp_path):
    source = make_source(tmp_path)
    for kind in ("threads", "processes") if process_workers.available else ("threads",):
        loader = load(source, worker_type=kind, profile=True)
        list(loader.epoch(0))
        assert set(loader.stages.seconds) == {"read", "decode", "RandCropImage", "NormalizeImage", "collate", "wait",
                                              "train"}, kind
        assert loader.stages.counts["images"] == 23
