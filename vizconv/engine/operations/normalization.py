"""Batch normalization as a trained network runs it: one scale and one shift a channel, fixed beforehand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import floats, numbers, own, require_shape
from vizconv.engine.records import Record, gradient_of


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BatchNorm2dRecord(Record):
    """What `batch_norm2d` did.

    x (N, C, H, W); weight, bias, mean, variance and deviation = √(variance + epsilon), each (C);
    normalized = (x - mean) / deviation and y, of x's shape.
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    deviation: np.ndarray
    normalized: np.ndarray
    y: np.ndarray
    epsilon: float


def batch_norm2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    epsilon: float = 1e-5,
) -> BatchNorm2dRecord:
    """Normalize each channel by a mean and a variance known from training: y = weight · normalized + bias.

    normalized = (x - mean) / √(variance + epsilon). x (N, C, H, W); weight, bias, mean and variance (C).
    Whole numbers are computed in float64, float32 and float64 stay. Raises ValueError when sizes do not
    fit and where variance + epsilon is not a finite number above 0.
    Ioffe and Szegedy, "Batch normalization", 2015.
    """
    x = numbers(x, "x", 4)
    named = {"weight": weight, "bias": bias, "mean": mean, "variance": variance}
    by_channel = {name: own(_one_a_channel(value, name, x.shape[1])) for name, value in named.items()}
    kind = np.result_type(*map(floats, (x, *by_channel.values())))
    deviation = _deviation(by_channel["variance"].astype(kind), float(epsilon))
    scale, shift, middle = (by_channel[name].astype(kind) for name in ("weight", "bias", "mean"))
    normalized = (x.astype(kind, copy=False) - _along(middle)) / _along(deviation)
    return BatchNorm2dRecord(
        x=own(x),
        **by_channel,
        deviation=deviation,
        normalized=normalized,
        y=_along(scale) * normalized + _along(shift),
        epsilon=float(epsilon),
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BatchNorm2dGradients(Record):
    """What `batch_norm2d_backward` found: each gradient has its tensor's shape; dx may be left out (None)."""

    dy: np.ndarray
    dx: np.ndarray | None
    dweight: np.ndarray
    dbias: np.ndarray


def batch_norm2d_backward(
    record: BatchNorm2dRecord, dy: ArrayLike, input_gradient: bool = True
) -> BatchNorm2dGradients:
    """Find the gradients of L = Σ dy ⊙ y, where mean and variance are fixed.

    dx = dy · weight / deviation, dweight = Σ dy ⊙ normalized, dbias = Σ dy, the sums over a channel of all
    images. Without `input_gradient`, dx is None. Raises ValueError when dy has not y's shape.
    """
    dy = gradient_of(record, BatchNorm2dRecord, batch_norm2d, dy)
    scale = record.weight.astype(dy.dtype, copy=False) / record.deviation
    return BatchNorm2dGradients(
        dy=dy,
        dx=dy * _along(scale) if input_gradient else None,
        dweight=(dy * record.normalized).sum(axis=(0, 2, 3)),
        dbias=dy.sum(axis=(0, 2, 3)),
    )


def _one_a_channel(value, name, channels) -> np.ndarray:
    array = numbers(value, name, 1)
    require_shape(array, name, (channels,), "one number a channel")
    return array


def _deviation(variance, epsilon) -> np.ndarray:
    widened = variance + epsilon
    wrong = ~(np.isfinite(widened) & (widened > 0))
    if wrong.any():
        channel = int(wrong.argmax())
        raise ValueError(
            f"variance + epsilon is {variance[channel]} + {epsilon} in channel {channel}; "
            "a finite number above 0 is expected, its square root divides"
        )
    return np.sqrt(widened)


def _along(by_channel) -> np.ndarray:
    """Stand one number a channel beside (N, C, H, W)."""
    return by_channel[:, None, None]
