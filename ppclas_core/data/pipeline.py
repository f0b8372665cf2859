# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pipeline: the ops of a config in sequence on one image.

In: the bytes of an image file. Out: the array of the last op; for a `Loader`, (C, H, W) float32. The state of the image
(layout, dtype) is tracked from op to op when the pipeline is built, so an order of ops that cannot work is refused
before the first image is read. The ops are in `transforms`. A `Loader` runs the pipeline through `fused`, which gives
the same pixels with less work.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, TypeVar, Union

import numpy as np

from ppclas_core.api import ImageState, Op
from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.errors import PluginTransformError, TransformError
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import Owner, owned_by, passes

Result = TypeVar("Result")
Component = TypeVar("Component")


class Step(NamedTuple):
    """Op of a pipeline.

    Args:
        name: name in the config.
        op: the bound op.
        record: record of the op; None for a class that no plugin provides.
        owner: the plugin that provides the op; None as for `record`.
    """

    name: str
    op: Any  # ops are duck-typed: `bind`, `out_state`, `at_epoch` and all of `capabilities` are optional
    record: Optional[Op]
    owner: Optional[Owner] = None


class Pipeline:
    """Pipeline of ops, `pipeline(data, rng) -> image`, made by `build_pipeline`; thread-safe.

    Args:
        steps: ops in order, not yet bound.
        where: index of a transform -> its location in the config, for errors.
        start: state of the input; default: encoded files.

    Attributes:
        states: state of the image after each step.
        final_state: state after the last step.

    Raises:
        UserError: the order of ops is invalid; the error names the two ops and the state between them.
    """

    def __init__(self, steps: Sequence[Step], where: Callable[[int], Optional[str]],
                 start: Optional[ImageState] = None) -> None:
        self.steps: List[Step] = []
        self.states: List[ImageState] = []
        state = start or ImageState()
        changed_by: Optional[str] = None  # the op that produced the current state
        for index, step in enumerate(steps):
            try:
                _check(step, state, changed_by)
                with owned_by(step.owner):
                    bound = step.op.bind(state) if hasattr(step.op, "bind") else step.op
                    after = _after(step._replace(op=bound), state)
            except UserError as error:
                _add_location(error, where(index))
                raise
            self.steps.append(step._replace(op=bound))
            changed_by = step.name if after != state else changed_by
            state = after
            self.states.append(state)
        self.final_state = state

    @property
    def names(self) -> List[str]:
        """Names of the ops in order."""
        return [step.name for step in self.steps]

    def at_epoch(self, epoch: int) -> Pipeline:
        """Return the pipeline for an epoch, counted from 0, with `op.at_epoch(epoch)` in place of ops that have it."""
        steps = [step._replace(op=op_at_epoch(step.op, epoch, step.owner)) for step in self.steps]
        if all(new.op is old.op for new, old in zip(steps, self.steps)):
            return self
        pipeline = copy.copy(self)
        pipeline.steps = steps
        return pipeline

    def __call__(self, data: Union[Encoded, np.ndarray], rng: np.random.Generator, path: str = "") -> np.ndarray:
        """Run all ops.

        Args:
            data: bytes of an image file, or an array in the state `start`.
            rng: random number generator of the ops.
            path: path of the sample, for errors.

        Raises:
            BadImage: the sample is unusable.
            TransformError: an op failed; its exception is the cause.
        """
        image: np.ndarray = data  # type: ignore[assignment]  # bytes until the first step, the decoder, has run
        for step in self.steps:
            image = run_step(step, image, rng, path)
        return image


def run_step(step: Step, image: Union[Encoded, np.ndarray], rng: np.random.Generator, path: str = "") -> np.ndarray:
    """Run one op on the output of the previous op; arguments and errors are those of a pipeline call."""
    if step.record is not None and step.record.level == "decode":
        return call_op(step, path, step.op, image, array=True)
    return call_op(step, path, step.op, image, rng, array=True)


def call_op(step: Step, path: str, call: Callable[..., Result], *values: object, array: bool = False) -> Result:
    """Call an op or one of its methods; errors name the op and the sample.

    Args:
        step: step of the op.
        path: path of the sample; "" for an image in memory.
        call: the op, or the method.
        *values: arguments of the call.
        array: the result must be an array.

    Raises:
        BadImage: the sample is unusable.
        TransformError: the call failed, or a plugin's op did not return an array; the exception is the cause.
        UserError: the op reports a mistake in the config.
    """
    try:
        result = call(*values)
        if array and step.owner is not None and not step.owner.is_core and not isinstance(result, np.ndarray):
            raise TypeError(f"it returned a {type(result).__name__}, not an array")
        return result
    except UserError as error:
        _add_location(error, path)
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin's op may call sys.exit()
        if step.owner is None or step.owner.is_core:
            raise TransformError(step.name, path, error) from error
        if passes(error, step.owner):
            raise
        raise PluginTransformError(step.name, path, error, step.owner) from error


