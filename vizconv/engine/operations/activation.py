"""Activations: one function for every number by itself.

Each records its slope, so that its backward is one product: δ = slope ⊙ dy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import floats, let_through, numbers, own
from vizconv.engine.records import Gradients, Record, gradient_of


@dataclass(frozen=True, eq=False, repr=False)
class ReluRecord(Record):
    """What `relu` did: x and y, of one shape."""

    x: np.ndarray
    y: np.ndarray

    @property
    def gate(self) -> np.ndarray:
        """True where x > 0: what lets dy through."""
        return self.y > 0


def relu(x: ArrayLike) -> ReluRecord:
    """Keep what is positive: y = max(x, 0), for any shape."""
    x = numbers(x, "x")
    zeros = np.zeros_like(x)  # takes half the time of np.maximum(x, 0)
    return ReluRecord(own(x), np.maximum(x, zeros, out=zeros))


def relu_backward(record: ReluRecord, dy: ArrayLike) -> Gradients:
    """Let dy through where x was positive: dx = dy ⊙ gate; the derivative at 0 is taken as 0."""
    dy = gradient_of(record, ReluRecord, relu, dy)
    return Gradients(dy, let_through(dy, record.gate))


@dataclass(frozen=True, eq=False, repr=False)
class SigmoidRecord(Record):
    """What `sigmoid` did: x, y and slope = y (1 - y), all of one shape."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


def sigmoid(x: ArrayLike) -> SigmoidRecord:
    """Squeeze every number into 0…1: y = 1 / (1 + exp(-x)), for any shape.

    exp sees only -|x|, so that it never overflows.
    """
    x = numbers(x, "x")
    small = np.exp(-np.abs(floats(x)))
    y = np.where(x < 0, small, 1) / (1 + small)
    return SigmoidRecord(own(x), y, y * (1 - y))


def sigmoid_backward(record: SigmoidRecord, dy: ArrayLike) -> Gradients:
    """Weigh dy by the slope: dx = dy ⊙ y (1 - y)."""
    dy = gradient_of(record, SigmoidRecord, sigmoid, dy)
    return Gradients(dy, dy * record.slope)


@dataclass(frozen=True, eq=False, repr=False)
class TanhRecord(Record):
    """What `tanh` did: x, y and slope = 1 - y², all of one shape."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


def tanh(x: ArrayLike) -> TanhRecord:
    """Squeeze every number into -1…1: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), for any shape."""
    x = numbers(x, "x")
    y = np.tanh(x)
    return TanhRecord(own(x), y, 1 - y * y)


def tanh_backward(record: TanhRecord, dy: ArrayLike) -> Gradients:
    """Weigh dy by the slope: dx = dy ⊙ (1 - y²)."""
    dy = gradient_of(record, TanhRecord, tanh, dy)
    return Gradients(dy, dy * record.slope)
