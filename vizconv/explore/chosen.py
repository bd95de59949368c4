"""A preset, or the learner's own: one value for both, so that a preset never drops what a learner typed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.arrays import own as owned
from vizconv.examples.matrices import FIRST_DIGIT, Input, resize
from vizconv.scenes import put_at

OWN = "your own"
LARGEST = 32  # rows or columns of x on the stage


@dataclass(frozen=True, eq=False, kw_only=True)
class Chosen:
    """Numbers and where they came from: the name of a preset, or "your own".

    own: the learner's numbers while a preset is shown, or None; cut: what was left out of the learner's, in
    words; source, own_source: the presets that the numbers, and those in own, began as, empty for none;
    digit: the place of a handwritten digit among those that ship.
    """

    name: str
    values: np.ndarray = field(repr=False)
    own: np.ndarray | None = field(default=None, repr=False)
    cut: str = ""
    source: str = ""
    own_source: str = ""
    digit: int = FIRST_DIGIT

    def __post_init__(self):
        object.__setattr__(self, "values", owned(self.values))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the numbers on show."""
        return (self.cut,) if self.cut and self.name == OWN else ()

    def preset(self, name: str, values: ArrayLike, digit: int = FIRST_DIGIT) -> "Chosen":
        """Return a preset in its place; what a learner typed is kept."""
        kept = {"own": self.values, "own_source": self.source} if self.name == OWN else {}
        return replace(self, name=name, values=numbers(values, name), source=name, digit=digit, **kept)

    def again(self) -> "Chosen":
        """Return the learner's own again, or, if there is none yet, the present numbers as their own."""
        if self.own is None:
            return replace(self, name=OWN)
        return replace(self, name=OWN, values=self.own, source=self.own_source, own=None)

    def typed(self, index: tuple[int, ...], value: float) -> "Chosen":
        """Return the learner's own numbers: the present ones with another value at an index."""
        return replace(self, name=OWN, values=put_at(self.values, index, value), own=None)

    def with_values(self, values: ArrayLike) -> "Chosen":
        """Return the same choice with other numbers, such as a kernel of another size."""
        return replace(self, values=numbers(values, self.name))


@dataclass(frozen=True, eq=False, kw_only=True)
class InputSettings:
    """Settings whose input is a preset or the learner's own."""

    input: Chosen

    @property
    def x(self) -> np.ndarray:
        """The input (H, W)."""
        return self.input.values

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the input."""
        return self.input.notes


def pixels_of(chosen: Chosen, presets: Mapping[str, Input]) -> tuple[float, float] | None:
    """Return which numbers are black and white where a preset is a picture, also one that was typed into."""
    preset = presets.get(chosen.source)
    return None if preset is None else preset.pixels


def read_chosen(
    value: Any,
    name: str,
    presets: Collection[str],
    make: Callable[[str], Any],
    ndim: int | tuple[int, ...] = 2,
) -> Chosen:
    """Read numbers, a preset's name or None (the first one); `make(name)` makes a preset's numbers.

    Raises ValueError for another name, and what `numbers` raises for no numbers of so many axes.
    """
    if value is not None and not isinstance(value, str):
        return Chosen(name=OWN, values=numbers(value, name, ndim).copy())
    preset = next(iter(presets)) if value is None else value
    if preset not in presets:
        kind = "a matrix" if ndim == 2 else "an array"
        raise ValueError(f"{name} is {value!r}; {kind} or one of {list(presets)} is expected")
    return Chosen(name=preset, values=numbers(make(preset), name, ndim), source=preset)


def read_input(x: ArrayLike | None, presets: Mapping[str, Any]) -> Chosen:
    """Read an input: a matrix, a preset's name or None (the first one); of what is large the first part."""
    chosen = read_chosen(x, "x", presets, lambda name: presets[name].make())
    if chosen.name != OWN:
        return chosen
    values = chosen.values[:LARGEST, :LARGEST]
    if values.shape == chosen.values.shape:
        return chosen
    kept = " of ".join("×".join(map(str, array.shape)) for array in (values, chosen.values))
    return replace(chosen, values=values, cut=f"x is large: its first {kept} numbers are on the stage.")


def read_kernel(k: ArrayLike | None, presets: Mapping[str, Any]) -> Chosen:
    """Read a kernel: a matrix, a preset's name or None; the first preset is 2×2, the others are 3×3."""
    return read_chosen(
        k, "k", presets, lambda name: presets[name](*(2, 2) if name == next(iter(presets)) else (3, 3))
    )


def sized(kernel: Chosen, height: int, width: int, presets: Mapping[str, Any]) -> Chosen:
    """Make a preset's kernel anew in this size; cut the learner's own or extend it with zeros."""
    preset = presets.get(kernel.name)
    return kernel.with_values(preset(height, width) if preset else resize(kernel.values, height, width))
