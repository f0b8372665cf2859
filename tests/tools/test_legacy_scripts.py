# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The scripts of July 2020, typed as its manual does: fetch, fine-tune, evaluate, export, classify.

On eight photos a side, a small network and a weights server of this machine; the stories follow one another.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator, List

import numpy as np
import pytest

from ppclas_core.testing.pytest_plugin import Outcome

ROOT = Path(__file__).resolve().parents[2]
NAME = "MobileNetV3_small_x0_35"
CONFIG = "./configs/quick_start/MobileNetV3_large_x1_0_finetune.yaml"
SMALL = f"-o ARCHITECTURE.name={NAME} -o epochs=1 -o TRAIN.batch_size=4 -o TRAIN.num_workers=0 -o VALID.num_workers=0"
FINETUNE = f"{SMALL} -o pretrained_model=./pretrained/{NAME}_pretrained"
RUN = f"output/{NAME}/best_model/ppcls"
IMAGE = "./dataset/flowers102/jpg/image_00000.jpg"

pytestmark = pytest.mark.xdist_group("fronts")


def script(path: str) -> Any:
    """The module of a script below tools/."""
    spec = importlib.util.spec_from_file_location(f"front_{Path(path).stem}", ROOT / "tools" / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def typed(line: str) -> Outcome:
    """`python tools/X.py ...`, in this process."""
    python, path, *arguments = shlex.split(line)
    assert python == "python"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = script(path[len("tools/"):]).main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, publish: Callable[[Path, str], None],
          serving: Callable[[Path], Any]) -> Iterator[Path]:
    """The working directory of all stories: flowers in dataset/, and the archive of a server."""
    from ppclas_core.data.opencv import cv2

    pytest.importorskip("ppclas_models_mobile")
    folder = tmp_path_factory.mktemp("fronts")
    rng = np.random.default_rng(0)
    lists: dict[str, List[str]] = {"train": [], "val": []}
    for index in range(16):
        label = index % 4
        pixels = np.clip(np.full((40, 50, 3), 60 * label) + rng.integers(0, 60, (40, 50, 3)), 0, 255).astype(np.uint8)
        file = folder / f"dataset/flowers102/jpg/image_{index:05d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imencode(".jpg", pixels)[1].tofile(str(file))
        lists["train" if index % 8 < 4 else "val"].append(f"jpg/{file.name} {label}\n")
    for name, lines in lists.items():
        (folder / f"dataset/flowers102/{name}_list.txt").write_text("".join(lines), encoding="utf-8")
    before, home = os.getcwd(), os.environ.get("PPCLAS_WEIGHTS_URL")
    os.chdir(folder)
    publish(folder / "server", NAME)
    with serving(folder / "server") as url:
        os.environ["PPCLAS_WEIGHTS_URL"] = url
        yield folder
    os.chdir(before)
    del os.environ["PPCLAS_WEIGHTS_URL"]
    if home is not None:
        os.environ["PPCLAS_WEIGHTS_URL"] = home


@pytest.fixture(scope="module")
def fetched(place: Path) -> Path:
    typed(f"python tools/download.py -a {NAME} -p ./pretrained -d True").succeeded()
    return place / "pretrained" / f"{NAME}_pretrained"


@pytest.fixture(scope="module")
def trained(fetched: Path, place: Path) -> Outcome:
    return typed(f"python tools/train.py -c {CONFIG} {FINETUNE}").succeeded()


@pytest.fixture(scope="module")
def exported(trained: Outcome, place: Path) -> Path:
    typed(f"python tools/export_model.py -m={NAME} -p={RUN} -o=./inference").succeeded()
    return place / "inference"


def run_model(folder: Path, batch: np.ndarray) -> np.ndarray:
    """What Paddle's own predictor makes of `model` and `params`; their input is `image`."""
    from paddle import inference

    config = inference.Config(str(folder / "model"), str(folder / "params"))
    config.disable_gpu()
    config.disable_glog_info()
    predictor = inference.create_predictor(config)
    assert predictor.get_input_names() == ["image"]
    predictor.get_input_handle("image").copy_from_cpu(batch)
    predictor.run()
    return np.asarray(predictor.get_output_handle(predictor.get_output_names()[0]).copy_to_cpu())


