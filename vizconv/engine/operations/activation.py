"""Activations: one function for every number by itself.

Each records its slope, so that its backward is one product: δ = slope ⊙ dy.
"""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import numbers, own
from vizconv.engine.records import Record, gradient_of


@dataclass(frozen=True, eq=False, repr=False)
class ReluRecord(Record):
    """What `relu` did: x and y, of one shape."""

    x: np.ndarray
    y: np.ndarray

    @property
    def gate(self) -> np.ndarray:
        """True where x > 0: what lets dy through."""
        return self.y > 0


def relu(x) -> ReluRecord:
    """Keep what is positive: y = max(x, 0), for any shape."""
    x = numbers(x, "x")
    zeros = np.zeros_like(x)  # takes half the time of np.maximum(x, 0)
    return ReluRecord(own(x), np.maximum(x, zeros, out=zeros))


@dataclass(frozen=True, eq=False, repr=False)
class ReluGradients(Record):
    """What `relu_backward` found: dy and dx, of x's shape."""

    dy: np.ndarray
    dx: np.ndarray


def relu_backward(record: ReluRecord, dy) -> ReluGradients:
    """Let dy through where x was positive: dx = dy ⊙ gate; the derivative at 0 is taken as 0."""
    dy = gradient_of(record, ReluRecord, relu, dy)
    return ReluGradients(dy, dy * record.gate)


@dataclass(frozen=True, eq=False, repr=False)
class SigmoidRecord(Record):
    """What `sigmoid` did: x, y and slope = y (1 - y), all of one shape."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


def sigmoid(x) -> SigmoidRecord:
    """Squeeze every number into 0…1: y = 1 / (1 + exp(-x)), for any shape.

    exp sees only -|x|, so that it never overflows.
    """
    x = numbers(x, "x")
    small = np.exp(-np.abs(x))
    y = np.where(x < 0, small, 1) / (1 + small)
    return SigmoidRecord(own(x), y, y * (1 - y))


@dataclass(frozen=True, eq=False, repr=False)
class SigmoidGradients(Record):
    """What `sigmoid_backward` found: dy and dx, of x's shape."""

    dy: np.ndarray
    dx: np.ndarray


def sigmoid_backward(record: SigmoidRecord, dy) -> SigmoidGradients:
    """Weigh dy by the slope: dx = dy ⊙ y (1 - y)."""
    dy = gradient_of(record, SigmoidRecord, sigmoid, dy)
    return SigmoidGradients(dy, dy * record.slope)


@dataclass(frozen=True, eq=False, repr=False)
class TanhRecord(Record):
    """What `tanh` did: x, y and slope = 1 - y², all of one shape."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


def tanh(x) -> TanhRecord:
    """Squeeze every number into -1…1: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), for any shape."""
    x = numbers(x, "x")
    y = np.tanh(x)
    return TanhRecord(own(x), y, 1 - y * y)


@dataclass(frozen=True, eq=False, repr=False)
class TanhGradients(Record):
    """What `tanh_backward` found: dy and dx, of x's shape."""

    dy: np.ndarray
    dx: np.ndarray


def tanh_backward(record: TanhRecord, dy) -> TanhGradients:
    """Weigh dy by the slope: dx = dy ⊙ (1 - y²)."""
    dy = gradient_of(record, TanhRecord, tanh, dy)
    return TanhGradients(dy, dy * record.slope)
