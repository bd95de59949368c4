"""Layers: an operation with its settings and its weights, ready to stand in a network.

A layer never changes; `dataclasses.replace` or `Network.with_parameters` gives another one.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers, own
from vizconv.engine.operations import OPERATIONS, Operation
from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.average_pooling import AvgPool2dRecord
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.linear import FlattenRecord, LinearRecord
from vizconv.engine.operations.loss import LogSoftmaxRecord, SoftmaxRecord
from vizconv.engine.operations.normalization import BatchNorm2dRecord
from vizconv.engine.operations.pooling import MaxPool2dRecord


class Layer:
    """One operation; the fields of a layer are its keywords, all but x.

    A network asks a layer for no more than a pure `forward`, its `backward`, `parameters` and `arrays`.
    """

    operation: ClassVar[Operation]

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The learned arrays by name."""
        return {}

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by name: the learned ones, and those that stay as they are."""
        return self.parameters

    def forward(self, x: ArrayLike) -> Any:
        """Run the operation on a batch x (N, ...)."""
        return self.operation.forward(x, **vars(self))

    def backward(self, record: Any, dy: ArrayLike, input_gradient: bool = True) -> Any:  # noqa: ARG002 (weighted)
        """Find the gradients of L = Σ dy ⊙ y for a recorded run; a layer without weights always finds dx."""
        return self.operation.backward(record, dy)


@dataclass(frozen=True, eq=False)
class Weighted(Layer):
    """A layer with weights and, unless it is None, a bias; both read-only."""

    fixed: ClassVar[tuple[str, ...]] = ()  # the arrays that are not learned
    weight: np.ndarray = field(repr=False)
    bias: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self):
        for name in ("weight", "bias", *self.fixed):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, own(numbers(value, name)))

    def __setstate__(self, state: dict[str, Any]):
        vars(self).update(state)
        self.__post_init__()  # what copied the arrays or unpickled them left them writeable

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The learned arrays by name."""
        named = {"weight": self.weight, "bias": self.bias}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by name: the learned ones, then those that stay as they are."""
        return self.parameters | {name: getattr(self, name) for name in self.fixed}

    def backward(self, record: Any, dy: ArrayLike, input_gradient: bool = True) -> Any:
        """Find the gradients of L = Σ dy ⊙ y for a recorded run; dx is None without `input_gradient`."""
        return self.operation.backward(record, dy, input_gradient=input_gradient)


@dataclass(frozen=True, eq=False)
class Conv2d(Weighted):
    """`conv2d` of x (N, C, H, W): weight (F, C, KH, KW), bias (F) or untied (F, OH, OW)."""

    operation = OPERATIONS[Conv2dRecord]
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] | str = 0
    dilation: int | tuple[int, int] = 1
    border: str = "zeros"


@dataclass(frozen=True, eq=False)
class Linear(Weighted):
    """`linear` of x (N, D), every output joined to every input: weight (K, D), bias (K)."""

    operation = OPERATIONS[LinearRecord]


@dataclass(frozen=True, eq=False)
class BatchNorm2d(Weighted):
    """`batch_norm2d` of x (N, C, H, W): weight, bias, mean and variance (C); the last two are not learned."""

    operation = OPERATIONS[BatchNorm2dRecord]
    fixed = ("mean", "variance")
    bias: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    variance: np.ndarray = field(repr=False)
    epsilon: float = 1e-5


@dataclass(frozen=True)
class Pooling(Layer):
    """A pooling of x (N, C, H, W); the stride is the kernel size when None."""

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | tuple[int, int] = 0


@dataclass(frozen=True)
class MaxPool2d(Pooling):
    """`max_pool2d`: the largest number of every window."""

    operation = OPERATIONS[MaxPool2dRecord]


@dataclass(frozen=True)
class AvgPool2d(Pooling):
    """`avg_pool2d`: the mean of every window."""

    operation = OPERATIONS[AvgPool2dRecord]


@dataclass(frozen=True)
class Relu(Layer):
    """The activation max(x, 0)."""

    operation = OPERATIONS[ReluRecord]


@dataclass(frozen=True)
class Sigmoid(Layer):
    """The activation 1 / (1 + exp(-x))."""

    operation = OPERATIONS[SigmoidRecord]


@dataclass(frozen=True)
class Tanh(Layer):
    """The activation tanh(x)."""

    operation = OPERATIONS[TanhRecord]


@dataclass(frozen=True)
class Flatten(Layer):
    """Each image of x (N, C, H, W) as one row."""

    operation = OPERATIONS[FlattenRecord]


@dataclass(frozen=True)
class Softmax(Layer):
    """`softmax` of scores x (N, K), the end of a network; a loss begins before it, see `Network.scoring`."""

    operation = OPERATIONS[SoftmaxRecord]


@dataclass(frozen=True)
class LogSoftmax(Layer):
    """`log_softmax` of scores x (N, K), the end of a network; `Network.scoring` is what stands before it."""

    operation = OPERATIONS[LogSoftmaxRecord]
