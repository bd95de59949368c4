"""Optimizers: from parameters and their gradients to new parameters, nothing changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Arrays = Mapping[str, np.ndarray]


class Optimizer(Protocol):
    """A rule for one step downhill; what it must remember is a state that goes in and out."""

    def start(self, parameters: Arrays) -> Any:
        """Return the state before the first step."""

    def step(self, parameters: Arrays, gradients: Arrays, state: Any) -> tuple[dict, Any]:
        """Return the new parameters and the new state."""


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: w ← w - η dw."""

    learning_rate: float

    def __post_init__(self):
        _require_positive(self.learning_rate)

    def start(self, parameters: Arrays) -> None:
        """Remember nothing."""

    def step(self, parameters: Arrays, gradients: Arrays, state: None = None) -> tuple[dict, None]:
        """Return the parameters one step further down."""
        rate = self.learning_rate
        return {name: w - w.dtype.type(rate) * gradients[name] for name, w in parameters.items()}, state


@dataclass(frozen=True)
class AdamState:
    """What Adam remembers: the number of steps and the running means of dw and dw²."""

    steps: int
    mean: Arrays
    square: Arrays


@dataclass(frozen=True)
class Adam:
    """Adam: a step of about η for every weight, against its mean gradient (Kingma and Ba, 2015)."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self):
        _require_positive(self.learning_rate)

    def start(self, parameters: Arrays) -> AdamState:
        """Return means of zero."""
        zeros = {name: np.zeros_like(w) for name, w in parameters.items()}
        return AdamState(0, zeros, zeros)

    def step(self, parameters: Arrays, gradients: Arrays, state: AdamState) -> tuple[dict, AdamState]:
        """Return w - η m̂ / (√v̂ + ε), with m̂ and v̂ the means corrected for their start at zero."""
        steps = state.steps + 1
        mean = {n: _blend(state.mean[n], dw, self.beta1) for n, dw in gradients.items()}
        square = {n: _blend(state.square[n], dw * dw, self.beta2) for n, dw in gradients.items()}
        rate = self.learning_rate / (1 - self.beta1**steps)
        correction = np.sqrt(1 - self.beta2**steps)
        new = {
            name: _towards(w, mean[name], square[name], rate, correction, self.epsilon)
            for name, w in parameters.items()
        }
        return new, AdamState(steps, mean, square)


def _blend(old, new, share):
    kind = old.dtype.type
    return kind(share) * old + kind(1 - share) * new


def _towards(w, mean, square, rate, correction, epsilon):
    kind = w.dtype.type
    return w - kind(rate) * mean / (np.sqrt(square) / kind(correction) + kind(epsilon))


def _require_positive(rate):
    if not (np.isscalar(rate) and np.isfinite(rate) and rate > 0):
        raise ValueError(f"learning_rate is {rate!r}; a positive number such as 0.001 is expected")
