"""The gradients of a convolution: one table read three ways, and each reading by itself.

`record` is a `conv2d`, dy (N, F, OH, OW) the gradient of its y; another shape raises ValueError. All of one
filter and one image: dx is the share of that filter, dw and db are the share of that image.
"""

from dataclasses import replace

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord
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
)
from vizconv.scenes.scene import NEVER_READ, PADDING, Reading, Scene
from vizconv.scenes.tensors import (
    bias_gradient_panel,
    forward_panels,
    input_gradient_panel,
    input_panel,
    kernel_gradient_panel,
    output_gradient_panel,
    share_notes,
    whole_output,
)
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, copied, view

SPARSE = "A stride above 1: the window moves on by more than one cell from each cell of dy to the next."


def readings(record: Conv2dRecord, dy, image: int = 0, filter: int = 0, walk: str = "y") -> Scene:
    """Set x, w, b, y and under them dx, dw, db, dy on a stage, tied by one table, and L = Σ dy ⊙ y.

    `walk` is the panel to step through. Raises ValueError for an image or filter that is not there.
    """
    seen = view(record, image, filter)
    shown, found = seen.record, seen.gradients(dy)
    panels = arranged(
        *forward_panels(seen, found, x=(0, 0), w=(0, 1), b=(0, 2), rest=(0, 3), y=(0, 4), L=(2, 4)),
        input_gradient_panel(seen, found, (1, 0)),
        kernel_gradient_panel(seen, found, (1, 1)),
        *([] if shown.bias is None else [bias_gradient_panel(seen, found, (1, 2))]),
        output_gradient_panel(seen, found, (1, 4)),
    )
    backward = (DX, DW) if shown.bias is None else (DX, DW, DB)
    notes = (*seen.notes, LOSS_NOTE, *share_notes(seen), *unread_notes(seen))
    order = (*forward_readings(seen), *backward)
    return Scene(panels, forward_terms(seen), order, walk, notes, recomputed=copied(record))


def weight_gradient(record: Conv2dRecord, dy, image: int = 0, filter: int = 0, loss: bool = False) -> Scene:
    """Set dw = x ⋆ dy on a stage, to step through dw cell by cell.

    With `loss`, x ⋆ w = y and L = Σ dy ⊙ y stand below.
    """
    seen = view(record, image, filter)
    found = seen.gradients(dy)
    panels = arranged(
        input_panel(seen, (0, 0)),
        output_gradient_panel(seen, found, (0, 1), "⋆"),
        kernel_gradient_panel(seen, found, (0, 2), "="),
        *(forward_panels(seen, found, w=(1, 1), b=(2, 1), rest=(3, 1), y=(1, 2), L=(2, 2)) if loss else ()),
    )
    order = (*forward_readings(seen), DW) if loss else (DW,)
    terms = forward_terms(seen) if loss else product_table(seen)
    notes = (*seen.notes, *share_notes(seen, dx=False), *_strided(record))
    return Scene(panels, terms, order, "dw", notes, recomputed=copied(record))


def bias_gradient(record: Conv2dRecord, dy, image: int = 0, filter: int = 0, loss: bool = False) -> Scene:
    """Set db = Σ dy on a stage (of an untied bias: db = dy), to step through dy cell by cell.

    With `loss`, b + (x ⋆ w) = y and L = Σ dy ⊙ y stand below. Raises ValueError when the record has no bias.
    """
    seen = view(record, image, filter)
    terms, found = {"bias": bias_terms(seen.record)}, seen.gradients(dy)
    panels = [output_gradient_panel(seen, found, (0, 0)), bias_gradient_panel(seen, found, (0, 1), "→")]
    order = [DB]
    if loss:
        sums = whole_output(seen) - seen.record.bias[0]
        panels.append(seen.output_panel("sums", sums, (1, 2), sign="+", label="x\u202f⋆\u202fw"))
        y, b, cost = forward_panels(seen, found, y=(1, 0), b=(1, 1), L=(1, 3))
        panels.extend((replace(y, sign=""), replace(b, sign="="), cost))
        order = [Reading("sums", "out", out="y", left="sums"), *bias_readings(seen.record), LOSS, DB]
        terms |= {"sums": copy_terms(np.arange(sums.size)), "loss": loss_terms(sums.size)}
    notes = (*seen.notes, *share_notes(seen, dx=False))
    return Scene(arranged(*panels), terms, tuple(order), "dy", notes)


# ---- Tables ------------------------------------------------------------------------------------------


def forward_readings(seen: View) -> tuple[Reading, ...]:
    """Read y and then L = Σ dy ⊙ y."""
    rest = () if seen.rest is None else (Reading("rest", "out", out="y", left="rest"),)
    return (PRODUCTS, *bias_readings(seen.record), *rest, LOSS)


def forward_terms(seen: View) -> dict[str, Terms]:
    """Table all that y and L add up."""
    terms = product_table(seen) | {"loss": loss_terms(seen.record.y.size)}
    if seen.record.bias is not None:
        terms["bias"] = bias_terms(seen.record)
    if seen.rest is not None:
        terms["rest"] = copy_terms(np.arange(seen.rest.size))
    return terms


def product_table(seen: View) -> dict[str, Terms]:
    """Table the products of the shown part."""
    return {"products": conv2d_terms(seen.record)}


# ---- Sentences -------------------------------------------------------------------------------------------


def unread_notes(seen: View) -> tuple[str, ...]:
    """Say which pixels no window reads, and what that means for their gradient."""
    unread = (seen.kinds[0] & (NEVER_READ | PADDING)) == NEVER_READ
    if not unread.any():
        return ()
    first = tuple(
        int(index) + start for index, start in zip(np.argwhere(unread)[0], seen.origin, strict=True)
    )
    which = (
        f"pixel x[{first[0]},{first[1]}]" if unread.sum() == 1 else f"{unread.sum()} pixels struck through"
    )
    return (f"No window reads the {which}: L does not depend on what stands there, so dx is 0 there.",)


def _strided(record: Conv2dRecord) -> tuple[str, ...]:
    return (SPARSE,) if max(record.geometry.stride) > 1 else ()
