"""The operations: each one's forward and backward side by side, arrays in and records out."""

from collections.abc import Callable
from dataclasses import dataclass

from vizconv.engine.operations.activation import ReluRecord, relu, relu_backward
from vizconv.engine.operations.convolution import (
    Conv2dRecord,
    conv2d,
    conv2d_backward,
    convolve,
    correlation,
    cross_correlate,
)
from vizconv.engine.operations.linear import (
    FlattenRecord,
    LinearRecord,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
)
from vizconv.engine.operations.loss import (
    CrossEntropyRecord,
    SoftmaxRecord,
    cross_entropy,
    cross_entropy_backward,
    softmax,
    softmax_backward,
)
from vizconv.engine.operations.pooling import MaxPool2dRecord, max_pool2d, max_pool2d_backward
from vizconv.engine.records import Record

__all__ = [
    "OPERATIONS",
    "Operation",
    "conv2d",
    "conv2d_backward",
    "convolve",
    "correlation",
    "cross_correlate",
    "cross_entropy",
    "cross_entropy_backward",
    "flatten",
    "flatten_backward",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "operation_of",
    "relu",
    "relu_backward",
    "softmax",
    "softmax_backward",
]


@dataclass(frozen=True)
class Operation:
    """A forward function, its backward, the tensors it differentiates, and a record's settings."""

    forward: Callable[..., Record]
    backward: Callable[..., Record]
    inputs: tuple[str, ...] = ("x",)
    settings: Callable[[Record], dict] = lambda record: {}

    def again(self, record: Record, **changed) -> Record:
        """Run the forward pass of `record` once more, with some of its inputs changed."""
        inputs = {name: getattr(record, name) for name in self.inputs}
        return self.forward(**{**inputs, **self.settings(record), **changed})


def _sliding(record: Conv2dRecord) -> dict:
    setting = record.geometry
    names = ("stride", "padding", "dilation", "border")
    return {name: getattr(setting, name) for name in names}


def _pooling(record: MaxPool2dRecord) -> dict:
    setting = record.geometry
    padding = tuple(before for before, _ in setting.padding)
    return {"kernel_size": setting.kernel_size, "stride": setting.stride, "padding": padding}


OPERATIONS = {
    Conv2dRecord: Operation(conv2d, conv2d_backward, ("x", "weight", "bias"), _sliding),
    MaxPool2dRecord: Operation(max_pool2d, max_pool2d_backward, settings=_pooling),
    ReluRecord: Operation(relu, relu_backward),
    FlattenRecord: Operation(flatten, flatten_backward),
    LinearRecord: Operation(linear, linear_backward, ("x", "weight", "bias")),
    SoftmaxRecord: Operation(softmax, softmax_backward),
    CrossEntropyRecord: Operation(
        cross_entropy, cross_entropy_backward, settings=lambda record: {"labels": record.labels}
    ),
}


def operation_of(record: Record) -> Operation:
    """Return the operation that made a record; raise TypeError for what none has made."""
    if type(record) not in OPERATIONS:
        raise TypeError(
            f"record is a {type(record).__name__}; the result of an operation such as conv2d is expected"
        )
    return OPERATIONS[type(record)]
