"""Records: what an operation did, every array by name, never changed again.

The record of a forward pass is all that its backward pass needs; there is no other cache.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import freeze, gradient


@dataclass(frozen=True, eq=False, repr=False)
class Record:
    """The frozen result of one operation; its arrays become read-only here."""

    def __post_init__(self):
        for array in self.arrays().values():
            freeze(array)

    def __setstate__(self, state: dict[str, Any]):
        vars(self).update(state)
        self.__post_init__()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the recorded arrays by name, in the order in which they were made."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}

    def __repr__(self):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.arrays().items())
        return f"{type(self).__name__}({shapes})"


class Forward(Protocol):
    """What every forward pass records: its result y."""

    @property
    def y(self) -> np.ndarray:
        """The result."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Gradients(Record):
    """The gradients of an operation without weights: dy, in y's shape, and dx, in x's."""

    dy: np.ndarray
    dx: np.ndarray


def gradient_of(record: Forward, kind: type[Record], forward: Callable, dy: ArrayLike) -> np.ndarray:
    """Read the dy of a backward pass: `gradient` for the record's y.

    Raises TypeError unless `record` is of the kind that `forward` returns.
    """
    if not isinstance(record, kind):
        raise TypeError(
            f"record is a {type(record).__name__}; the {kind.__name__} that {forward.__name__} returned "
            "is expected"
        )
    return gradient(dy, record.y)


class ByLayer(dict):
    """Records or layers by the layer's name; asking for another name says which there are."""

    def __missing__(self, name: str):
        raise KeyError(f"there is no layer {name!r}; there are {', '.join(self)}")


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Mapping[str, Any]):
    """The run of a network: one record a layer, by the layer's name, in the network's order."""

    records: Mapping[str, Any]  # each names its own arrays

    def __reduce__(self):
        return _trace, (dict(self.records),)

    @property
    def y(self) -> np.ndarray:
        """The output of a forward run: (N, K)."""
        return list(self.records.values())[-1].y

    @property
    def dx(self) -> np.ndarray | None:
        """The gradient of the input of a backward run, or None when it was not asked for."""
        return next(iter(self.records.values())).dx

    def __getitem__(self, name: str) -> Any:
        return self.records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self):
        return f"Trace({', '.join(self.records)})"


def _trace(records: Mapping[str, Record]) -> Trace:
    return Trace(MappingProxyType(ByLayer(records)))
