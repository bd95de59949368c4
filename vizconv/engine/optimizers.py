"""Optimizers: from parameters and their gradients to new parameters, nothing changed in place.

`step` is a pure function: parameters, gradients and a state go in, new ones come out. The learning rate
is a number or a schedule of the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from vizconv.engine.arrays import floats, freeze
from vizconv.engine.schedules import Schedule, rate_at, require_positive, require_rate, require_within

Arrays = Mapping[str, np.ndarray]


class Optimizer(Protocol):
    """A rule for one step downhill; what it must remember is a state that goes in and out."""

    learning_rate: float | Schedule

    def start(self, parameters: Arrays) -> Any:
        """Return the state before the first step."""

    def step(self, parameters: Arrays, gradients: Arrays, state: Any = None) -> tuple[dict, Any]:
        """Return the new parameters and the new state; without a state, this is the first step."""
        ...


@dataclass(frozen=True)
class SGDState:
    """What SGD remembers: the number of steps."""

    steps: int


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: w ← w - η dw."""

    learning_rate: float | Schedule

    def __post_init__(self):
        require_rate(self.learning_rate)

    def start(self, parameters: Arrays) -> SGDState:  # noqa: ARG002 (others need them)
        """Return a count of zero."""
        return SGDState(0)

    def step(self, parameters: Arrays, gradients: Arrays, state: SGDState | None = None):
        """Return the parameters one step further down, and the state."""
        parameters = ready(parameters, gradients)
        state = state or self.start(parameters)
        rate = rate_at(self.learning_rate, state.steps)
        new = {name: freeze(w - w.dtype.type(rate) * gradients[name]) for name, w in parameters.items()}
        return new, SGDState(state.steps + 1)


@dataclass(frozen=True)
class MomentumState:
    """What momentum remembers: the number of steps and the velocity v of every parameter."""

    steps: int
    velocity: Arrays


@dataclass(frozen=True)
class Momentum:
    """Gradient descent with momentum: v ← μ v + dw, w ← w - η v (Polyak, 1964; as PyTorch's SGD)."""

    learning_rate: float | Schedule
    momentum: float = 0.9

    def __post_init__(self):
        require_rate(self.learning_rate)
        require_share("momentum", self.momentum)

    def start(self, parameters: Arrays) -> MomentumState:
        """Return velocities of zero."""
        return MomentumState(0, _zeros(parameters))

    def step(self, parameters: Arrays, gradients: Arrays, state: MomentumState | None = None):
        """Return the parameters moved along the new velocity, and the state."""
        parameters = ready(parameters, gradients)
        state = state or self.start(parameters)
        rate, share = rate_at(self.learning_rate, state.steps), self.momentum
        velocity = {
            name: freeze(w.dtype.type(share) * state.velocity[name] + gradients[name])
            for name, w in parameters.items()
        }
        new = {name: freeze(w - w.dtype.type(rate) * velocity[name]) for name, w in parameters.items()}
        return new, MomentumState(state.steps + 1, velocity)


@dataclass(frozen=True)
class AdamState:
    """What Adam remembers: the number of steps and the running means of dw and dw²."""

    steps: int
    mean: Arrays
    square: Arrays


@dataclass(frozen=True)
class Adam:
    """Adam: a step of about η for every weight, against its mean gradient (Kingma and Ba, 2015)."""

    learning_rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self):
        require_rate(self.learning_rate)
        require_share("beta1", self.beta1)
        require_share("beta2", self.beta2)
        require_positive(self.epsilon, "epsilon", "a small positive number such as 1e-8")

    def start(self, parameters: Arrays) -> AdamState:
        """Return means of zero."""
        return AdamState(0, _zeros(parameters), _zeros(parameters))

    def step(self, parameters: Arrays, gradients: Arrays, state: AdamState | None = None):
        """Return w - η m̂ / (√v̂ + ε), m̂ and v̂ being the means corrected for their start at zero."""
        parameters = ready(parameters, gradients)
        state = state or self.start(parameters)
        steps = state.steps + 1
        mean = {n: _blend(state.mean[n], gradients[n], self.beta1) for n in parameters}
        square = {n: _blend(state.square[n], gradients[n] * gradients[n], self.beta2) for n in parameters}
        rate = rate_at(self.learning_rate, state.steps) / (1 - self.beta1**steps)
        correction = np.sqrt(1 - self.beta2**steps)
        new = {
            name: _towards(w, mean[name], square[name], rate, correction, self.epsilon)
            for name, w in parameters.items()
        }
        return new, AdamState(steps, mean, square)


def ready(parameters: Arrays, gradients: Arrays) -> Arrays:
    """Return the parameters as floats; raise ValueError unless each has a gradient of its shape."""
    for name, w in parameters.items():
        if name not in gradients or gradients[name].shape != w.shape:
            came = gradients[name].shape if name in gradients else "none"
            raise ValueError(f"the gradient of {name} is missing or misshapen: {came}; {w.shape} is expected")
    return {name: floats(w) for name, w in parameters.items()}


def require_share(name: str, value: float) -> None:
    """Raise TypeError for what is no number and ValueError unless 0 ≤ value < 1."""
    require_within(value, name, lambda share: 0 <= share < 1, "a number from 0 to below 1")


def _zeros(parameters):
    return {name: freeze(np.zeros_like(floats(w))) for name, w in parameters.items()}


def _blend(old, new, share):
    kind = old.dtype.type
    return freeze(kind(share) * old + kind(1 - share) * new)


def _towards(w, mean, square, rate, correction, epsilon):
    kind = w.dtype.type
    return freeze(w - kind(rate) * mean / (np.sqrt(square) / kind(correction) + kind(epsilon)))
