# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The model repository of Triton by the real message of its config; the service of KServe by the classes of its SDK."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from ppclas_core.api import Environment
from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import export, verify
from ppclas_core.system.environments import interpreter
from ppclas_core.testing.toy import toy_checkpoint

pytestmark = pytest.mark.xdist_group("serving")

KSERVE = Environment("kserve", packages=("kserve==0.21.0",), modules=("kserve",))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_checkpoint(tmp_path_factory.mktemp("run") / "ToyNet")


def model_config(text: str) -> Any:
    """A `config.pbtxt` as the message that tritonclient ships; its package needs gRPC, the message does not."""
    spec = importlib.util.find_spec("tritonclient")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("tritonclient is not installed")
    from google.protobuf import text_format

    file = Path(spec.submodule_search_locations[0], "grpc", "model_config_pb2.py")
    if "model_config_pb2" not in sys.modules:
        found = importlib.util.spec_from_file_location("model_config_pb2", file)
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        sys.modules["model_config_pb2"] = module
    real = sys.modules["model_config_pb2"]
    return text_format.Parse(text, real.ModelConfig())


@pytest.mark.parametrize("uint8", [False, True])
def test_the_config_of_triton_says_what_the_model_takes_and_gives(uint8: bool, run: Path, tmp_path: Path) -> None:
    import onnxruntime

    export(str(run), "triton", tmp_path / "out", uint8=uint8, name="toy-2", max_batch=16, max_delay=2.5)
    place = tmp_path / "out/repository/toy-2"
    config = model_config((place / "config.pbtxt").read_text(encoding="utf-8"))
    assert (config.name, config.backend, config.max_batch_size) == ("toy-2", "onnxruntime", 16)
    assert config.dynamic_batching.max_queue_delay_microseconds == 2500
    session = onnxruntime.InferenceSession(str(place / "1" / config.default_model_filename))
    types = {"TYPE_FP32": "tensor(float)", "TYPE_UINT8": "tensor(uint8)"}
    for declared, real in ((config.input, session.get_inputs()), (config.output, session.get_outputs())):
        assert [each.name for each in declared] == [each.name for each in real]
        assert list(declared[0].dims) == real[0].shape[1:]
        name = declared[0].DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_number[declared[0].data_type].name
        assert types[name] == real[0].type
    side = config.input[0].dims[0 if uint8 else 1]
    assert side == 32
    labels = (place / config.output[0].label_filename).read_text(encoding="utf-8").splitlines()
    assert labels == [f"class {index}" for index in range(4)]
    assert verify(tmp_path / "out")["argmax_equal"]


def test_a_model_without_class_names_has_no_file_of_labels(tmp_path: Path) -> None:
    from ppclas_export_serving.repository import config

    text = config("x", (3, 32, 32), 4, pixels=False, labels=False, max_batch=1, max_delay=0)
    assert model_config(text).output[0].label_filename == ""
    assert model_config(text).dynamic_batching.max_queue_delay_microseconds == 0


def test_a_name_or_number_that_triton_cannot_take_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="letters, digits"):
        export(str(run), "triton", tmp_path / "out", name="../x")
    with pytest.raises(UserError, match="max_batch is 0"):
        export(str(run), "triton", tmp_path / "out", max_batch=0)
    assert not (tmp_path / "out").exists()


def test_the_folder_of_kserve_is_what_the_runtime_reads(run: Path, tmp_path: Path) -> None:
    """Triton: a repository. Paddle: just one `.pdmodel` and one `.pdiparams`, fed lists of float32."""
    export(str(run), "kserve", tmp_path / "triton")
    place = tmp_path / "triton/models"
    assert model_config((place / "ToyNet/config.pbtxt").read_text(encoding="utf-8")).name == "ToyNet"
    assert (place / "ToyNet/1/model.onnx").is_file()
    export(str(run), "kserve", tmp_path / "paddle", runtime="paddle", softmax=True)
    assert sorted(path.name for path in (tmp_path / "paddle/models").iterdir()) == ["model.pdiparams", "model.pdmodel"]
    golden = read_bundle(tmp_path / "paddle").golden()
    found = paddle_server(tmp_path / "paddle/models", json.loads(json.dumps(golden.inputs.tolist())))
    expected = np.exp(golden.logits) / np.exp(golden.logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def paddle_server(folder: Path, instances: Any) -> Any:
    """What kserve-paddleserver computes for a V1 request, in the order in which it does."""
    from paddle import inference

    model, = folder.glob("*.pdmodel")
    params, = folder.glob("*.pdiparams")
    config = inference.Config(str(model), str(params))
    config.disable_gpu()
    config.disable_glog_info()
    predictor = inference.create_predictor(config)
    predictor.get_input_handle(predictor.get_input_names()[0]).copy_from_cpu(np.array(instances, dtype="float32"))
    predictor.run()
    return predictor.get_output_handle(predictor.get_output_names()[0]).copy_to_cpu()


def test_the_service_of_kserve_names_runtime_and_storage(run: Path, tmp_path: Path) -> None:
    from ppclas_export_serving.kserve import service_name

    export(str(run), "kserve", tmp_path / "out", storage="s3://bucket/toy")
    service = yaml.safe_load((tmp_path / "out/inferenceservice.yaml").read_text(encoding="utf-8"))
    model = service["spec"]["predictor"]["model"]
    assert (model["runtime"], model["protocolVersion"], model["storageUri"]) == (
        "kserve-tritonserver", "v2", "s3://bucket/toy")
    assert service["metadata"]["name"] == "toynet"
    assert service_name("SE_ResNeXt50_vd_32x4d") == "se-resnext50-vd-32x4d"


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info < (3, 10), reason="the SDK of KServe needs Python 3.10")
@pytest.mark.parametrize("runtime", ["triton", "paddle"])
def test_the_sdk_of_kserve_reads_the_service_whole(runtime: str, run: Path, tmp_path: Path) -> None:
    export(str(run), "kserve", tmp_path / "out", runtime=runtime)
    code = """
import json, sys, yaml
from types import SimpleNamespace
from kserve import V1beta1InferenceServiceSpec
from kserve.constants import constants
from kserve.api_client import ApiClient
service = yaml.safe_load(open(sys.argv[1]))
assert (service["apiVersion"], service["kind"]) == (constants.KSERVE_V1BETA1, constants.KSERVE_KIND_INFERENCESERVICE)
spec, client = service["spec"], ApiClient()
read = client.deserialize(SimpleNamespace(data=json.dumps(spec)), "V1beta1InferenceServiceSpec")
assert isinstance(read, V1beta1InferenceServiceSpec)
again = client.sanitize_for_serialization(read)
assert again["predictor"]["model"].pop("name") == ""  # of the container, which the SDK adds
assert again == spec
"""
    subprocess.run([interpreter(KSERVE), "-c", code, tmp_path / "out/inferenceservice.yaml"], check=True)
