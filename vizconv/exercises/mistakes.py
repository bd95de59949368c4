"""Typical mistakes: the sentence that names each, and what it makes of a function's arguments.

What a mistake makes is an array, or, among wrong shapes, a shape; for arguments that it does not fit it may
raise ValueError. Here are the ways to make one, and the mistakes that any function may hold.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from vizconv.engine import rot180

Mistakes = dict[str, Callable]

# ---- How a mistake is made ---------------------------------------------------------------------------------


def instead(right: Callable, **others: Any) -> Callable:
    """Let `right` meet other arguments, by name: a value, or a function of the argument that is given."""
    names = tuple(signature(right).parameters)

    def make(*arguments):
        case = dict(zip(names, arguments, strict=False))  # the rest of the names have defaults
        changed = {name: other(case[name]) if callable(other) else other for name, other in others.items()}
        return right(**case | changed)

    return make


def then(right: Callable, change: Callable) -> Callable:
    """Change what `right` returns."""
    return lambda *case: change(right(*case))


def only(index: Any) -> Callable:
    """Keep some cells of an array; the others become 0."""

    def keep(array):
        kept = np.zeros_like(array)
        kept[index] = array[index]
        return kept

    return keep


# ---- Mistakes of any function ------------------------------------------------------------------------------


def common(right: Callable, name: str, axes: str, fill: str = "add the products to it") -> Mistakes:
    """Name what happens to results of any sign and size: signs, axes, 0 everywhere, whole numbers only.

    `axes` are the letters of the result's indices, `fill` says what is to be done where all is still 0.
    """
    transposed = _transposed(right, name, axes) if len(axes) > 1 else {}
    return signs(right) | transposed | still_zero(right, name, fill) | cut_off(right, name)


def signs(right: Callable) -> Mistakes:
    """Name signs turned round, and signs lost."""
    return {
        "Every sign is turned round.": then(right, np.negative),
        "The signs are gone.": then(right, np.abs),
    }


def _transposed(right, name, axes):
    *leading, row, column = axes
    came, wanted = (f"{name}[{', '.join((*leading, *pair))}]" for pair in ((column, row), (row, column)))
    sentence = f"Your {name} is transposed: {came} stands where {wanted} belongs."
    return {sentence: then(right, lambda result: result.swapaxes(-2, -1))}


def still_zero(right: Callable, name: str, fill: str) -> Mistakes:
    """Name a result in which nothing has been put."""
    return {f"Your {name} is still 0 everywhere: {fill}.": then(right, np.zeros_like)}


def cut_off(right: Callable, name: str) -> Mistakes:
    """Name a result whose type holds no fractions."""
    whole = f"your {name} holds whole numbers only. Make it without `dtype=int`."
    return {f"The fractions are cut off: {whole}": then(right, np.trunc)}


def returned_early(right: Callable, row: str = "row", loop: str = "the outer loop") -> Mistakes:
    """Name a `return` inside the loops over a result of several axes; the first axis counts its rows."""
    early = "is there: does `return` stand inside"
    return {
        f"Only the first number {early} the loops? It ends all.": then(right, _first_number),
        f"Only the first {row} {early} {loop}? It ends all.": then(right, only(0)),
    }


def _first_number(result):
    return only((0,) * result.ndim)(result)


def turned(slid: Callable, kernel: str) -> Mistakes:
    """Name turns of a kernel by other than 180 degrees; `slid(turn)` slides the kernel turned so instead."""
    quarter, transposed = "Two quarter turns make 180", f"{kernel}[v, u] stands where {kernel}[u, v] belongs"
    return {
        "You reversed the kernel's rows only; its columns have to be, too.": slid(np.flipud),
        "You reversed the kernel's columns only; its rows have to be, too.": slid(np.fliplr),
        "You transposed the kernel instead of turning it by 180 degrees.": slid(np.transpose),
        f"Your kernel is transposed: {transposed}.": slid(lambda k: rot180(k.T)),
        f"You turned the kernel by 90 degrees to the left. {quarter}.": slid(np.rot90),
        f"You turned the kernel by 90 degrees to the right. {quarter}.": slid(lambda k: np.rot90(k, -1)),
    }


# ---- Shapes of any function --------------------------------------------------------------------------------


def resized(right: Callable, missing: str, too_many: str) -> Mistakes:
    """Name a row and a column missing or too many, with the reason for each, and the two swapped."""
    return {
        f"One row and one column are missing: {missing}.": _grown(right, -1),
        f"One row and one column too many: {too_many}.": _grown(right, 1),
        **swapped(right),
    }


def _grown(right, by):
    return then(right, lambda y: (*y.shape[:-2], y.shape[-2] + by, y.shape[-1] + by))


def swapped(right: Callable, reason: str = "") -> Mistakes:
    """Name the last two axes swapped."""
    return {f"Rows and columns are swapped{reason}.": then(right, lambda y: y.swapaxes(-2, -1).shape)}
