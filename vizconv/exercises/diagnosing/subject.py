"""What a backward function is diagnosed with: records and their dy, right gradients, and typical mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vizconv.engine.arrays import own
from vizconv.engine.operations.catalogue import operation_of
from vizconv.engine.writing import format_number
from vizconv.exercises.mistakes import Mistakes
from vizconv.scenes import Scene


@dataclass(frozen=True, eq=False)
class Trial:
    """A run of the operation, and the gradient dy of its y."""

    record: Any
    dy: np.ndarray

    @cached_property
    def right(self) -> Mapping[str, np.ndarray]:
        """The engine's gradients, by name."""
        found = operation_of(self.record).backward(self.record, self.dy)
        return {name: np.asarray(value) for name, value in vars(found).items() if name.startswith("d")}

    def __repr__(self):
        operation = operation_of(self.record)
        inputs = {name: getattr(self.record, name) for name in operation.inputs}
        said = {name: value for name, value in operation.settings(self.record).items() if name != "border"}
        return ", ".join(f"{name} {_written(value)}" for name, value in {**inputs, **said}.items())


def trial(record: Any, dy: Any = 1.0) -> Trial:
    """Make a trial of a record and its dy, as floats."""
    return Trial(record, own(np.asarray(dy, float)))


def _written(value: Any) -> str:
    """Write a shape, or a setting: (2, 2) is 2, ((0, 1), (0, 1)) too is one number where all are alike."""
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "f":
        return "×".join(map(str, value.shape))
    flat = np.ravel(value)
    alike = (flat == flat[0]).all() and not isinstance(value, np.ndarray)
    return format_number(flat[0]) if alike else "(" + ", ".join(map(str, flat.tolist())) + ")"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An operation whose backward can be diagnosed.

    gradients: what the backward returns, in the engine's order; trials: the easiest first, chosen so that
    each typical mistake shows in one of them; mistakes: for each gradient, functions of (record, dy); scene:
    a function of (trial, gradient, the index of one wrong cell).
    """

    gradients: tuple[str, ...]
    trials: tuple[Trial, ...]
    mistakes: Mapping[str, Mistakes]
    scene: Callable[[Trial, str, tuple[int, ...]], "Part"]


@dataclass(frozen=True, eq=False)
class Part:
    """A scene, the name of its panel that shows a part of a gradient, and which part: leading indices."""

    scene: Scene
    panel: str
    leading: tuple[int, ...]
