"""Learning rates: one that is given, and a slider of round ones."""

import math
from numbers import Real
from typing import Any

from vizconv.engine.writing import format_number
from vizconv.explore.controls import Steps

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def read_positive(value: Any, name: str) -> float:
    """Read a number above 0; raise TypeError for what is no real number, ValueError for one out of bounds."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; a number above 0 is expected")
    number = float(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} is {value!r}; a number above 0 is expected, and a finite one")
    return number


def rates(title: str, most: float = RATES[-1], *, more: bool = False) -> Steps:
    """Declare a slider `rate` of round learning rates up to `most`; `more` as every control has it."""
    options = {format_number(rate): rate for rate in RATES if rate <= most}
    return Steps("rate", options=options, title=title, more=more)
