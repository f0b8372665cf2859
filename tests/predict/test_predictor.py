# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of `ppc.Predictor`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Callable, Iterator, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.data import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.predict import Prediction
from ppclas_core.runs.meta import read_meta, write_meta


def first_names(predictions: List[Prediction]) -> List[str]:
    return [prediction.classes[0].name for prediction in predictions]


def test_a_folder_is_read_in_order_with_names_of_the_checkpoint(checkpoint: Path, pictures: Path) -> None:
    found = ppc.Predictor(checkpoint).predict(str(pictures))
    assert [Path(str(each.path)).name for each in found] == ["a green.png", "c red.png", "b blue.png"]
    assert first_names(found) == ["grün", "red", "bright blue"]
    assert all(len(each.classes) == 3 for each in found)  # five were asked for, there are three
    assert all(sum(score for _, _, score in each.classes) == pytest.approx(1) for each in found)


def test_bytes_arrays_and_files_give_the_same(checkpoint: Path, pictures: Path) -> None:
    from ppclas_core.data import DecodeImage

    file = pictures / "c red.png"
    pixels = DecodeImage()(file.read_bytes())
    predictor = ppc.Predictor(checkpoint)
    from_file, from_bytes, from_array = predictor.predict([file, file.read_bytes(), pixels], topk=1)
    assert from_file.classes == from_bytes.classes == from_array.classes
    assert predictor.predict(pixels)[0].path is None


def test_a_checkpoint_and_its_bundles_agree(checkpoint: Path, pictures: Path, tmp_path: Path) -> None:
    expected = ppc.Predictor(checkpoint).predict([pictures])
    bundle = ppc.export(checkpoint.parent, "inference", tmp_path / "bündle", uint8=True).path
    for predictor in (ppc.Predictor(checkpoint.parent, runtime="paddle"), ppc.Predictor(bundle),
                      ppc.Predictor(bundle, runtime="paddle")):
        found = predictor.predict([pictures], batch_size=2)
        assert first_names(found) == first_names(expected)
        np.testing.assert_allclose([each.classes[0].score for each in found],
                                   [each.classes[0].score for each in expected], rtol=1e-5)


def test_a_bad_image_raises_with_its_path_or_is_reported_at_its_position(checkpoint: Path, pictures: Path) -> None:
    (pictures / "b bad.jpg").write_bytes(b"this is no picture")
    predictor = ppc.Predictor(checkpoint)
    with pytest.raises(BadImage, match="not an image") as caught:
        predictor.predict([pictures])
    assert "b bad.jpg" in str(caught.value)
    found = predictor.predict([pictures], on_bad="report", batch_size=2)
    assert [bool(each.error) for each in found] == [False, True, False, False]
    assert "not an image" in found[1].error
    assert found[1].to_dict() == {"path": found[1].path, "error": found[1].error}


def test_a_batch_of_bad_images_alone_does_not_crash(checkpoint: Path) -> None:
    found = ppc.Predictor(checkpoint).predict([b"", b"x"], on_bad="report")
    assert [bool(each.error) for each in found] == [True, True]


def test_without_labels_the_name_is_the_number(checkpoint: Path, pictures: Path) -> None:
    meta = read_meta(checkpoint)
    assert meta is not None
    write_meta(checkpoint, dataclasses.replace(meta, labels=[]))
    assert first_names(ppc.Predictor(checkpoint).predict(pictures / "c red.png")) == ["0"]


def test_runtimes_that_cannot_run_it_are_reported(checkpoint: Path, tmp_path: Path) -> None:
    bundle = ppc.export(checkpoint, "inference", tmp_path / "out").path
    with pytest.raises(ppc.UserError, match="dygraph runs checkpoints"):
        ppc.Predictor(bundle, runtime="dygraph")
    with pytest.raises(ppc.UserError, match="runtime 'padle'.*Did you mean 'paddle'"):
        ppc.Predictor(checkpoint, runtime="padle")


def test_an_absent_device_is_reported(checkpoint: Path, tmp_path: Path) -> None:
    import paddle

    if paddle.device.is_compiled_with_cuda() and paddle.device.cuda.device_count():
        pytest.skip("this machine has a GPU")
    bundle = ppc.export(checkpoint, "inference", tmp_path / "out").path
    for path in (bundle, checkpoint):
        with pytest.raises(ppc.UserError, match="device is gpu"):
            ppc.Predictor(path, device="gpu")


def test_logits_take_only_what_the_model_takes(checkpoint: Path) -> None:
    predictor = ppc.Predictor(checkpoint)
    assert predictor.logits(np.zeros((2, 3, 32, 32), np.float32)).shape == (2, 3)
    for wrong in (np.zeros((2, 3, 32, 31), np.float32), np.zeros((0, 3, 32, 32), np.float32),
                  np.zeros((1, 3, 32, 32), np.uint8), np.zeros((3, 32, 32), np.float32)):
        with pytest.raises(ppc.UserError, match=r"the model takes float32 \(N, 3, 32, 32\)"):
            predictor.logits(wrong)


