"""What several scenes share: the panel of a loss, constants, and tables that only move or add numbers."""

from dataclasses import replace
from typing import Protocol

import numpy as np

from vizconv.engine.operations.pooling import MaxPool2dRecord
from vizconv.scenes.scales import BARE
from vizconv.scenes.scene import Panel, Reading
from vizconv.scenes.terms import Terms, copy_terms, max_pool2d_terms

PRODUCTS = Reading("products", "out", out="y", left="x", right="w")
DX = Reading("products", "left", out="dy", left="dx", right="w")
DW = Reading("products", "right", out="dy", left="x", right="dw")
DB = Reading("bias", "left", out="dy", left="db")
LOSS = Reading("loss", "out", out="L", left="dy", right="y")
LOSS_NOTE = "L = Σ dy ⊙ y: type into dy, and every gradient here is a true gradient of that number L."


def arranged(*panels: Panel) -> tuple[Panel, ...]:
    """Sort panels row by row, as Tab visits them, and close up the columns that none of them stands in.

    Panels without a place come last.
    """
    placed = [(panel.place, panel) for panel in panels if panel.place is not None]
    columns = sorted({column for (_, column), _ in placed})
    placed.sort(key=lambda each: each[0])
    closed = [_at(panel, (row, columns.index(column))) for (row, column), panel in placed]
    hidden = [panel for panel in panels if panel.place is None]
    return (*closed, *hidden)


def _at(panel: Panel, place: tuple[int, int]) -> Panel:
    return panel if panel.place == place else replace(panel, place=place)


def loss_panel(dy: np.ndarray, y: np.ndarray, place: tuple[int, int] | None) -> Panel:
    """Make the panel of L = Σ dy ⊙ y, one number, which no other is compared with."""
    return Panel("L", np.sum(np.multiply(dy, y)), place, scale=BARE)


def constant(name: str, value: float, label: str = "") -> Panel:
    """Make a number that takes part, such as −1: formulas write it, and the stage has no place for it."""
    return Panel(name, value, None, label=label, constant=True, scale=BARE)


def loss_terms(size: int) -> Terms:
    """Table L = Σ dy ⊙ y for tensors of this size."""
    cells = np.arange(size)
    return Terms(cells * 0, cells, cells)


def turn_terms(shape: tuple[int, ...]) -> Terms:
    """Table rot180 of the last two axes of this shape, as a copy in another order."""
    return copy_terms(np.arange(np.prod(shape)).reshape(shape)[..., ::-1, ::-1])


def scale_terms(size: int) -> Terms:
    """Table a tensor times one number: out[i] receives left[i] × right[0]."""
    cells = np.arange(size)
    return Terms(cells, cells, cells * 0)


def beside(mask: np.ndarray) -> np.ndarray:
    """Lay the windows of a mask (OH, OW, KH, KW) beside each other: (OH·KH, OW·KW)."""
    rows, columns, height, width = mask.shape
    return mask.swapaxes(1, 2).reshape(rows * height, columns * width)


def mask_terms(record: MaxPool2dRecord) -> Terms:
    """Table a `max_pool2d` as `max_pool2d_terms` does, right counting the masks laid beside each other."""
    terms, shape = max_pool2d_terms(record), record.mask.shape[2:]
    lies_at = np.empty(np.prod(shape), np.int64)
    lies_at[beside(np.arange(lies_at.size).reshape(shape)).ravel()] = np.arange(lies_at.size)
    return Terms(terms.out, terms.left, lies_at[terms.right])


def rest_reading(rest: np.ndarray | None) -> tuple[Reading, ...]:
    """Let the panel `rest`, what is not on the stage, add to y where there is such."""
    return () if rest is None else (Reading("rest", "out", out="y", left="rest"),)


class Biased(Protocol):
    """The record of an operation that may have a bias."""

    @property
    def bias(self) -> np.ndarray | None:
        """The bias, or None."""
        ...


def bias_readings(record: Biased) -> tuple[Reading, ...]:
    """Let b add to y where the operation has a bias."""
    return () if record.bias is None else (Reading("bias", "out", out="y", left="b"),)
