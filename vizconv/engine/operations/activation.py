"""Activations: one function for every number by itself."""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import gradient, numbers, own
from vizconv.engine.records import Record


@dataclass(frozen=True, eq=False, repr=False)
class ReluRecord(Record):
    """What `relu` did: x, gate (True where x > 0) and y, all of one shape."""

    x: np.ndarray
    gate: np.ndarray
    y: np.ndarray


def relu(x) -> ReluRecord:
    """Keep what is positive: y = max(x, 0), for any shape."""
    x = numbers(x, "x")
    return ReluRecord(own(x), x > 0, np.maximum(x, 0))


@dataclass(frozen=True, eq=False, repr=False)
class ReluGradients(Record):
    """What `relu_backward` found: dy and dx, of x's shape."""

    dy: np.ndarray
    dx: np.ndarray


def relu_backward(record: ReluRecord, dy) -> ReluGradients:
    """Let dy through where x was positive: dx = dy ⊙ gate; the derivative at 0 is taken as 0."""
    dy = gradient(dy, record.y)
    return ReluGradients(dy, dy * record.gate)
