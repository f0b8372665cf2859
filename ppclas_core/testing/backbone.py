# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of backbones: outputs, gradients, head, features, state, names; one model per record."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Dict

import numpy as np
import pytest

from ppclas_core.api import Backbone
from ppclas_core.testing.base import Conformance
from ppclas_core.testing.published import build, published_names
from ppclas_core.weights.read import read_weights
from ppclas_core.weights.write import save_pdparams

if TYPE_CHECKING:
    import paddle
    from _pytest.mark import ParameterSet

    from ppclas_core.nn.backbone import Backbone as Network

NUM_CLASSES = 7
BIG = 150_000_000
_latest: Dict[str, Any] = {}  # reused, as building a large network takes longer than most tests


def case(record: Backbone) -> ParameterSet:
    """Return a pytest parameter for a record.

    Large models are marked `slow`, and all tests of a record run in one xdist worker.
    """
    marks = [pytest.mark.xdist_group(record.name)] + ([pytest.mark.slow] if (record.params or 0) > BIG else [])
    return pytest.param(record, id=record.name, marks=marks)


def normalize(model: Network, images: paddle.Tensor) -> None:
    """Set the running statistics of all batch norms to those of a batch (N, C, H, W)."""
    import paddle

    batch_norm = paddle.nn.layer.norm._BatchNormBase  # noqa: SLF001 Paddle has no public name for all batch norms
    norms = [layer for layer in model.sublayers() if isinstance(layer, batch_norm)]
    kept = [norm._momentum for norm in norms]  # noqa: SLF001 nor one for the momentum of a layer
    for norm in norms:
        norm._momentum = 0.0  # noqa: SLF001  no public name
    model.train()
    with paddle.no_grad():
        model(images)
    for norm, momentum in zip(norms, kept):
        norm._momentum = momentum  # noqa: SLF001  no public name


