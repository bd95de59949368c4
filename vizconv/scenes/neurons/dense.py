"""Scenes of plain rows of numbers: the fully connected layer and ReLU's gate."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.activation import ReluRecord
from vizconv.engine.operations.linear import LinearRecord
from vizconv.engine.operations.linear import linear as run_linear
from vizconv.scenes.parts import (
    DB,
    DW,
    DX,
    LOSS,
    LOSS_NOTE,
    PRODUCTS,
    arranged,
    bias_readings,
    loss_panel,
    loss_terms,
    rest_reading,
)
from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import bias_terms, copy_terms, linear_terms, product_terms
from vizconv.scenes.view import chosen_notes, require_index

MOST_IN_A_ROW, MOST_IN_A_COLUMN = 40, 40
GATE = "The gate is 1 where x is above 0, else 0; the same gate lets dy through."


def linear(record: LinearRecord, dy: ArrayLike, image: int = 0) -> Scene:
    """Set y = x · wᵀ + b of one image on a stage, x above the columns of w; under them dx, dw, db, dy, and L.

    x (D), w (K, D), b and y (K); the first 40 inputs and outputs are shown: what the other inputs add to y
    is a panel of its own, dx is the share of the shown outputs. Raises ValueError for an image that is not
    there, and a dy that has not y's shape, (N, K).
    """
    require_index(image, len(record.x), "image")
    part, rest = _first(record, image)
    outputs = image, slice(0, len(part.weight))
    x, y, dy = part.x[0], record.y[outputs], gradient(dy, record.y)[outputs]
    weights: dict[str, Any] = {"owners": owners_of(part.weight)}
    panels = [
        Panel("x", x, (0, 0), editable=True),
        Panel("w", part.weight, (1, 0), editable=True, **weights),
        Panel("y", y, (1, 3), sign="="),
        Panel("dx", part.weight.T @ dy, (2, 0)),
        loss_panel(dy, y, (2, 3)),
        Panel("dw", np.multiply.outer(dy, x), (3, 0), **weights),
        Panel("dy", dy, (3, 3), editable=True),
    ]
    terms = {"products": linear_terms(part), "loss": loss_terms(y.size)}
    backward = (DX, DW)
    if part.bias is not None:
        panels += [Panel("b", part.bias, (1, 1), sign="+", editable=True), Panel("db", dy, (3, 1))]
        terms["bias"], backward = bias_terms(part), (DX, DW, DB)
    if rest is not None:
        panels.append(Panel("rest", rest, (1, 2), sign="+", label="other inputs"))
        terms["rest"] = copy_terms(np.arange(rest.size))
    steps = (PRODUCTS, *bias_readings(part), *rest_reading(rest), LOSS, *backward)
    notes = (*chosen_notes(("image", image, len(record.x))), *_linear_notes(record, part), LOSS_NOTE)
    return Scene(arranged(*panels), terms, steps, "y", notes)


def relu_gate(record: ReluRecord, dy: ArrayLike, image: int = 0, channel: int = 0) -> Scene:
    """Set y = x ⊙ gate on a stage, and under it dx = gate ⊙ dy.

    Of one image: a row (D), or one channel (H, W); of what is large the middle, 40 cells a side. Raises
    ValueError for an image or channel that is not there, and a dy that has not y's shape.
    """
    require_index(image, len(record.x), "image")
    channels = record.x.shape[1] if record.x.ndim == 4 else 1
    require_index(channel, channels, "channel")
    chosen = (image, channel) if record.x.ndim == 4 else (image,)
    part = tuple(_middle(length) for length in record.x[chosen].shape)
    x, gate, y, dy = (
        array[*chosen, *part] for array in (record.x, record.gate, record.y, gradient(dy, record.y))
    )
    origin: dict[str, Any] = {"origin": tuple(cells.start for cells in part)}
    hued = {"owners": owners_of(x), **origin}
    panels = (
        Panel("x", x, (0, 0), editable=True, **origin),
        Panel("gate", gate, (0, 1), sign="⊙", **hued),
        Panel("y", y, (0, 2), sign="=", **hued),
        Panel("dx", np.where(gate, dy, 0), (1, 0), **origin),
        Panel("dy", dy, (1, 2), editable=True, **origin),
        loss_panel(dy, y, (1, 3)),
    )
    terms = {"products": product_terms(x.size), "loss": loss_terms(x.size)}
    steps = (
        Rule(name="gate", out="gate", of=("x",)),
        Reading("products", "out", out="y", left="x", right="gate"),
        LOSS,
        Reading("products", "left", out="dy", left="dx", right="gate"),
    )
    notes = (
        *chosen_notes(("image", image, len(record.x)), ("channel", channel, channels)),
        *_part_notes(part, record.x[chosen].shape),
        LOSS_NOTE,
        GATE,
    )
    return Scene(panels, terms, steps, "y", notes)


# ---- Parts -------------------------------------------------------------------------------------------


def _first(record: LinearRecord, image: int):
    """Keep the first inputs and outputs of one image; return what the other inputs add to y as well."""
    weight, x = record.weight[:MOST_IN_A_COLUMN], record.x[image : image + 1]
    bias = None if record.bias is None else record.bias[:MOST_IN_A_COLUMN]
    part = run_linear(x[:, :MOST_IN_A_ROW], weight[:, :MOST_IN_A_ROW], bias)
    if x.shape[1] <= MOST_IN_A_ROW:
        return part, None
    return part, record.y[image, :MOST_IN_A_COLUMN] - part.y[0]


def _linear_notes(record: LinearRecord, part: LinearRecord) -> tuple[str, ...]:
    (outputs, inputs), (rows, columns) = record.weight.shape, part.weight.shape
    notes = []
    if columns < inputs:
        notes.append(f"The first {columns} of {inputs} inputs are shown.")
    if rows < outputs:
        notes.append(f"The first {rows} of {outputs} outputs are shown; dx is their share.")
    if len(record.x) > 1:
        notes.append(f"dw and db are the share of one image; the whole ones add {len(record.x)} images.")
    return tuple(notes)


def _middle(length: int) -> slice:
    start = max(0, (length - MOST_IN_A_ROW) // 2)
    return slice(start, start + min(length, MOST_IN_A_ROW))


def _part_notes(part: tuple[slice, ...], shape: tuple[int, ...]) -> tuple[str, ...]:
    if all(cells == slice(0, length) for cells, length in zip(part, shape, strict=True)):
        return ()
    ranges = " × ".join(f"{cells.start} to {cells.stop - 1}" for cells in part)
    return (f"x is {'×'.join(map(str, shape))}: its cells {ranges} are shown.",)
