"""A model of PyTorch as a Network: its steps as layers, named, and held against the model itself."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from vizconv.engine import LogSoftmax, Network, Softmax
from vizconv.engine.geometry import whole
from vizconv.engine.layers import Layer
from vizconv.engine.types import Shape
from vizconv.pytorch.functions import CannotTake
from vizconv.pytorch.layers import layer_of
from vizconv.pytorch.names import layer_names
from vizconv.pytorch.tracing import Step, inference, readable_copy, steps

IMAGES = 3  # that a model is tried on
TOLERANCE = 1e-9  # of the largest output, in float64


def network_of(model: nn.Module, input_shape: Shape) -> Network:
    """Take a model as `vizconv.from_torch` says."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}; a torch.nn.Module is expected")
    shape = _read_shape(input_shape)
    model = _unwrapped(model)
    own = readable_copy(model)
    images = np.random.default_rng(0).standard_normal((IMAGES, *shape))
    row = steps(own, torch.tensor(images))  # a copy, which a forward may change
    layers = _layers(row, shape)
    names = layer_names([row[place].path for place in layers], list(layers.values()))
    network = Network(dict(zip(names, layers.values(), strict=True)))
    _require_equal(network, own, images)
    return _narrowed(network, model)


def _unwrapped(model: nn.Module) -> nn.Module:
    """Return the model itself, which torch.compile and DataParallel keep inside."""
    if isinstance(model, torch.jit.ScriptModule):
        raise ValueError("the model was compiled by torch.jit; the model that it was made of is expected")
    model = getattr(model, "_orig_mod", model)
    return model.module if isinstance(model, nn.DataParallel) else model


def _read_shape(input_shape: Shape) -> tuple[int, ...]:
    if not isinstance(input_shape, Sequence):
        raise TypeError(f"input_shape is {input_shape!r}; (channels, height, width) is expected")
    shape = tuple(whole(length, "input_shape", 1) for length in input_shape)
    if len(shape) != 3:
        raise ValueError(f"input_shape is {shape}; (channels, height, width) is expected")
    return shape


def _layers(row: Sequence[Step], shape: tuple[int, ...]) -> dict[int, Layer]:
    """Read every step as a layer, by its place; raise ValueError naming all that cannot be taken."""
    layers, problems = {}, {}
    for place, step in enumerate(row):
        try:
            layer = layer_of(step)
            _require_own_weights(step, row[:place])
        except CannotTake as problem:
            problems[place] = str(problem)
        else:
            if layer is not None:
                layers[place] = layer
    for place, layer in layers.items():
        if isinstance(layer, Softmax | LogSoftmax) and place < max([*layers, *problems]):
            problems[place] = "it stands in the middle; one at the end can be taken"
    if problems or not layers:
        raise ValueError(_refusal(row, problems, shape))
    return layers


def _refusal(row: Sequence[Step], problems: dict[int, str], shape: tuple[int, ...]) -> str:
    if not problems:
        return "the model has no layer that changes its images; one at least is expected"
    count = "1 step" if len(problems) == 1 else f"{len(problems)} steps"
    lines = [f"- {row[place]}: {problems[place]}" for place in sorted(problems)]
    return "\n".join([f"{count} of the model cannot be taken, for images of shape {shape}:", *lines])


def _require_own_weights(step: Step, before: Sequence[Step]) -> None:
    mine = {id(parameter) for parameter in step.module.parameters()} if step.module else set()
    for other in before:
        if other.module and mine & {id(parameter) for parameter in other.module.parameters()}:
            raise CannotTake(f"it shares weights with {other}; every layer needs its own")


def _require_equal(network: Network, model: nn.Module, images: np.ndarray) -> None:
    """Hold the network against the model, which may do more than its steps say."""
    with inference():
        theirs = model(torch.tensor(images)).numpy()
    with np.errstate(all="ignore"):
        mine = network.forward(images).y
        apart = np.abs(mine - theirs).max() if mine.shape == theirs.shape else np.inf
        largest = np.abs(theirs).max()
    if not apart <= TOLERANCE * largest:
        raise ValueError(
            f"the model does more than its layers say: its outputs differ from theirs by {apart:.3g}; "
            "layers that do as PyTorch's own are expected"
        )


def _narrowed(network: Network, model: nn.Module) -> Network:
    """Give the arrays the model's own precision; what is shorter than float32 becomes it."""
    wide = any(array.dtype == torch.float64 for array in [*model.parameters(), *model.buffers()])
    kind = np.float64 if wide else np.float32
    return network.with_arrays({name: array.astype(kind) for name, array in network.arrays.items()})
