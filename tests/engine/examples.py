"""One run of every operation, on random numbers without ties."""

import numpy as np

from vizconv.engine.operations import (
    OPERATIONS,
    avg_pool2d,
    batch_norm2d,
    conv1d,
    conv2d,
    conv_transpose2d,
    cross_entropy,
    flatten,
    linear,
    log_softmax,
    max_pool2d,
    mse,
    relu,
    sigmoid,
    softmax,
    tanh,
)

RECORDS = [operation.forward.__name__ for operation in OPERATIONS.values()]


def example(name, seed, kind, case):
    """Run the operation `name` on numbers of this type; whole ones are all different."""
    size, kernel = case.size, case.kernel

    def draw(*shape):
        generator = np.random.default_rng(seed)
        if np.dtype(kind).kind == "i":
            return generator.permutation(np.prod(shape)).reshape(shape) * 2 - 7
        return generator.standard_normal(shape).astype(kind)

    row = case.stride[1], case.sides[1], case.dilation[1]
    made = {
        "conv2d": lambda: conv2d(draw(2, 2, *size), draw(2, 2, *kernel), draw(2), **case.settings),
        "conv1d": lambda: conv1d(draw(2, 2, size[1]), draw(2, 2, kernel[1]), draw(2), *row),
        "conv_transpose2d": lambda: conv_transpose2d(
            draw(1, 2, 3, 4), draw(2, 2, *kernel), draw(2), case.stride
        ),
        "linear": lambda: linear(draw(2, 5), draw(3, 5), draw(3)),
        "max_pool2d": lambda: max_pool2d(draw(1, 2, *(n + 4 for n in size)), kernel),
        "avg_pool2d": lambda: avg_pool2d(draw(1, 2, *(n + 4 for n in size)), kernel, (1, 2)),
        "batch_norm2d": lambda: batch_norm2d(
            draw(2, 3, *size), draw(3), draw(3), draw(3), np.array([0, 1, 4]).astype(kind), 0.5
        ),
        "relu": lambda: relu(draw(2, 5)),
        "sigmoid": lambda: sigmoid(draw(2, 3)),
        "tanh": lambda: tanh(draw(2, 3)),
        "flatten": lambda: flatten(draw(2, 1, *size)),
        "softmax": lambda: softmax(draw(2, 4)),
        "log_softmax": lambda: log_softmax(draw(2, 4)),
        "cross_entropy": lambda: cross_entropy(draw(3, 4), [0, 3, 1]),
        "mse": lambda: mse(draw(2, 3), np.arange(6).reshape(2, 3)),
    }
    return made[name]()
