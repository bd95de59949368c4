"""The gradients of a convolution: one table read three ways, and each reading by itself.

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. All of one
filter and one image: dx is the share of that filter, dw and db are the share of that image.
"""

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.types import present
from vizconv.scenes.parts import (
    DB,
    DW,
    DX,
    LOSS,
    LOSS_NOTE,
    PRODUCTS,
    arranged,
    bias_readings,
    loss_terms,
    rest_reading,
)
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import SUMS
from vizconv.scenes.scene import NEVER_READ, PADDING, Reading, Scene
from vizconv.scenes.tensors import (
    bias_gradient_panel,
    forward_panels,
    input_gradient_panel,
    input_panel,
    kernel_gradient_panel,
    output_gradient_panel,
    share_notes,
    unseen_panels,
)
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, view_of

SPARSE = "A stride above 1: the window moves on by more than one cell from each cell of dy to the next."


def readings(record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0, walk: str = "y") -> Scene:
    """Set x, w, b, y and under them dx, dw, db, dy on a stage, tied by one table, and L = Σ dy ⊙ y.

    `walk` is the panel to step through. Raises ValueError for an image or filter that is not there.
    """
    view = view_of(record, image, filter)
    gradients, biased = view.gradients(dy), record.bias is not None
    panels = arranged(
        *forward_panels(view, gradients, x=(0, 0), w=(0, 1), b=(0, 2), rest=(0, 3), y=(0, 4), L=(1, 5)),
        input_gradient_panel(view, gradients, (1, 0)),
        kernel_gradient_panel(view, gradients, (1, 1)),
        *([bias_gradient_panel(view, gradients, (1, 2))] if biased else []),
        output_gradient_panel(view, gradients, (1, 4)),
    )
    steps, terms = forward(view)
    steps = (*steps, DX, DW, DB) if biased else (*steps, DX, DW)
    notes = (*view.notes, LOSS_NOTE, *share_notes(view), *unread_notes(view))
    return Scene(panels, terms, steps, walk, notes)


def weight_gradient(
    record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set dw = x ⋆ dy on a stage, to step through dw cell by cell.

    With `loss`, x ⋆ w = y and L = Σ dy ⊙ y take part without a place.
    """
    view = view_of(record, image, filter)
    gradients = view.gradients(dy)
    panels = arranged(
        input_panel(view, (0, 0)),
        output_gradient_panel(view, gradients, (0, 1), "⋆"),
        kernel_gradient_panel(view, gradients, (0, 2), "="),
        *(unseen_panels(view, gradients, "x") if loss else ()),
    )
    steps, terms = forward(view) if loss else alone(view)
    notes = (*view.notes, *share_notes(view, dx=False), *_strided(record))
    return Scene(panels, terms, (*steps, DW), "dw", notes)


def bias_gradient(
    record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0, loss: bool = False
) -> Scene:
    """Set db = Σ dy on a stage (of an untied bias: db = dy), to step through dy cell by cell.

    With `loss`, b + (x ⋆ w) = y and L = Σ dy ⊙ y take part without a place. Raises ValueError when the record
    has no bias.
    """
    view = view_of(record, image, filter)
    terms, gradients = {"bias": bias_terms(view.record)}, view.gradients(dy)
    panels = [
        output_gradient_panel(view, gradients, (0, 0)),
        bias_gradient_panel(view, gradients, (0, 1), "→"),
    ]
    order = [DB]
    if loss:
        sums = view.y - present(view.record.bias)[0]
        panels.append(view.output_panel("sums", sums, None, scale=SUMS))
        panels.extend(unseen_panels(view, gradients, "x", "w", "rest"))
        order = [Reading("sums", "out", out="y", left="sums"), *bias_readings(view.record), LOSS, DB]
        terms |= {"sums": copy_terms(np.arange(sums.size)), "loss": loss_terms(sums.size)}
    notes = (*view.notes, *share_notes(view, dx=False))
    return Scene(arranged(*panels), terms, tuple(order), "dy", notes)


# ---- Steps -------------------------------------------------------------------------------------------

Steps = tuple[tuple[Reading | Rule, ...], dict[str, Terms]]


def alone(view: View) -> Steps:
    """Return the table of products, and what x needs to be whole; no step sums them up yet."""
    copies, terms = view.copies
    return copies, {**terms, "products": conv2d_terms(view.record)}


def forward(view: View) -> Steps:
    """Return the steps to y and L = Σ dy ⊙ y, and their tables."""
    copies, terms = alone(view)
    terms["loss"] = loss_terms(view.record.y.size)
    if view.record.bias is not None:
        terms["bias"] = bias_terms(view.record)
    if view.rest is not None:
        terms["rest"] = copy_terms(np.arange(view.rest.size))
    return (*copies, PRODUCTS, *bias_readings(view.record), *rest_reading(view.rest), LOSS), terms


# ---- Sentences -----------------------------------------------------------------------------------------


def unread_notes(view: View, struck: bool = True) -> tuple[str, ...]:
    """Say which pixels no window reads, and what that means for their gradient.

    `struck` says whether x is on show, where they are struck through.
    """
    unread = (view.area.kinds & (NEVER_READ | PADDING)) == NEVER_READ
    if not unread.any():
        return ()
    row, column = np.argwhere(unread)[0] + view.area.origin
    several = f"the {unread.sum()} pixels struck through" if struck else f"{unread.sum()} pixels of x"
    which = f"the pixel x[{row},{column}]" if unread.sum() == 1 else several
    return (f"No window reads {which}: L does not depend on what stands there, so dx is 0 there.",)


def _strided(record: Conv2dRecord) -> tuple[str, ...]:
    return (SPARSE,) if max(record.geometry.stride) > 1 else ()
