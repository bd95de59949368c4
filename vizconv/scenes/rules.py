"""Rules: the few steps of a scene that are no sums of products. A rule makes a factor, or a value.

Factor rules make what sums multiply with: a gate, a mask, a slope. Value rules make numbers one by one or row
by row: tanh, sigmoid, softmax and the steps of it. The page knows the same rules (`stage/rules.js`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vizconv.engine.arrays import NotANumber
from vizconv.engine.operations.activation import sigmoid, tanh
from vizconv.engine.operations.loss import softmax
from vizconv.engine.types import present
from vizconv.scenes.terms import Terms

SWITCHES = ("gate", "mask", "ties")  # rules that make zeros and ones: a term whose switch is 0 is left out


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One step of a scene that is no sum: the panel `out` is what the rule of this name makes of some panels.

    `of` names the panels that it reads, `terms` the table of windows that "mask", "ties" and "border" need.
    """

    name: str
    out: str
    of: tuple[str, ...]
    terms: str | None = None

    @property
    def target(self) -> str:
        """The panel that it makes."""
        return self.out

    @property
    def at(self) -> dict[str, str]:
        """The panels whose cells its table names, by role: those it reads, and where what it makes lies."""
        role = "out" if self.name == "border" else "right"
        return {} if self.terms is None else {"left": self.of[0], role: self.out}

    @property
    def panels(self) -> set[str]:
        """The panels that take part."""
        return {self.out, *self.of}


def made(rule: Rule, values: Sequence[np.ndarray], terms: Terms | None, size: int) -> np.ndarray:
    """Make the `size` values of a rule's panel from those of the panels that it reads, row-major.

    Raises NotANumber where the engine refuses a value, KeyError for an unknown rule.
    """
    with np.errstate(all="ignore"):  # what overflows is shown
        if rule.name in BY_WINDOW:
            return BY_WINDOW[rule.name](np.ravel(values[0]), terms, size)
        function = {**BY_NUMBER, **BY_ROW, **OF_ALL}[rule.name]
        return np.asarray(function(*map(np.asarray, values))).ravel()


def tied(rule: Rule, cell: int, is_made: bool, source: np.ndarray, size: int, terms: Terms | None):
    """Return the cells that a rule ties to a cell: those that a made one is made of, else those made of it.

    `source` is a panel that the rule reads, `size` counts the cells of the panel that it makes.
    """
    if rule.name in BY_WINDOW:
        return _tied_by_window(rule, cell, is_made, present(terms))
    read = 1 if rule.name in BY_NUMBER else source.shape[-1] if rule.name in BY_ROW else source.size
    make = size * read // source.size
    here, there = (make, read) if is_made else (read, make)
    return cell // here * there + np.arange(there)


def _tied_by_window(rule: Rule, cell: int, is_made: bool, terms: Terms) -> np.ndarray:
    here, there = [role for role in ("left", "right", "out") if role in rule.at][:: -1 if is_made else 1]
    rows = terms.rows_of(here, cell)
    if rule.name != "border":
        windows = terms.index("out")
        rows = np.isin(windows, windows[rows])
    return np.unique(terms.index(there)[rows])


# ---- Number by number --------------------------------------------------------------------------------


def gate(z: np.ndarray) -> np.ndarray:
    """Return 1 where z > 0, else 0."""
    return (z > 0).astype(np.int64)


# ---- Row by row, a row being the last axis -----------------------------------------------------------


def probabilities(z: np.ndarray) -> np.ndarray:
    """Return softmax(z)."""
    return softmax(_rows(z)).y


def surprise(z: np.ndarray) -> np.ndarray:
    """Return −log softmax(z), without the detour over a probability that may be 0."""
    return softmax(_rows(z)).surprise


def right(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return 1 for each row whose largest score stands where y is 1, else 0."""
    return (_rows(z).argmax(axis=1) == _rows(y).argmax(axis=1)).astype(np.int64)


def _rows(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, values.shape[-1])


# ---- Window by window --------------------------------------------------------------------------------


def mask(x: np.ndarray, terms: Terms, size: int) -> np.ndarray:
    """Mark in each window, the rows of one `out`, the first largest cell of x; its mark lies at `right`."""
    largest, rows = _largest(x, terms)
    first = np.unique(terms.index("out")[largest], return_index=True)[1]
    result = np.zeros(size, np.int64)
    result[rows[np.flatnonzero(largest)[first]]] = 1
    return result


def ties(x: np.ndarray, terms: Terms, size: int) -> np.ndarray:
    """Mark in each window every cell of x that equals the largest."""
    largest, rows = _largest(x, terms)
    result = np.zeros(size, np.int64)
    result[rows[largest]] = 1
    return result


def border(x: np.ndarray, terms: Terms, _: int) -> np.ndarray:
    """Return x with some cells copied from others: a border that reflects or repeats the picture."""
    result = x.copy()
    result[terms.index("out")] = x[terms.index("left")]
    return result


def _largest(x: np.ndarray, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
    """Say of each row whether its cell is the largest of its window, and where its mark is."""
    if np.isnan(x).any():
        raise NotANumber("x holds NaN, which is neither larger nor smaller than any number")
    window, cells = terms.index("out"), x[terms.index("left")]
    largest = np.full(int(window.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(largest, window, cells)
    return cells == largest[window], terms.index("right")


BY_NUMBER: dict[str, Callable] = {
    "gate": gate,
    "sigmoid": lambda z: sigmoid(z).y,
    "sigmoid slope": lambda z: sigmoid(z).slope,
    "tanh": lambda z: tanh(z).y,
    "tanh slope": lambda z: tanh(z).slope,
    "exp": np.exp,
    "minus log": lambda p: -np.log(p),
    "inverse": lambda p: 1 / p,
}
BY_ROW: dict[str, Callable] = {"softmax": probabilities, "surprise": surprise, "right": right}
BY_WINDOW: dict[str, Callable] = {"mask": mask, "ties": ties, "border": border}
OF_ALL: dict[str, Callable] = {"minus maximum": lambda z: -z.max(), "inverse sum": lambda e: 1 / e.sum()}