def op_at_epoch(op: Component, epoch: int, owner: Optional[Owner] = None) -> Component:
    """Return the op for an epoch, counted from 0: `op.at_epoch(epoch)` if it has that method, else the op."""
    with owned_by(owner):
        at_epoch: Optional[Callable[[int], Component]] = getattr(op, "at_epoch", None)
        return op if at_epoch is None else at_epoch(epoch)


def build_pipeline(
    transforms: Sequence[Mapping[str, Any]],
    *,
    where: Optional[Callable[[str], str]] = None,
    start: Optional[ImageState] = None,
) -> Pipeline:
    """Return the pipeline of a config's `transforms`.

    Args:
        transforms: one-key mappings, op name -> parameters (or None).
        where: `transforms.0`, `transforms.1`, ... -> location in the config, for errors.
        start: state of the input; default: encoded files.

    Raises:
        UserError: an op or parameter is unknown, an op is a batch op, or the order is invalid.
    """

    def location(index: int) -> Optional[str]:
        return where(f"transforms.{index}") if where else None

    steps = []
    for index, item in enumerate(transforms):
        try:
            steps.append(_step(item))
        except UserError as error:
            _add_location(error, location(index))
            raise
    return Pipeline(steps, location, start)


def transform(
    data: bytes,
    ops: Sequence[Union[Mapping[str, Any], Callable[..., Any]]],
    rng: Optional[np.random.Generator] = None,
) -> np.ndarray:
    """Run ops on the bytes of one image file.

    Args:
        data: content of the file.
        ops: op instances, or one-key mappings as configs write them.
        rng: random number generator; default: a new one.

    Returns:
        The output of the last op.

    Raises:
        BadImage: the bytes are not a usable image.
        UserError: the order of ops is invalid.
    """
    pipeline = Pipeline([_step(op) for op in ops], lambda index: None)
    return pipeline(data, np.random.default_rng() if rng is None else rng)


def _add_location(error: UserError, where: Optional[str]) -> None:
    if where:
        error.at(where)


def _step(item: object) -> Step:
    """Return the unbound step of an op instance or of a one-key mapping."""
    if not isinstance(item, Mapping):
        if isinstance(item, str):
            raise UserError(f"a transform is {item!r}; it must be a mapping", do=f"write '- {item}:'")
        return Step(type(item).__name__, item, _record_of(item), catalogue().owner_of("op", item))
    if len(item) != 1:
        raise UserError(f"a transform has {len(item)} keys ({', '.join(map(str, item))}); it must have one, the op",
                        do="begin each op with '- '")
    name, params = next(iter(item.items()))
    entry = catalogue().find("op", name)
    if params is not None and params != "" and not isinstance(params, Mapping):
        raise UserError(f"the parameters of op '{name}' are {params!r}; they must be a mapping")
    op = catalogue().create("op", name, params or {})
    return Step(name, op, _completed(entry.record, op), entry.component)


def _record_of(op: object) -> Optional[Op]:
    """Return the record of an op instance, found by its class; None for a class without a record."""
    target = f"{type(op).__module__}:{type(op).__qualname__}"
    for entry in catalogue().entries("op"):
        if entry.record.target == target:
            return _completed(entry.record, op)
    return getattr(type(op), "ppclas_spec", None)


def _completed(record: Op, op: object) -> Op:
    """Return the class's `ppclas_spec` if it has one, else the record."""
    spec = getattr(type(op), "ppclas_spec", None)
    return spec if isinstance(spec, Op) else record


def _check(step: Step, state: ImageState, before: Optional[str]) -> None:
    """Refuse a step that does not accept the state; `before` names the op that produced the state."""
    record = step.record
    if record is None:
        return
    if record.level == "batch":
        raise UserError(f"op '{step.name}' works on a batch, not on one image", do="move it from transforms to mix")
    layouts = ("bytes",) if record.level == "decode" else record.layouts
    if state.layout not in layouts or state.dtype not in record.dtypes:
        wanted = f"{' or '.join(layouts)} {' or '.join(record.dtypes)}" if layouts != ("bytes",) else "an encoded file"
        if state.layout == "bytes":
            given = "gets an encoded file"
            do = "put DecodeImage first"
        else:
            after = f"after '{before}'" if before else "at the start"
            given = f"{after} the image is {state.layout} {state.dtype}"
            if layouts == ("CHW",) and state.layout == "HWC":
                do = f"move '{step.name}' after 'ToCHWImage'"
            elif record.dtypes == ("float32",) and state.dtype == "uint8" and state.layout in layouts:
                do = f"move '{step.name}' after 'NormalizeImage'"
            else:
                do = f"move '{step.name}' before '{before}'" if before else ""
            do = "keep one decoder, at the start" if record.level == "decode" else do
        raise UserError(f"op '{step.name}' takes {wanted}, but {given}", do=do or None)


def _after(step: Step, state: ImageState) -> ImageState:
    """Return the state after a step."""
    if hasattr(step.op, "out_state"):
        after: ImageState = step.op.out_state(state)
        return after
    if step.record is not None and step.record.level == "decode":
        return ImageState("HWC", "uint8")
    return state