def test_download_unpacks_to_the_prefix_that_configs_name(fetched: Path) -> None:
    assert len(list(fetched.iterdir())) > 50


def test_download_lists_and_refuses_what_is_not_there(place: Path) -> None:
    assert NAME in typed("python tools/download.py -l True").succeeded().out.split()
    assert "published as" in typed(f"python tools/download.py -a {NAME} --postfix pdparams").err
    assert typed(f"python tools/download.py -a {NAME} -d False").code == 2


def test_train_writes_the_run_folder(trained: Outcome, place: Path) -> None:
    assert f"output/{NAME}" in trained.out
    assert "epoch:0 train step:0 loss:" in trained.err
    for name in ("ppcls.pdparams", "ppcls.pdopt"):
        assert (place / f"output/{NAME}/best_model/{name}").is_file()


def test_eval_counts_the_validation_list(trained: Outcome) -> None:
    outcome = typed(f"python tools/eval.py -c {CONFIG} {SMALL} -o pretrained_model={RUN}").succeeded()
    best = re.search(r"best top1 ([\d.]+)", trained.out)
    assert best is not None
    assert outcome.out.startswith(f"top1 {float(best.group(1)):.4f}")
    assert outcome.out.endswith("samples 8\n")


def test_a_misspelt_key_is_a_mistake_of_the_user(place: Path) -> None:
    outcome = typed(f"python tools/train.py -c {CONFIG} -o TRAIN.batchsize=4")
    assert outcome.code == 2
    assert "Did you mean 'batch_size'?" in outcome.err


