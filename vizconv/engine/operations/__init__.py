"""The operations: each one's forward and backward side by side, arrays in and records out."""

# ruff: noqa: F401 (what is imported here is what the operations offer)

from vizconv.engine.operations.activation import (
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from vizconv.engine.operations.average_pooling import avg_pool2d, avg_pool2d_backward
from vizconv.engine.operations.catalogue import OPERATIONS, Operation, operation_of
from vizconv.engine.operations.convolution import (
    conv2d,
    conv2d_backward,
    convolve,
    correlation,
    cross_correlate,
)
from vizconv.engine.operations.convolution_1d import conv1d, conv1d_backward
from vizconv.engine.operations.linear import flatten, flatten_backward, linear, linear_backward
from vizconv.engine.operations.loss import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse,
    mse_backward,
    softmax,
    softmax_backward,
)
from vizconv.engine.operations.normalization import batch_norm2d, batch_norm2d_backward
from vizconv.engine.operations.pooling import max_pool2d, max_pool2d_backward
from vizconv.engine.operations.transposed_convolution import conv_transpose2d, conv_transpose2d_backward
