"""The fully connected layer, and the step from images to plain rows of numbers before it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers, own, require_shape
from vizconv.engine.records import Gradients, Record, gradient_of


@dataclass(frozen=True, eq=False, repr=False)
class FlattenRecord(Record):
    """What `flatten` did: x (N, ...) and y (N, D), the same numbers."""

    x: np.ndarray
    y: np.ndarray


def flatten(x: ArrayLike) -> FlattenRecord:
    """Write each image as one row: (N, C, H, W) becomes (N, C·H·W), channel by channel, row by row."""
    x = own(numbers(x, "x", (2, 3, 4)))
    return FlattenRecord(x, x.reshape(len(x), -1))


def flatten_backward(record: FlattenRecord, dy: ArrayLike) -> Gradients:
    """Give dy back x's shape; the numbers stay."""
    dy = gradient_of(record, FlattenRecord, flatten, dy)
    return Gradients(dy, dy.reshape(record.x.shape))


@dataclass(frozen=True, eq=False, repr=False)
class LinearRecord(Record):
    """What `linear` did: x (N, D), weight (K, D), bias (K) or None, y (N, K)."""

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    y: np.ndarray


def linear(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> LinearRecord:
    """Weigh and add: y = x · weightᵀ + bias.

    x (N, D), weight (K, D), bias (K). Raises ValueError when the sizes do not fit.
    """
    x, weight = numbers(x, "x", 2), numbers(weight, "weight", 2)
    require_shape(x, "x", (len(x), weight.shape[1]), "as many columns as weight has")
    y = (weight @ x.T).T
    if bias is not None:
        bias = own(numbers(bias, "bias", 1))
        require_shape(bias, "bias", weight.shape[:1], "one number an output")
        y = y + bias
    return LinearRecord(own(x), own(weight), bias, y)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LinearGradients(Record):
    """What `linear_backward` found: each gradient has its tensor's shape."""

    dy: np.ndarray
    dx: np.ndarray | None
    dweight: np.ndarray
    dbias: np.ndarray | None


def linear_backward(record: LinearRecord, dy: ArrayLike, input_gradient: bool = True) -> LinearGradients:
    """Find the gradients of L = Σ dy ⊙ y: dx = dy · weight, dweight = dyᵀ · x, dbias = Σ_n dy_n.

    dy (N, K). Without `input_gradient`, dx is None. Raises ValueError when dy has not y's shape.
    """
    dy = gradient_of(record, LinearRecord, linear, dy)
    return LinearGradients(
        dy=dy,
        dx=(record.weight.T @ dy.T).T if input_gradient else None,
        dweight=dy.T @ record.x,
        dbias=None if record.bias is None else dy.sum(axis=0),
    )
