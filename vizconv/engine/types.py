"""What the field's parameters take, for a type checker and for whoever reads a signature."""

from collections.abc import Iterable, Sequence
from typing import SupportsIndex, TypeVar

import numpy as np

Size = SupportsIndex | Sequence[SupportsIndex] | np.ndarray  # one whole number, or (height, width)
Padding = Size | Sequence[Sequence[SupportsIndex]] | str  # also ((top, bottom), (left, right)), or a word
Shape = Sequence[int]
T = TypeVar("T")


def both(values: Iterable[T]) -> tuple[T, T]:
    """Return two values, such as a height and a width, as a pair; raise ValueError for more or fewer."""
    first, second = values
    return first, second


def present(value: T | None) -> T:
    """Return what may be None in general, where it cannot be; raise TypeError if it is."""
    if value is None:
        raise TypeError("a value is missing that is always there")
    return value
