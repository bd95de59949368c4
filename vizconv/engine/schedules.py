"""Schedules: the learning rate as a function of the step, counted from 0."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vizconv.engine.geometry import whole

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class Constant:
    """The same learning rate at every step."""

    rate: float

    def __post_init__(self):
        require_positive(self.rate, "rate")

    def __call__(self, step: int) -> float:  # noqa: ARG002 (other schedules need it)
        """Return the rate."""
        return self.rate


@dataclass(frozen=True)
class StepDecay:
    """A learning rate that is multiplied by `factor` after every `every` steps."""

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self):
        require_positive(self.rate, "rate")
        require_positive(self.factor, "factor")
        whole(self.every, "every", 1)

    def __call__(self, step: int) -> float:
        """Return rate · factor^⌊step / every⌋."""
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class OneCycle:
    """A learning rate that rises along half a cosine to `peak` and falls along another, once.

    It starts at peak / 25, reaches the peak after the share `warm_up` of `steps` and ends at
    peak / 250,000, as PyTorch's OneCycleLR. Smith and Topin, "Super-convergence", 2018.
    """

    peak: float
    steps: int
    warm_up: float = 0.3

    def __post_init__(self):
        require_positive(self.peak, "peak")
        whole(self.steps, "steps", 2)
        if not 0 < self.warm_up < 1:
            raise ValueError(f"warm_up is {self.warm_up}; a share between 0 and 1 is expected")

    def __call__(self, step: int) -> float:
        """Return the rate at a step; after the last one it stays."""
        start, end = self.peak / 25, self.peak / 250_000
        top, last = self.warm_up * self.steps - 1, self.steps - 1
        if step < top:
            return _along_cosine(start, self.peak, step / top)
        return _along_cosine(self.peak, end, min((step - top) / (last - top), 1))


def rate_at(learning_rate: float | Schedule, step: int) -> float:
    """Read a learning rate, a number or a schedule, at a step.

    Raises TypeError or ValueError where a schedule gives anything but a number of 0 or more.
    """
    if not callable(learning_rate):
        return learning_rate
    rate = learning_rate(step)
    name, expected = f"the learning rate of {learning_rate} at step {step}", "a finite number of 0 or more"
    require_within(rate, name, lambda number: 0 <= number < math.inf, expected)
    return rate


def require_rate(learning_rate: object) -> None:
    """Raise TypeError or ValueError unless this is a positive number or a schedule."""
    if not callable(learning_rate) or isinstance(learning_rate, type):
        expected = "a positive number such as 0.001, or a schedule such as StepDecay(0.001, 500),"
        require_positive(learning_rate, "learning_rate", expected)


def require_positive(value: Any, name: str, expected: str = "a positive number such as 0.001") -> None:
    """Raise TypeError for what is no number and ValueError unless it is positive and finite."""
    require_within(value, name, lambda number: 0 < number < math.inf, expected)


def require_within(value: Any, name: str, fits: Callable[[float], bool], expected: str) -> None:
    """Raise TypeError for what is no number and ValueError unless it `fits`; a truth value is no number."""
    sentence = f"{name} is {value!r}; {expected} is expected"
    if isinstance(value, bool | np.bool_) or np.ndim(value) > 0:
        raise TypeError(sentence)
    try:
        inside = fits(value)
    except (TypeError, ValueError) as error:
        raise TypeError(sentence) from error
    if not inside:
        raise ValueError(sentence)


def _along_cosine(start, end, share):
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
