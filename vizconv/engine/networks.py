"""Networks: named layers in a row, run forward and backward with everything on record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.operations import (
    conv2d,
    conv2d_backward,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    relu,
    relu_backward,
)
from vizconv.engine.records import Record, Trace


class Layer(Protocol):
    """What a network asks of a layer: a pure forward, its backward, and named parameters."""

    def forward(self, x) -> Record:
        """Run the layer on a batch."""

    def backward(self, record: Record, dy, input_gradient: bool = True) -> Record:
        """Find the gradients of L = Σ dy ⊙ y for a recorded run."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """A layer with weights: weight, and one bias for each filter or output; both read-only."""

    weight: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)

    def __post_init__(self):
        object.__setattr__(self, "weight", own(np.asarray(self.weight)))
        object.__setattr__(self, "bias", own(np.asarray(self.bias)))

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The learned arrays by name."""
        return {"weight": self.weight, "bias": self.bias}


@dataclass(frozen=True, eq=False)
class Conv2d(Weighted):
    """A convolutional layer: weight (F, C, KH, KW), bias (F)."""

    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] | str = 0
    dilation: int | tuple[int, int] = 1

    def forward(self, x):
        """Run `conv2d` on x (N, C, H, W)."""
        return conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation)

    def backward(self, record, dy, input_gradient=True):
        """Run `conv2d_backward`."""
        return conv2d_backward(record, dy, input_gradient=input_gradient)


@dataclass(frozen=True, eq=False)
class Linear(Weighted):
    """A fully connected layer: weight (K, D), bias (K)."""

    def forward(self, x):
        """Run `linear` on x (N, D)."""
        return linear(x, self.weight, self.bias)

    def backward(self, record, dy, input_gradient=True):
        """Run `linear_backward`."""
        return linear_backward(record, dy, input_gradient)


@dataclass(frozen=True)
class MaxPool2d:
    """Max pooling; the stride is the kernel size when None."""

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | tuple[int, int] = 0

    def forward(self, x):
        """Run `max_pool2d` on x (N, C, H, W)."""
        return max_pool2d(x, self.kernel_size, self.stride, self.padding)

    def backward(self, record, dy, input_gradient=True):
        """Run `max_pool2d_backward`."""
        return max_pool2d_backward(record, dy)


@dataclass(frozen=True)
class Relu:
    """The activation max(x, 0)."""

    def forward(self, x):
        """Run `relu`."""
        return relu(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `relu_backward`."""
        return relu_backward(record, dy)


@dataclass(frozen=True)
class Flatten:
    """Each image as one row."""

    def forward(self, x):
        """Run `flatten` on x (N, C, H, W)."""
        return flatten(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `flatten_backward`."""
        return flatten_backward(record, dy)


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Layers by name, in order. A network never changes: `with_parameters` gives another one."""

    layers: Mapping[str, Layer]

    def __post_init__(self):
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))

    def forward(self, x) -> Trace:
        """Run all layers on a batch x (N, C, H, W) and return every record by its layer's name."""
        records = {}
        for name, layer in self.layers.items():
            records[name] = layer.forward(x)
            x = records[name].y
        return Trace(MappingProxyType(records))

    def backward(self, trace: Trace, dy, input_gradient: bool = True) -> Trace:
        """Find the gradients of L = Σ dy ⊙ y, layer by layer from the last; a record for each.

        dy has the shape of trace.y. The result has the network's order, too. Without
        `input_gradient`, the first layer's dx is not computed.
        """
        first, records = next(iter(self.layers)), {}
        for name, layer in reversed(self.layers.items()):
            records[name] = layer.backward(trace[name], dy, input_gradient or name != first)
            dy = records[name].dx
        return Trace(MappingProxyType({name: records[name] for name in self.layers}))

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Every learned array by name, such as "conv1.weight"."""
        return {
            f"{name}.{key}": value
            for name, layer in self.layers.items()
            if isinstance(layer, Weighted)
            for key, value in layer.parameters.items()
        }

    def with_parameters(self, parameters: Mapping[str, np.ndarray]) -> "Network":
        """Return the same network with these arrays in the place of its own."""
        layers = dict(self.layers)
        for name, layer in layers.items():
            if isinstance(layer, Weighted):
                own_names = {key: parameters[f"{name}.{key}"] for key in layer.parameters}
                layers[name] = replace(layer, **own_names)
        return Network(layers)

    def __repr__(self):
        count = sum(array.size for array in self.parameters.values())
        return f"Network({', '.join(self.layers)}; {count:,} parameters)"


def parameter_gradients(gradients: Trace) -> dict[str, np.ndarray]:
    """Pick the gradients of the parameters out of a backward run, named like the parameters."""
    return {
        f"{name}.{key}": getattr(record, f"d{key}")
        for name, record in gradients.items()
        for key in ("weight", "bias")
        if hasattr(record, f"d{key}")
    }


def lenet5(seed: int = 0) -> Network:
    """Build LeNet-5 for digits (N, 1, 28, 28), in float32, with He's initial weights.

    conv 6@5×5 same, pool 2, conv 16@5×5, pool 2, 120, 84, 10, with ReLU: 61,706 parameters.
    LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
    """
    generator = np.random.default_rng(seed)
    return Network(
        {
            "conv1": Conv2d(*_initial(generator, 6, 1, 5, 5), padding="same"),
            "relu1": Relu(),
            "pool1": MaxPool2d(2),
            "conv2": Conv2d(*_initial(generator, 16, 6, 5, 5)),
            "relu2": Relu(),
            "pool2": MaxPool2d(2),
            "flatten": Flatten(),
            "linear1": Linear(*_initial(generator, 120, 400)),
            "relu3": Relu(),
            "linear2": Linear(*_initial(generator, 84, 120)),
            "relu4": Relu(),
            "linear3": Linear(*_initial(generator, 10, 84)),
        }
    )


def _initial(generator, *shape):
    """Draw weights of variance 2 / n_in (He et al., 2015) and zero biases."""
    scale = np.sqrt(2 / np.prod(shape[1:]))
    weight = generator.standard_normal(shape) * scale
    return weight.astype(np.float32), np.zeros(shape[0], np.float32)
