"""Maps compared cell by cell: sums in another order round apart, and infinities cannot be compared."""

import numpy as np

ROUNDING = 1e-12  # of the largest number


def comparable(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mark the cells in which both maps are finite."""
    return np.isfinite(one) & np.isfinite(other)


@np.errstate(over="ignore", invalid="ignore")  # a difference may be infinite: it is one
def differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mark the comparable cells that differ by more than rounding, 1e-12 of the largest number in them."""
    kept = comparable(one, other)
    largest = np.max(np.abs([one, other]), where=kept, initial=0)
    return kept & (np.abs(np.subtract(one, other)) > ROUNDING * largest)


def incomparable(count: int) -> str:
    """Say that so many cells are left out; nothing where there are none."""
    return f" Left out: {count} with ∞ or NaN, which cannot be compared." if count else ""
