"""Layers: an operation with its settings and its weights, ready to stand in a network.

A layer never changes; `dataclasses.replace` or `Network.with_parameters` gives another one.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from vizconv.engine.arrays import numbers, own
from vizconv.engine.operations import (
    avg_pool2d,
    avg_pool2d_backward,
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
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from vizconv.engine.records import Record


class Layer(Protocol):
    """What a network asks of a layer: a pure forward, its backward, and its parameters by name."""

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The learned arrays by name."""

    def forward(self, x) -> Record:
        """Run the layer on a batch."""

    def backward(self, record: Record, dy, input_gradient: bool = True) -> Record:
        """Find the gradients of L = Σ dy ⊙ y for a recorded run."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """A layer with weights and, unless it is None, a bias; both read-only."""

    weight: np.ndarray = field(repr=False)
    bias: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self):
        for name in ("weight", "bias"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, own(numbers(value, name)))

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The learned arrays by name."""
        named = {"weight": self.weight, "bias": self.bias}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Unweighted:
    """A layer that learns nothing."""

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """No arrays."""
        return {}


@dataclass(frozen=True, eq=False)
class Conv2d(Weighted):
    """A convolutional layer: weight (F, C, KH, KW), bias (F) or untied (F, OH, OW)."""

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
class Pooling(Unweighted):
    """A pooling layer's settings; the stride is the kernel size when None."""

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | tuple[int, int] = 0


@dataclass(frozen=True)
class MaxPool2d(Pooling):
    """Max pooling."""

    def forward(self, x):
        """Run `max_pool2d` on x (N, C, H, W)."""
        return max_pool2d(x, self.kernel_size, self.stride, self.padding)

    def backward(self, record, dy, input_gradient=True):
        """Run `max_pool2d_backward`."""
        return max_pool2d_backward(record, dy)


@dataclass(frozen=True)
class AvgPool2d(Pooling):
    """Average pooling."""

    def forward(self, x):
        """Run `avg_pool2d` on x (N, C, H, W)."""
        return avg_pool2d(x, self.kernel_size, self.stride, self.padding)

    def backward(self, record, dy, input_gradient=True):
        """Run `avg_pool2d_backward`."""
        return avg_pool2d_backward(record, dy)


@dataclass(frozen=True)
class Relu(Unweighted):
    """The activation max(x, 0)."""

    def forward(self, x):
        """Run `relu`."""
        return relu(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `relu_backward`."""
        return relu_backward(record, dy)


@dataclass(frozen=True)
class Sigmoid(Unweighted):
    """The activation 1 / (1 + exp(-x))."""

    def forward(self, x):
        """Run `sigmoid`."""
        return sigmoid(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `sigmoid_backward`."""
        return sigmoid_backward(record, dy)


@dataclass(frozen=True)
class Tanh(Unweighted):
    """The activation tanh(x)."""

    def forward(self, x):
        """Run `tanh`."""
        return tanh(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `tanh_backward`."""
        return tanh_backward(record, dy)


@dataclass(frozen=True)
class Flatten(Unweighted):
    """Each image as one row."""

    def forward(self, x):
        """Run `flatten` on x (N, C, H, W)."""
        return flatten(x)

    def backward(self, record, dy, input_gradient=True):
        """Run `flatten_backward`."""
        return flatten_backward(record, dy)