class BackboneConformance(Conformance):
    """Tests of a plugin's backbones; subclasses set `plugin`. Models of over 150 M parameters are marked `slow`."""

    kind = "backbone"
    size: ClassVar[int] = 0
    """Input size of the tests in pixels; 0: 96, or 128 for architectures with an input size above 256."""
    rounding: ClassVar[float] = 1e-4
    """Tolerance for float32 rounding in the outputs of an untrained network, relative to the largest logit."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize the tests over the records; large models are marked `slow`."""
        if "record" in metafunc.fixturenames:
            metafunc.parametrize("record", [case(record) for record in self.records()], scope="class")

    @pytest.fixture
    def model(self, record: Backbone) -> Network:
        """Return the model of a record with seven classes; all tests of the record use the same one.

        Before each test the running statistics are set to those of two images of noise, whatever the previous test did.
        With the initial ones, values of a deep untrained network grow from layer to layer, as do rounding errors.
        """
        import paddle

        if _latest.get("name") != record.name:
            paddle.seed(1)
            _latest.clear()
            built = build(record, **self.build_params(record), num_classes=NUM_CLASSES)
            normalize(built, self.images(record, 2))
            _latest.update(name=record.name, model=built,
                           buffers={name: value.numpy() for name, value in built.named_buffers()})
        known: Network = _latest["model"]
        for name, value in known.named_buffers():
            value.set_value(_latest["buffers"][name])
        return known

    def side(self, record: Backbone) -> int:
        """Return the input size for a record in pixels."""
        return self.size or (96 if record.input_size <= 256 else 128)

    def images(self, record: Backbone, count: int, channels: int = 3, side: int = 0) -> paddle.Tensor:
        """Return (count, channels, side, side) float32 noise."""
        import paddle

        side = side or self.side(record)
        noise = np.random.default_rng(3).standard_normal((count, channels, side, side))
        return paddle.to_tensor(noise.astype(np.float32))

    def test_gradients_reach_every_parameter(self, record: Backbone, model: Network) -> None:
        """In training mode there are `record.outputs` outputs, and every trainable parameter gets a finite gradient."""
        import paddle

        model.train()
        outputs = model(self.images(record, 2))
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        assert [list(output.shape) for output in outputs] == [[2, NUM_CLASSES]] * record.outputs
        assert len(record.aux_weights) == record.outputs - 1
        target = paddle.to_tensor(np.random.default_rng(4).standard_normal((2, NUM_CLASSES)).astype(np.float32))
        sum((output * target).sum() for output in outputs).backward()
        for key, parameter in model.named_parameters():
            if not parameter.stop_gradient:
                assert parameter.grad is not None, f"{key} gets no gradient"
                assert np.isfinite(parameter.grad.numpy()).all(), f"{key} has a gradient that is not finite"
        model.clear_gradients()

    def test_evaluation_is_deterministic_and_does_not_mix_samples(self, record: Backbone, model: Network) -> None:
        """The logits of an image do not depend on the rest of the batch."""
        import paddle

        model.eval()
        images = self.images(record, 2)
        with paddle.no_grad():
            both, again, first = model(images).numpy(), model(images).numpy(), model(images[:1]).numpy()
        assert both.shape == (2, NUM_CLASSES)
        assert both.dtype == np.float32
        np.testing.assert_array_equal(both, again)
        np.testing.assert_allclose(both[:1], first, rtol=1e-3, atol=self.rounding * max(1.0, float(np.abs(both).max())))

    def test_another_input_size_works(self, record: Backbone, model: Network) -> None:
        """The input is 17 pixels larger, which is not a multiple of 32."""
        import paddle

        model.eval()
        with paddle.no_grad():
            logits = model(self.images(record, 1, side=self.side(record) + 17))
        assert list(logits.shape) == [1, NUM_CLASSES]

    def test_feature_maps_have_the_declared_channels_and_strides(self, record: Backbone, model: Network) -> None:
        """Detectors need a correct `feature_info`."""
        import paddle

        model.eval()
        side = self.side(record)
        with paddle.no_grad():
            maps = model.feature_maps(self.images(record, 1))
        assert len(maps) == len(model.feature_info) > 0
        for feature, info in zip(maps, model.feature_info):
            assert feature.shape[1] == info.channels, info
            # networks without padding lose up to a few pixels, ceil mode adds one
            assert abs(feature.shape[2] - side / info.stride) <= 3.0, (info, feature.shape)
        strides = [info.stride for info in model.feature_info]
        assert strides == sorted(strides)

    def test_keys_are_uniform(self, record: Backbone, model: Network) -> None:
        """All keys are `stem.*`, `stages.i.j.*`, `head.*` or `aux_heads.*`."""
        keys = list(model.state_dict())
        odd = [key for key in keys if not re.match(r"(stem|head|aux_heads)\.|stages\.\d+\.\d+\.", key)]
        assert not odd
        classifier = [key for key in keys if key.startswith(tuple(f"{prefix}." for prefix in record.classifier))]
        assert classifier, f"no parameter below {record.classifier}"

    def test_the_state_survives_a_file(self, record: Backbone, model: Network, tmp_path: Path) -> None:
        """Tensors are bit-equal after saving and reading."""
        state: Dict[str, np.ndarray] = {key: value.numpy() for key, value in model.state_dict().items()}
        save_pdparams(tmp_path / "model.pdparams", state)
        read = read_weights(tmp_path / "model.pdparams").arrays
        assert set(read) == set(state)
        for key, value in state.items():
            assert np.array_equal(read[key], value), key

    def test_a_new_head_leaves_the_rest_alone(self, record: Backbone, model: Network) -> None:
        """`reset_classifier` changes the declared classifier parameters only."""
        before = {key: value.numpy() for key, value in model.state_dict().items()}
        model.reset_classifier(NUM_CLASSES + 4)
        after = {key: value.numpy() for key, value in model.state_dict().items()}
        model.reset_classifier(NUM_CLASSES)
        changed = {key for key in before if key not in after or before[key].shape != after[key].shape
                   or not np.array_equal(before[key], after[key])}
        assert changed
        prefixes = tuple(f"{prefix}." for prefix in record.classifier)
        assert all(key.startswith(prefixes) for key in changed), sorted(changed)

    def test_without_a_classifier_it_returns_features(self, record: Backbone, model: Network) -> None:
        """`reset_classifier(0)` removes the classifier layer; the output has `num_features` columns."""
        import paddle

        model.eval()
        classifier = model.get_classifier()
        keys = {id(value) for value in classifier.state_dict().values()}
        named = {key for key, value in model.state_dict().items() if id(value) in keys}
        prefixes = tuple(f"{prefix}." for prefix in record.classifier)
        assert named
        assert all(key.startswith(prefixes) for key in named), sorted(named)
        model.reset_classifier(0)
        try:
            with paddle.no_grad():
                features = model(self.images(record, 2))
            assert list(features.shape) == [2, model.num_features]
            assert not named & set(model.state_dict())
        finally:
            model.reset_classifier(NUM_CLASSES)

    def test_other_channel_counts_change_the_stem_only(self, record: Backbone) -> None:
        """Grayscale images have one channel, satellite images may have five."""
        shapes = []
        for channels in (3, 5):
            model = build(record, lazy=True, **self.build_params(record), num_classes=NUM_CLASSES, in_channels=channels)
            shapes.append({key: tuple(value.shape) for key, value in model.state_dict().items()})
        assert set(shapes[0]) == set(shapes[1])
        changed = [key for key in shapes[0] if shapes[0][key] != shapes[1][key]]
        assert changed
        assert all(key.startswith("stem.") for key in changed)

    def test_the_parameter_count_is_the_recorded_one(self, record: Backbone) -> None:
        """`ppclas list` shows the value of the record."""
        if record.params is None:
            pytest.skip("the record states no parameter count")
        model = build(record, lazy=True, **self.build_params(record))
        assert sum(int(np.prod(p.shape)) for p in model.parameters() if not p.stop_gradient) == record.params

    def test_the_flop_count_is_the_recorded_one(self, record: Backbone) -> None:
        """FLOPs are counted at the input size of the record, for 1000 classes."""
        from ppclas_core.nn.flops import count_flops

        if record.flops is None:
            pytest.skip("the record states no FLOPs")
        assert count_flops(build(record, zeros=True, **self.build_params(record)), record.input_size) == record.flops

    def test_every_learning_rate_stage_holds_parameters(self, record: Backbone) -> None:
        """A pattern without matches would disable its entry of `lr_mult_list`."""
        keys = [key for key, p in build(record, lazy=True, **self.build_params(record)).named_parameters()
                if not p.stop_gradient]
        for index, patterns in enumerate(record.lr_stages):
            assert any(re.fullmatch(pattern, key) for pattern in patterns for key in keys), f"stage {index}: {patterns}"

    def test_published_names_cover_every_tensor_once(self, record: Backbone) -> None:
        """Every tensor has one variable name, and all names differ."""
        if not record.weight_names:
            pytest.skip("the record has no weight_names")
        model = build(record, lazy=True, **self.build_params(record))
        names = published_names(record, model)
        assert sorted(row.ours for row in names) == sorted(model.state_dict())
        assert len({row.v2020 for row in names}) == len(names)
