"""The catalogue: for every kind of record, how its operation runs again and how it runs backward."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vizconv.engine.operations.activation import (
    ReluRecord,
    SigmoidRecord,
    TanhRecord,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from vizconv.engine.operations.average_pooling import AvgPool2dRecord, avg_pool2d, avg_pool2d_backward
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, conv2d_backward
from vizconv.engine.operations.convolution_1d import Conv1dRecord, conv1d, conv1d_backward
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
    LogSoftmaxRecord,
    MseRecord,
    SoftmaxRecord,
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse,
    mse_backward,
    softmax,
    softmax_backward,
)
from vizconv.engine.operations.normalization import (
    BatchNorm2dRecord,
    batch_norm2d,
    batch_norm2d_backward,
)
from vizconv.engine.operations.pooling import MaxPool2dRecord, max_pool2d, max_pool2d_backward
from vizconv.engine.operations.transposed_convolution import (
    ConvTranspose2dRecord,
    conv_transpose2d,
    conv_transpose2d_backward,
)
from vizconv.engine.records import Forward, Record


@dataclass(frozen=True)
class Operation:
    """A forward function, its backward, the tensors it differentiates, and a record's settings."""

    forward: Callable[..., Any]  # each returns a record of its own kind
    backward: Callable[..., Any]
    inputs: tuple[str, ...] = ("x",)
    settings: Callable[[Any], dict] = lambda record: {}

    def again(self, record: Forward, **changed: Any) -> Any:
        """Run the forward pass of `record` once more, with some of its inputs changed."""
        inputs = {name: getattr(record, name) for name in self.inputs}
        return self.forward(**{**inputs, **self.settings(record), **changed})


def operation_of(record: object) -> Operation:
    """Return the operation that made a record; raise TypeError for what none has made."""
    kind: Any = type(record)
    if kind not in OPERATIONS:
        raise TypeError(
            f"record is a {type(record).__name__}; the result of an operation such as conv2d is expected"
        )
    return OPERATIONS[kind]


def _sliding(record: Conv2dRecord) -> dict:
    setting = record.geometry
    return {name: getattr(setting, name) for name in ("stride", "padding", "dilation", "border")}


def _sliding_along_a_row(record: Conv1dRecord) -> dict:
    settings = _sliding(record.flat)
    return settings | {name: settings[name][1] for name in ("stride", "padding", "dilation")}


def _stamping(record: ConvTranspose2dRecord) -> dict:
    return {name: getattr(record, name) for name in ("stride", "padding", "output_padding", "dilation")}


def _normalizing(record: BatchNorm2dRecord) -> dict:
    return {name: getattr(record, name) for name in ("mean", "variance", "epsilon")}


def _pooling(record: MaxPool2dRecord | AvgPool2dRecord) -> dict:
    setting = record.geometry
    padding = tuple(before for before, _ in setting.padding)
    return {"kernel_size": setting.kernel_size, "stride": setting.stride, "padding": padding}


_WEIGHTED = ("x", "weight", "bias")
OPERATIONS: dict[type[Record], Operation] = {
    Conv2dRecord: Operation(conv2d, conv2d_backward, _WEIGHTED, _sliding),
    Conv1dRecord: Operation(conv1d, conv1d_backward, _WEIGHTED, _sliding_along_a_row),
    ConvTranspose2dRecord: Operation(conv_transpose2d, conv_transpose2d_backward, _WEIGHTED, _stamping),
    LinearRecord: Operation(linear, linear_backward, _WEIGHTED),
    BatchNorm2dRecord: Operation(batch_norm2d, batch_norm2d_backward, _WEIGHTED, _normalizing),
    MaxPool2dRecord: Operation(max_pool2d, max_pool2d_backward, settings=_pooling),
    AvgPool2dRecord: Operation(avg_pool2d, avg_pool2d_backward, settings=_pooling),
    ReluRecord: Operation(relu, relu_backward),
    SigmoidRecord: Operation(sigmoid, sigmoid_backward),
    TanhRecord: Operation(tanh, tanh_backward),
    FlattenRecord: Operation(flatten, flatten_backward),
    SoftmaxRecord: Operation(softmax, softmax_backward),
    LogSoftmaxRecord: Operation(log_softmax, log_softmax_backward),
    CrossEntropyRecord: Operation(
        cross_entropy, cross_entropy_backward, settings=lambda record: {"labels": record.labels}
    ),
    MseRecord: Operation(mse, mse_backward, settings=lambda record: {"target": record.target}),
}