def test_the_curves_for_visualdl_are_a_callback(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: List[List[str]] = []
    module = script("train.py")

    def ppclas(words: List[str]) -> int:
        said.append(words)
        return 0

    monkeypatch.setattr(module, "ppclas", ppclas)
    assert module.main(["-c", CONFIG, "--vdl_dir", "./vdl", "-o", "epochs=2"]) == 0
    assert said == [["train", CONFIG, "-o", "epochs=2", "-o", 'callbacks=[{"VisualDL": {"logdir": "./vdl"}}]']]


def test_the_exported_model_gives_the_outputs_of_the_weights(exported: Path) -> None:
    from ppclas_core.predict import Predictor

    batch = np.random.default_rng(3).normal(size=(3, 3, 224, 224)).astype(np.float32)
    logits = Predictor(RUN, device="cpu").logits(batch).astype(np.float64)
    expected = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(run_model(exported, batch), expected / expected.sum(1, keepdims=True), atol=1e-5)


def test_published_weights_are_exported_at_the_size_that_is_asked_for(fetched: Path, place: Path) -> None:
    line = f"python tools/export_model.py -m {NAME} -p ./pretrained/{NAME}_pretrained -o ./small --img_size 64"
    told = typed(line).succeeded().out
    assert "Paddle 1.8 does not know its operators" in told
    output = run_model(place / "small", np.zeros((1, 3, 64, 64), np.float32))
    assert output.shape == (1, 1000)
    assert output.sum() == pytest.approx(1, abs=1e-4)
    outcome = typed(f"python tools/infer/py_infer.py -i={IMAGE} --d=./small --m=model --p=params --use_gpu=False")
    assert outcome.succeeded().out.count("class id:") == 5
    (best,) = ppclas("predict", "./small", IMAGE, "--topk", "1", "--json")
    assert f"probability: {best['classes'][0]['score']:.4f}" in outcome.out
    _scatter(place / "small", place / "loose")
    for model in ("-m __model__", ""):
        line = f"python tools/infer/py_infer.py -i={IMAGE} -d=./loose {model} --use_gpu=False"
        assert typed(line).succeeded().out == outcome.out
    apart = ("__model__", "labels.txt", "preprocess.yaml")
    next(path for path in (place / "loose").iterdir() if path.name not in apart).unlink()
    assert "variable files, 1 are absent" in typed(line).err
    assert "number of classes" in typed(f"python tools/export_model.py -m {NAME} -p {RUN} -o x --class_dim 7").err


def ppclas(*words: str) -> Any:
    """The JSON of a command of ppclas in this process."""
    import json

    from ppclas_core.cli import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert main(words) == 0
    return json.loads(out.getvalue())


def _scatter(exported: Path, folder: Path) -> None:
    """The same model with a file for each variable, as `fluid.io.save_inference_model` wrote it without a file name."""
    from ppclas_core.weights.formats.program import read_inference_model
    from ppclas_core.weights.write import save_variables

    save_variables(folder, read_inference_model(exported))
    (folder / "__model__").write_bytes((exported / "model").read_bytes())
    for name in ("labels.txt", "preprocess.yaml"):
        (folder / name).write_bytes((exported / name).read_bytes())


def test_all_three_ways_of_inference_agree(exported: Path) -> None:
    told = [typed(line).succeeded().out for line in (
        f"python tools/infer/infer.py -i={IMAGE} -m={NAME} -p={RUN} --use_gpu=False",
        f"python tools/infer/py_infer.py -i={IMAGE} -d=./inference/ -m=model -p=params --use_gpu=0")]
    five = [[(int(number), float(score)) for number, score in
             re.findall(r"class id: (\d+), probability: ([\d.]+)", text)] for text in told]
    assert len(five[0]) == 5
    np.testing.assert_allclose([score for _, score in five[0]], [score for _, score in five[1]], atol=2e-4)
    one = typed(f"python tools/infer/predict.py -i={IMAGE} -m=./inference/model -p=./inference/params --use_gpu=0")
    plain = typed(f"python tools/infer/predict.py -i={IMAGE} -m=./inference/model -p=./inference/params --use_gpu=0 "
                  "--ir_optim=False")
    assert plain.succeeded().out.split(",")[0] == one.succeeded().out.split(",")[0]
    best = re.search(r"class: (\d+), score: ([\d.]+)", one.out)
    assert best is not None
    assert float(best.group(2)) == pytest.approx(five[0][0][1], abs=2e-4)
    assert int(best.group(1)) in [number for number, score in five[0] if score > five[0][0][1] - 2e-4]


def test_a_folder_of_images_is_classified_in_batches(exported: Path) -> None:
    folder = "dataset/flowers102/jpg"
    outcome = typed(f"python tools/infer/predict.py -i {folder} -m inference/model -p inference/params -b 5")
    assert outcome.succeeded().out.count("class: ") == 16


PROGRAM = "python tools/infer/predict.py -m inference/model -p inference/params"


@pytest.mark.parametrize(("flags", "told"), [
    ("--use_tensorrt=True", "Paddle sees no gpu"),
    ("--use_tensorrt=True --use_gpu=False", "TensorRT needs an NVIDIA GPU; the device is cpu"),
    ("--use_fp16=True", "--use_fp16 needs --use_tensorrt=True"),
    ("--enable_benchmark=True", "--enable_benchmark needs --model_name"),
    ("-b 0", "--batch_size is 0"),
])
def test_flags_that_cannot_be_followed_are_mistakes(exported: Path, flags: str, told: str) -> None:
    import paddle

    if paddle.device.is_compiled_with_cuda() and "use_gpu" not in flags:
        pytest.skip("this Paddle may have a GPU")
    outcome = typed(f"{PROGRAM} -i {IMAGE} {flags}")
    assert outcome.code == 2
    assert told in outcome.err


def test_flags_without_effect_are_warnings(exported: Path) -> None:
    err = typed(f"{PROGRAM} -i {IMAGE} --use_gpu=0 --gpu_mem 8000 --model_name X").succeeded().err
    assert "warning: --gpu_mem has no effect" in err
    assert "warning: --model_name has no effect" in err
    assert typed(PROGRAM).code == 2


def test_a_benchmark_prints_the_name_and_the_time_of_a_call(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_core.predict import measure

    counts: List[int] = []

    def few(runtime: Any, images: np.ndarray, seconds: float, least: int) -> List[float]:
        counts.append(least)
        assert images.shape == (3, 3, 224, 224)
        runtime(images)
        return [0.0125]

    monkeypatch.setattr(measure, "time_calls", few)
    outcome = typed(f"{PROGRAM} --enable_benchmark=True --model_name={NAME} -b 3 --use_gpu=0").succeeded()
    assert outcome.out.split("\t") == [NAME, "batch size: 3", "FP32", "time(ms): 12.500\n"]
    assert counts == [10, 500]


def test_flags_of_the_gpu_reach_paddle_inference(exported: Path, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    from paddle import inference

    from ppclas_core.runtimes import gpu
    from ppclas_core.runtimes import paddle_inference as paddle_runtime

    asked: List[Any] = []

    class Recorder:
        def __init__(self, *files: str) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            return lambda *given, **named: asked.append((name, given, named))

    def stop(config: Any) -> Any:
        raise RuntimeError("no GPU after all")

    monkeypatch.setenv("PPCLAS_HOME", str(place / "home"))
    monkeypatch.setattr(inference, "Config", Recorder)
    monkeypatch.setattr(inference, "create_predictor", stop)
    for name in ("get_trt_compile_version", "get_trt_runtime_version"):
        monkeypatch.setattr(inference, name, lambda: (10, 5, 0))
    monkeypatch.setattr(gpu, "_has_gpu", lambda device: True)
    monkeypatch.setattr(gpu, "_find_shapes", lambda model, params, device, out: out.write_text("", encoding="utf-8"))
    assert vars(paddle_runtime)["use_gpu"] is gpu.use_gpu
    line = f"{PROGRAM} -i {IMAGE} --use_tensorrt=True --use_fp16=True --gpu_mem=4000 --ir_optim=False"
    assert "no GPU after all" in typed(line).err
    told = {name: (given, named) for name, given, named in asked}
    assert told["enable_use_gpu"] == ((4000, 0), {})
    assert told["switch_ir_optim"] == ((False,), {})
    assert told["enable_tensorrt_engine"][1]["precision_mode"] == inference.PrecisionType.Half
    assert "enable_tuned_tensorrt_dynamic_shape" in told


def test_a_missing_image_and_a_missing_model_are_named(exported: Path) -> None:
    model = "-m inference/model -p inference/params"
    for line, name in ((f"-i no.jpg {model}", "no.jpg"), (f"-i {IMAGE} -m gone/model -p gone/params", "gone")):
        outcome = typed(f"python tools/infer/predict.py {line}")
        assert outcome.code == 2
        assert name in outcome.err


def test_the_shell_scripts_pass_their_arguments_on(fetched: Path, place: Path) -> None:
    pytest.importorskip("ppclas_models_resnet")  # whose configs the scripts name
    data = "./dataset/flowers102"
    lists = " ".join(f"-o {part}.file_list={data}/{name}_list.txt -o {part}.data_dir={data}"
                     for part, name in (("TRAIN", "train"), ("VALID", "val")))
    environment = {**os.environ, "PYTHON": sys.executable, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}

    def shell(name: str, arguments: str) -> str:
        done = subprocess.run(["sh", str(ROOT / "tools" / name), *shlex.split(arguments)], capture_output=True,
                              text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "1 epochs" in shell("run.sh", f"{SMALL} {lists} -o model_save_dir=shell")
    valid = lists[lists.index("-o VALID"):]
    said = shell("eval.sh", f"-o ARCHITECTURE.name={NAME} {valid} -o pretrained_model=shell/{NAME}")
    assert said.endswith("samples 8\n")
