"""A function to write: what is right, the arguments that it is tried with, and typical mistakes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from inspect import signature
from types import MappingProxyType
from typing import Any

import numpy as np

from vizconv.engine.arrays import own
from vizconv.examples.matrices import nonzero
from vizconv.exercises.mistakes import Mistakes
from vizconv.scenes import Scene


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A function to write.

    name: what it works out, such as "y", also the name of its panel in the scene; right: the engine's
    function, whose parameters name the arguments; cases: tuples of arguments, the easiest first, which
    become read-only and are then found by name; scene: makes a case's scene; mistakes and shapes: sentences,
    each with what makes the wrong result or the wrong shape that it names. The first one that fits is said.
    """

    name: str
    right: Callable[..., np.ndarray]
    cases: Iterable[Any]  # tuples come, mappings stay
    scene: Callable[..., Scene]
    mistakes: Mistakes = field(default_factory=dict)
    shapes: Mistakes = field(default_factory=dict)

    def __post_init__(self):
        names = tuple(signature(self.right).parameters)
        object.__setattr__(self, "cases", tuple(_frozen(names, case) for case in self.cases))

    @property
    def key(self) -> str:
        """What it is remembered by: the module and the name of its right function."""
        return f"{self.right.__module__.rpartition('.')[2]}.{self.right.__name__}"

    @cached_property
    def mistaken(self) -> tuple[Mapping[tuple[int, ...], Mapping[str, np.ndarray]], ...]:
        """What the mistakes make of each case, by its shape and their sentences; not all fit every case."""
        return tuple(_made(self.mistakes, case) for case in self.cases)


def _made(mistakes: Mistakes, case: Mapping[str, Any]) -> Mapping[tuple[int, ...], Mapping[str, np.ndarray]]:
    made: dict[tuple[int, ...], dict[str, np.ndarray]] = {}
    for sentence, make in mistakes.items():
        with suppress(ValueError):
            result = np.asarray(make(*case.values()))
            made.setdefault(result.shape, {})[sentence] = result
    return made


def _frozen(names, case) -> Mapping[str, Any]:
    arguments = (own(np.asarray(value)) if np.ndim(value) else value for value in case)
    return MappingProxyType(dict(zip(names, arguments, strict=True)))


def entries(generator: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Draw whole numbers from -9 to 9, none of them 0: a zero would hide what it is multiplied with."""
    return nonzero(generator, 9, size)