def test_floats_are_no_pixels(checkpoint: Path) -> None:
    with pytest.raises(ppc.UserError, match="it must be uint8"):
        ppc.Predictor(checkpoint).predict(np.zeros((32, 32, 3), np.float32))


def test_a_missing_image_is_reported_at_its_position(checkpoint: Path, pictures: Path) -> None:
    predictor = ppc.Predictor(checkpoint)
    given = [pictures / "c red.png", pictures / "gone.png", pictures / "a green.png"]
    with pytest.raises(BadImage, match="no such file or folder"):
        predictor.predict(given)
    found = predictor.predict(given, on_bad="report")
    assert [each.error for each in found] == ["", "no such file or folder", ""]
    assert [each.path for each in found] == [str(path) for path in given]
    with pytest.raises(ppc.UserError, match="on_bad is 'ignore'"):
        predictor.predict(given, on_bad="ignore")  # type: ignore[arg-type]  # the mistake of this test


def test_a_generator_of_frames_is_predicted_batch_by_batch(checkpoint: Path) -> None:
    taken: List[int] = []

    def frames() -> Iterator[np.ndarray]:
        for index in range(100):
            taken.append(index)
            frame = np.full((40, 60, 3), 30, np.uint8)
            frame[:, :, index % 3] = 230
            yield frame

    stream = ppc.Predictor(checkpoint).stream(frames(), topk=1, batch_size=3)
    assert first_names([next(stream) for _ in range(3)]) == ["red", "grün", "bright blue"]
    assert len(taken) == 3


def test_the_frames_of_a_video_and_a_batch_of_pixels_are_predicted(
        checkpoint: Path, tmp_path: Path, write_video: Callable[..., Path]) -> None:
    colors = [(230, 30, 30), (30, 230, 30), (30, 30, 230), (230, 30, 30)]
    video = write_video(tmp_path / "film.avi", colors)
    predictor = ppc.Predictor(checkpoint)
    found = predictor.predict(video, topk=1, every=2)
    assert first_names(found) == ["red", "bright blue"]
    assert [each.path for each in found] == [f"{video}#0", f"{video}#2"]
    batch = np.stack([np.full((40, 60, 3), color, np.uint8) for color in colors])
    assert first_names(predictor.predict(batch, topk=1)) == ["red", "grün", "bright blue", "red"]
    transparent = np.concatenate([batch, np.full((4, 40, 60, 1), 9, np.uint8)], axis=3)
    assert first_names(predictor.predict(transparent, topk=1)) == ["red", "grün", "bright blue", "red"]
    assert len(predictor.predict(batch[:, :, :, :1])) == 4
    with pytest.raises(ppc.UserError, match="camera 0 never ends"):
        predictor.predict(0)


def test_an_open_capture_is_predicted_as_its_frames(
        checkpoint: Path, tmp_path: Path, write_video: Callable[..., Path]) -> None:
    video = write_video(tmp_path / "film.avi", [(230, 30, 30), (30, 230, 30), (30, 30, 230)])
    predictor = ppc.Predictor(checkpoint)
    found = predictor.predict(cv2.VideoCapture(str(video)), topk=1, every=2)
    assert first_names(found) == ["red", "bright blue"]
    assert [each.path for each in found] == ["capture#0", "capture#2"]
    capture = cv2.VideoCapture(str(video))
    assert first_names([next(predictor.stream(capture, topk=1, batch_size=1))]) == ["red"]
    assert first_names(predictor.predict(capture, topk=1)) == ["grün", "bright blue"]
    with pytest.raises(BadImage, match="no frames left"):
        predictor.predict(capture)
    with pytest.raises(BadImage, match="not open"):
        predictor.predict(cv2.VideoCapture())


def test_an_open_capture_of_a_camera_is_for_stream_alone(checkpoint: Path) -> None:
    class Camera:  # a subclass of cv2.VideoCapture crashes Python 3.9 in its garbage collection
        """A capture without a number of frames."""

        def isOpened(self) -> bool:  # noqa: N802  # the name in OpenCV
            return True

        def get(self, number: int, /) -> float:
            return {cv2.CAP_PROP_FRAME_COUNT: -1.0}[number]

        def grab(self) -> bool:
            return True

        def retrieve(self, *_: object) -> Any:  # as in OpenCV
            return True, np.full((40, 60, 3), (30, 30, 230), np.uint8)

    predictor = ppc.Predictor(checkpoint)
    for call in (predictor.predict, predictor.preprocess):
        with pytest.raises(ppc.UserError, match="it may never end"):
            call(Camera())
    stream = predictor.stream(Camera(), topk=1, batch_size=2)
    assert first_names([next(stream) for _ in range(3)]) == ["red"] * 3

def test_numbers_below_one_and_missing_paths_are_reported(checkpoint: Path, tmp_path: Path) -> None:
    predictor = ppc.Predictor(checkpoint)
    with pytest.raises(ppc.UserError, match="at least 1"):
        predictor.predict([b""], topk=0)
    with pytest.raises(ppc.UserError, match="no such file or folder"):
        predictor.predict(tmp_path / "nowhere.jpg")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ppc.UserError, match="no images in this folder"):
        predictor.predict(tmp_path / "empty")
