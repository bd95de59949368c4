"""A picture and the same picture moved sideways, before and after pooling: what changes."""

from collections.abc import Callable

import numpy as np

from vizconv.engine.geometry import windows
from vizconv.engine.operations.average_pooling import AvgPool2dRecord
from vizconv.engine.operations.pooling import MaxPool2dRecord
from vizconv.scenes.scene import Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import Terms, avg_pool2d_terms, copy_terms


def pooled_shift(
    x: np.ndarray,
    columns: int,
    pool: Callable[[np.ndarray], MaxPool2dRecord | AvgPool2dRecord],
    pixels: tuple[float, float] | None = None,
) -> Scene:
    """Set x (H, W), x moved right by some columns, and both after pooling on a stage, with what changes.

    It points at the cell of y that changes most.
    `pool(batch)` is a pooling without padding; it returns the record of a batch (N, 1, H, W).
    `pixels` are those of a panel, where x is a picture: y is one then, too.
    """
    away = moved(x, columns)
    records = {"y": pool(x[None, None]), "y_moved": pool(away[None, None])}
    y, y_away = (record.y[0, 0] for record in records.values())
    panels = (
        Panel("x_moved", away, (0, 0), label="x moved", pixels=pixels, moved=(0, columns)),
        Panel("x", x, (0, 1), sign="−", pixels=pixels),
        Panel("x_change", away - x, (0, 2), sign="=", label="change", scale="changes"),
        Panel("y_moved", y_away, (1, 0), label="y moved", pixels=pixels),
        Panel("y", y, (1, 1), sign="−", pixels=pixels),
        Panel("y_change", y_away - y, (1, 2), sign="=", label="change of y", scale="changes"),
        *_kernel(records["y"]),
    )
    sources = {"y": "x", "y_moved": "x_moved"}
    terms = {"moved": _moved_terms(x, columns), **{name: _terms(records[name]) for name in sources}}
    factor = None if terms["y"].right is None else "kernel"
    made = (Reading(name, "out", out=name, left=of, right=factor) for name, of in sources.items())
    readings = (Reading("moved", "out", out="x_moved", left="x"), *made)
    return Scene(panels, terms, readings, "y", pointed=("y", int(np.abs(y_away - y).argmax())))


def moved(x: np.ndarray, columns: int) -> np.ndarray:
    """Move a picture (..., H, W) to the right by some columns, negative ones to the left; zeros come in."""
    result, width = np.zeros_like(x), x.shape[-1]
    to, out = max(0, columns), max(0, -columns)
    result[..., to : width - out] = x[..., out : width - to]
    return result


def _moved_terms(x, columns) -> Terms:
    cells = np.arange(1, x.size + 1).reshape(x.shape)  # 0 is what comes in from outside
    source = moved(cells, columns).ravel()
    inside = np.flatnonzero(source)
    return Terms(inside, source[inside] - 1, None)


def _terms(record: MaxPool2dRecord | AvgPool2dRecord) -> Terms:
    """Table a mean as its products, and a maximum as a copy of the cell that is the maximum."""
    if isinstance(record, AvgPool2dRecord):
        return avg_pool2d_terms(record)
    cells = np.arange(record.x[0, 0].size).reshape(record.x.shape[2:])
    return copy_terms(windows(cells, record.geometry)[record.mask[0, 0]])


def _kernel(record) -> tuple[Panel, ...]:
    """Show what each number of a window is multiplied with, where it is a mean."""
    if isinstance(record, MaxPool2dRecord):
        return ()
    return (
        Panel(
            "kernel", record.kernel, (1, 3), label=f"1/{record.kernel.size}", owners=owners_of(record.kernel)
        ),
    )
