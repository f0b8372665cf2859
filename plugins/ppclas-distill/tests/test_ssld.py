# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The four steps of the data selection, and what happens to them when they are killed or shared."""

from __future__ import annotations

import importlib.util
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.testing.toy import toy_checkpoint
from ppclas_distill.chunks import Chunks, Shard
from ppclas_distill.dedup import find_duplicates
from ppclas_distill.features import extract, features_of
from ppclas_distill.label import LabelTeacher, label_images, names_of
from ppclas_distill.listing import open_images
from ppclas_distill.matching import compare, groups
from ppclas_distill.select import merge_lists, select_images
from ppclas_distill.ssld_command import shard_of


@pytest.fixture(scope="module")
def drawing():
    path = Path(__file__).resolve().parents[3] / "benchmarks/ssld_dedup.py"
    spec = importlib.util.spec_from_file_location("ssld_dedup", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_multilabel_teacher_cannot_label(labelled, tmp_path):
    import dataclasses

    from ppclas_core.runs.meta import read_meta, write_meta

    folder = toy_checkpoint(tmp_path / "several")
    meta = read_meta(folder)
    assert meta is not None
    write_meta(folder, dataclasses.replace(meta, task="multilabel", threshold=0.5))
    with pytest.raises(UserError, match="not those of exclusive classes"):
        label_images(open_images(str(labelled / "images")), LabelTeacher(str(folder), "dygraph"),
                     tmp_path / "labels")


def test_planted_copies_are_found_and_nothing_else(drawing, tmp_path):
    planted = drawing.draw_set(tmp_path / "images", 40, 10)
    listing = open_images(str(tmp_path / "images"))
    found = find_duplicates(listing, tmp_path / "out")
    assert {frozenset((listing.source.name(pair.image), listing.source.name(pair.other)))
            for pair in found.pairs} == set(planted)
    kept = (tmp_path / "out/kept.txt").read_text(encoding="utf-8").split()
    assert kept == [f"{number:05d}.jpg" for number in range(30)]
    page = (tmp_path / "out/duplicates.html").read_text(encoding="utf-8")
    assert page.count("<figure>") == 10
    assert page.count("data:image/jpeg") == 20
    assert len((tmp_path / "out/duplicates.csv").read_text(encoding="utf-8").splitlines()) == 11


def test_against_a_reference_all_twins_of_it_go_and_labels_stay(drawing, tmp_path):
    drawing.draw_set(tmp_path / "all", 12, 4)
    (tmp_path / "all/broken.jpg").write_bytes(b"no image")
    (tmp_path / "pool.txt").write_text(
        "all/copy_00001.jpg 5\nall/00007.jpg 3\nall/00001.jpg 5\nall/broken.jpg 0\n", encoding="utf-8")
    (tmp_path / "val.txt").write_text("all/00001.jpg\nall/00002.jpg\n", encoding="utf-8")
    found = find_duplicates(open_images(str(tmp_path / "pool.txt")), tmp_path / "out",
                            against=open_images(str(tmp_path / "val.txt")))
    assert (found.dropped, found.unreadable) == ([0, 2], [3])
    assert (tmp_path / "out/kept.txt").read_text(encoding="utf-8") == "all/00007.jpg 3\n"


def test_a_mirrored_image_is_another_and_a_uniform_one_is_not_compared(drawing):
    scene = cv2.cvtColor(drawing.draw_scene(np.random.default_rng(3)), cv2.COLOR_BGR2GRAY)
    one = features_of(scene, 96)
    assert compare(one, one) is not None
    assert compare(one, features_of(scene[:, ::-1].copy(), 96)) is None
    plain = features_of(np.full((50, 70), 90, np.uint8), 96)
    assert len(plain.points) == 0
    assert compare(plain, plain) is None


def test_killed_work_is_resumed_and_divided_among_processes(drawing, tmp_path, monkeypatch):
    drawing.draw_set(tmp_path / "images", 20, 4)
    listing = open_images(str(tmp_path / "images"))
    whole = find_duplicates(listing, tmp_path / "whole", chunk=4)

    class KilledError(Exception):
        pass

    written, write = [], Chunks.write

    def die_after_three(chunks, number, **arrays):
        write(chunks, number, **arrays)
        written.append(number)
        if len(written) == 3:
            raise KilledError

    monkeypatch.setattr(Chunks, "write", die_after_three)
    with pytest.raises(KilledError):
        find_duplicates(listing, tmp_path / "parts", chunk=4, shard=Shard(1, 3))
    monkeypatch.undo()
    done = {file: file.stat().st_mtime_ns for file in (tmp_path / "parts/features").glob("*.npz")}
    assert len(done) == 3
    again = find_duplicates(listing, tmp_path / "parts", chunk=4, shard=Shard(0, 2))
    assert again == whole
    assert all(file.stat().st_mtime_ns == time for file, time in done.items())
    with pytest.raises(UserError, match="points = 96, now it is 50"):
        find_duplicates(listing, tmp_path / "parts", points=50, chunk=4)


def test_a_chunk_is_done_by_its_owner_first_then_by_anyone(tmp_path):
    chunks = Chunks(tmp_path, {}, 10, 2)
    assert list(chunks.todo(Shard(1, 2))) == [1, 3, 0, 2, 4]
    chunks.write(3, x=np.zeros(1))
    assert list(chunks.todo(Shard(1, 2))) == [1, 0, 2, 4]
    with pytest.raises(UserError, match="4 of 5 chunks are missing"):
        list(chunks.read())


def test_groups_join_what_is_joined_through_others():
    assert groups([(5, 3), (9, 5), (7, 8)]) == {5: 3, 3: 3, 9: 3, 7: 7, 8: 7}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Soft labels of 11 random images by a toy, in chunks of 4; the last image is broken."""
    folder = tmp_path_factory.mktemp("labelled")
    rng = np.random.default_rng(0)
    (folder / "images").mkdir()
    for number in range(10):
        image = np.clip(rng.normal(rng.integers(0, 255, 3), 30, (32, 32, 3)), 0, 255).astype(np.uint8)
        cv2.imencode(".png", image)[1].tofile(str(folder / f"images/{number} x.png"))
    (folder / "images/z.png").write_bytes(b"")
    toy_checkpoint(folder / "teacher")
    label_images(open_images(str(folder / "images")), LabelTeacher(str(folder / "teacher"), "dygraph"),
                 folder / "labels", topk=3, chunk=4)
    return folder


def test_labels_are_the_predictions_of_the_teacher(labelled):
    from ppclas_core.predict import Predictor

    _, arrays = list(Chunks.read(_opened(labelled)))[1]
    assert names_of(arrays) == [f"{number} x.png" for number in range(4, 8)]
    told = Predictor(labelled / "teacher").predict([str(labelled / "images/5 x.png")], topk=3)[0].classes
    assert arrays["classes"][1].tolist() == [each.id for each in told]
    np.testing.assert_allclose(arrays["scores"][1], [each.score for each in told], rtol=1e-5)


def _opened(labelled):
    from ppclas_distill.chunks import open_chunks

    return open_chunks(labelled / "labels")[0]


def test_label_goes_on_where_it_was_and_refuses_another_model(labelled, caplog):
    caplog.set_level("INFO")
    listing = open_images(str(labelled / "images"))
    (labelled / "labels/00000001.npz").unlink()
    label_images(listing, LabelTeacher(str(labelled / "teacher"), "dygraph"), labelled / "labels", topk=3, chunk=4)
    assert caplog.messages[-1] == "label: images 4 to 7 of 11 labeled"
    with pytest.raises(UserError, match="results there have model"):
        label_images(listing, LabelTeacher(str(labelled / "other")), labelled / "labels", topk=3, chunk=4)


def test_the_best_of_each_class_are_selected_and_merged(labelled, tmp_path):
    arrays = [arrays for _, arrays in _opened(labelled).read()]
    classes = np.concatenate([each["classes"][:, 0] for each in arrays])
    scores = np.concatenate([each["scores"][:, 0] for each in arrays])
    assert classes[-1] == -1  # the broken one
    chosen = select_images(labelled / "labels", tmp_path / "selected.txt", per_class=2)
    expected = []
    for label in np.unique(classes[classes >= 0]):
        members = np.flatnonzero(classes == label)
        expected += members[np.argsort(-scores[members], kind="stable")][:2].tolist()
    lines = (tmp_path / "selected.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [f"{number} x.png {classes[number]}" for number in sorted(expected)]
    assert chosen.chosen == len(expected)
    assert select_images(labelled / "labels", tmp_path / "none.txt", per_class=2, min_score=1.1).chosen == 0
    (tmp_path / "train.txt").write_text(f"images/{lines[0].rpartition(' ')[0]} 9\na.png 1\n", encoding="utf-8")
    count = merge_lists([(str(tmp_path / "train.txt"), str(labelled)),
                         (str(tmp_path / "selected.txt"), str(labelled / "images"))], tmp_path / "all.txt", labelled)
    assert count == (len(lines) + 1, 1)
    merged = (tmp_path / "all.txt").read_text(encoding="utf-8").splitlines()
    assert merged[0].endswith(" 9")  # the true label stays
    assert merged[2:] == [f"images/{line}" for line in lines[1:]]
    assert open_images(str(tmp_path / "all.txt"), str(labelled)).labeled


def test_lists_are_read_with_and_without_labels(tmp_path):
    (tmp_path / "bare.txt").write_bytes(b"a b.png\r\n\nc.png")
    bare = open_images(str(tmp_path / "bare.txt"))
    assert [bare.line(index) for index in range(2)] == ["a b.png", "c.png"]
    (tmp_path / "labelled.txt").write_text("a b.png 3\nc.png 0\n", encoding="utf-8")
    labelled = open_images(str(tmp_path / "labelled.txt"), "/data")
    assert [labelled.line(index) for index in range(2)] == ["a b.png 3", "c.png 0"]
    assert labelled.source.path(0).startswith("/data")
    assert bare.digest() != labelled.digest() or len(bare) == len(labelled)


@pytest.mark.parametrize(("given", "launched", "shard"), [
    (None, None, (0, 1)), (None, ("2", "8"), (2, 8)), ("1/4", ("2", "8"), (1, 4)), ("4/4", None, None)])
def test_a_process_gets_its_shard_from_options_or_the_launcher(given, launched, shard, monkeypatch):
    for name, value in zip(("PADDLE_TRAINER_ID", "PADDLE_TRAINERS_NUM"), launched or ("0", "1")):
        monkeypatch.setenv(name, value)
    if shard is None:
        with pytest.raises(UserError, match="it must be I/N"):
            shard_of(Namespace(shard=given))
    else:
        assert shard_of(Namespace(shard=given)) == shard


def test_the_command_line_runs_all_four(labelled, ppclas_project):
    project = ppclas_project()
    images = str(labelled / "images")
    assert "10 kept" in project.run("ssld", "dedup", images, "--out", "dedup").succeeded().out
    project.run("ssld", "label", str(labelled / "teacher"), "dedup/kept.txt", "--root", images, "--out", "labels",
                "--engine", "dygraph", "--shard", "0/1").succeeded()
    project.run("ssld", "select", "labels", "--per-class", "3", "--out", "selected.txt").succeeded()
    out = project.run("ssld", "merge", f"selected.txt={images}", "--out", "train.txt").succeeded().out
    assert "0 lines repeated a path" in out
    assert project.run("ssld", "dedup", images, "--out", "dedup", "--shard", "2/2").code == 2
    assert "--per-class is 0" in project.run("ssld", "select", "labels", "--per-class", "0", "--out", "x").err


def test_a_published_teacher_labels_by_its_name_and_by_its_file(labelled, tmp_path, published_toy, ppclas_project):
    from ppclas_core.models.pretrained import PretrainedSource

    project, found = ppclas_project(), []
    by_file = [str(PretrainedSource(published_toy).resolve()[0]), "--model", published_toy]
    for out, teacher in (("one", [published_toy]), ("two", by_file)):
        project.run("ssld", "label", teacher[0], str(labelled / "images"), "--out", out, "--topk", "3", "--engine",
                    "dygraph", *teacher[1:]).succeeded()
        with np.load(next((tmp_path / out).glob("*.npz"))) as arrays:
            found.append((names_of(arrays), arrays["classes"], arrays["scores"]))
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])
    np.testing.assert_array_equal(found[0][2], found[1][2])
    assert found[0][1].shape[1] == 3
    again = project.run("ssld", "label", published_toy, str(labelled / "images"), "--out", "one", "--topk", "3")
    assert "have labels already" in again.succeeded().err


def test_a_published_teacher_needs_no_name_of_its_architecture(published_toy):
    from ppclas_distill.spec import teacher_specs

    (spec,) = teacher_specs({"pretrained": published_toy})
    assert (spec.name, spec.pretrained) == (published_toy, published_toy)


def test_a_label_list_of_the_student_gives_the_indices_by_name(labelled, tmp_path):
    plain = select_images(labelled / "labels", tmp_path / "plain.txt", per_class=2)
    names = [f"class {index}" for index in range(4)]
    assert (labelled / "labels/label_list.txt").read_text(encoding="utf-8").splitlines() == [
        f"{index} {name}" for index, name in enumerate(names)]
    (tmp_path / "labels.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(["other", *names[::-1]])),
                                         encoding="utf-8")
    renumbered = select_images(labelled / "labels", tmp_path / "own.txt", per_class=2,
                               label_list=tmp_path / "labels.txt")
    rows = [[line.rpartition(" ")[::2] for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()]
            for name in ("plain.txt", "own.txt")]
    assert rows[1] == [(path, str(4 - int(label))) for path, label in rows[0]]
    assert renumbered.per_class == {4 - label: count for label, count in plain.per_class.items()}
    (tmp_path / "labels.txt").write_text("0 other\n", encoding="utf-8")
    with pytest.raises(UserError, match="the teacher has .* that the label list .* does not have: 'class"):
        select_images(labelled / "labels", tmp_path / "own.txt", per_class=2, label_list=tmp_path / "labels.txt")


def test_a_cut_jpeg_is_compared_with_nothing(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    data = cv2.imencode(".jpg", pixels)[1].tobytes()
    (tmp_path / "whole.jpg").write_bytes(data)
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    assert extract(str(tmp_path / "whole.jpg"), 10) is not None
    assert extract(str(tmp_path / "cut.jpg"), 10) is None
