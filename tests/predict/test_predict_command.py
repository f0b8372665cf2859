# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: `ppclas predict` at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable


def test_it_prints_names_not_numbers(ppclas_project: Any, checkpoint: Path, pictures: Path) -> None:
    done = ppclas_project().run("predict", str(checkpoint.parent), str(pictures), "--topk", "2").succeeded()
    lines = done.out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{pictures / 'a green.png'}: grün ")
    assert lines[0].count("%") == 2


def test_json_is_one_array_on_standard_output(ppclas_project: Any, checkpoint: Path, pictures: Path) -> None:
    (pictures / "d bad.png").write_bytes(b"")
    outcome = ppclas_project().run("predict", str(checkpoint), str(pictures), "--json", "--topk", "1")
    assert outcome.code == 2
    rows = json.loads(outcome.out)
    assert [row.get("classes", [{}])[0].get("name") for row in rows] == ["grün", "red", None, "bright blue"]
    assert rows[2]["error"] == "the file is empty"
    assert rows[0]["classes"][0]["id"] == 1
    assert 0 < rows[0]["classes"][0]["score"] <= 1


def test_bad_images_are_named_counted_and_do_not_stop_the_rest(
        ppclas_project: Any, checkpoint: Path, pictures: Path) -> None:
    (pictures / "b bad.jpg").write_bytes(b"text")
    outcome = ppclas_project().run("predict", str(checkpoint), str(pictures))
    assert outcome.code == 2
    assert len(outcome.out.splitlines()) == 3
    assert "b bad.jpg: not an image" in outcome.err
    assert "1 of 4 images could not be used" in outcome.err


def test_a_wrong_path_is_reported_before_the_model_is_read(ppclas_project: Any) -> None:
    outcome = ppclas_project().run("predict", "no_run", "no_image.jpg")
    assert outcome.code == 2
    assert "no_image.jpg: no such file or folder" in outcome.err


def test_weights_that_are_not_there_are_reported(ppclas_project: Any, pictures: Path) -> None:
    outcome = ppclas_project().run("predict", "no_run", str(pictures))
    assert outcome.code == 2
    assert "no_run" in outcome.err
    assert "Traceback" not in outcome.err


def test_missing_images_are_reported_and_the_others_predicted(
        ppclas_project: Any, checkpoint: Path, pictures: Path) -> None:
    outcome = ppclas_project().run("predict", str(checkpoint), "gone.jpg", str(pictures / "*.png"))
    assert outcome.code == 2
    assert len(outcome.out.splitlines()) == 2
    assert "gone.jpg: no such file or folder" in outcome.err
    assert "1 of 3 images could not be used" in outcome.err


def test_swapped_arguments_are_named(ppclas_project: Any, checkpoint: Path, pictures: Path) -> None:
    image = str(pictures / "a green.png")
    for given in ([image, str(checkpoint)], [image]):
        outcome = ppclas_project().run("predict", *given)
        assert outcome.code == 2
        assert "this is an image; the first argument is the model" in outcome.err
        assert f"ppclas predict {str(checkpoint)!r} '{image}'" in outcome.err or len(given) == 1


def test_every_nth_frame_of_a_video_is_predicted(
        ppclas_project: Any, checkpoint: Path, tmp_path: Path, write_video: Callable[..., Path]) -> None:
    video = write_video(tmp_path / "film.avi", [(230, 30, 30), (30, 230, 30), (30, 30, 230)])
    done = ppclas_project().run("predict", str(checkpoint), str(video), "--every", "2", "--topk", "1").succeeded()
    lines = done.out.splitlines()
    assert [line.rpartition("film.avi")[2].split(" ")[0] for line in lines] == ["#0:", "#2:"]
    assert "bright blue" in lines[1]


def test_wrong_uses_of_cameras_and_frames_are_reported(ppclas_project: Any, checkpoint: Path) -> None:
    project = ppclas_project()
    for options, message in ((["--camera", "99"], "camera:99: OpenCV"), (["--camera", "-1"], "numbered from 0"),
                             (["--camera", "0", "--json"], "a camera never ends"), ([], "no image is given"),
                             (["x.jpg", "--every", "0"], "--every is 0")):
        outcome = project.run("predict", str(checkpoint), *options)
        assert outcome.code == 2, options
        assert message in outcome.err, options
        assert "Traceback" not in outcome.err


def test_predictions_are_written_to_a_table_lines_or_a_folder(ppclas_project: Any, checkpoint: Path,
                                                              pictures: Path) -> None:
    project = ppclas_project()
    table = project.run("predict", str(checkpoint), str(pictures), "--out", "found.csv", "--topk", "2").succeeded()
    assert table.out == "wrote found.csv: 3 predictions\n"
    rows = (project.folder / "found.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "path,class_1,score_1,class_2,score_2,error"
    assert [row.split(",")[1] for row in rows[1:]] == ["grün", "red", "bright blue"]
    (pictures / "d bad.png").write_bytes(b"")
    lines = project.run("predict", str(checkpoint), str(pictures), "--out", "found.jsonl")
    assert lines.code == 2
    assert "1 of 4 images could not be used" in lines.err
    found = [json.loads(line) for line in (project.folder / "found.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row.get("error", "") for row in found].count("the file is empty") == 1
    project.run("predict", str(checkpoint), str(pictures), "--out", "bars")
    assert (project.folder / "bars" / "sub" / "b blue.png").is_file()
    assert "the file is empty" in (project.folder / "bars" / "errors.csv").read_text(encoding="utf-8")
    project.run("predict", str(checkpoint), str(pictures / "sub"), "--out", "classes", "--sort").succeeded()
    assert (project.folder / "classes" / "bright blue" / "b blue.png").is_file()


def test_an_output_that_cannot_be_written_is_reported_before_the_model_is_read(ppclas_project: Any,
                                                                               pictures: Path) -> None:
    project = ppclas_project()
    for words, text in ((["--out", str(pictures)], "the folder is not empty"), (["--sort"], "--sort needs a folder"),
                        (["--out", "a.csv", "--sort"], "--sort writes a folder")):
        outcome = project.run("predict", "no_run", str(pictures), *words)
        assert outcome.code == 2
        assert text in outcome.err
