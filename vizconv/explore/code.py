"""The Python that makes the numbers on a stage: what "copy as code" gives."""

from collections.abc import Mapping

import numpy as np

from vizconv.examples.matrices import FIRST_DIGIT, Input
from vizconv.explore.chosen import Chosen

FIRST = f"images[{FIRST_DIGIT}]"


def literal(array: np.ndarray) -> str:
    """Write a matrix as the Python that makes it."""
    rows = ",\n    ".join(str(row) for row in array.tolist())
    rows = rows.replace("nan", "np.nan").replace("inf", "np.inf")
    kind = ", np.float32" if array.dtype == np.float32 else ""
    return f"np.array([\n    {rows},\n]{kind})"


def row_literal(array: np.ndarray) -> str:
    """Write a small array of any axes as the Python that makes it, in one line."""
    text = str(array.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}{', np.float32' if array.dtype == np.float32 else ''})"


def written(chosen: Chosen, presets: Mapping[str, Input]) -> str:
    """Write what was chosen: a preset as the expression that makes it, else the matrix."""
    known = presets.get(chosen.name)
    return known.code.replace(FIRST, f"images[{chosen.digit}]") if known else literal(chosen.values)
