"""Jacobians: every ∂y/∂x and ∂y/∂w of a convolution of one row.

The transposed ∂y/∂x stands beside a full correlation: its rows hold the kernel reversed.

The cells of such a matrix are copies of weights (or of inputs), by terms: an edit of w moves a diagonal.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.convolution_1d import Conv1dRecord
from vizconv.engine.types import present
from vizconv.scenes.matrices.matrix import alone, cells_of, filled, readable
from vizconv.scenes.parts import (
    DB,
    LOSS,
    LOSS_NOTE,
    PRODUCTS,
    arranged,
    bias_readings,
    loss_panel,
    loss_terms,
)
from vizconv.scenes.scales import GRADIENTS, INPUTS, WEIGHTS
from vizconv.scenes.scene import CROPPED, FILLED, PADDING, THROWN, Panel, Reading, Scene, owners_of
from vizconv.scenes.tensors import cropped, unseen
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, view_of

BAND = "Each row of ∂y/∂x holds w, moved on by the stride; the cells beside it are always 0."
TRANSPOSED = (
    "Each row holds w reversed. The weights in dashes are no part of (∂y/∂x)ᵀ: they meet zeros around and "
    "between the cells of dy, or stand in the row of a padding cell."
)
FORWARDS = {
    "x ⋆ w": PRODUCTS,
    "∂y/∂x · x": Reading("times by x", "out", out="y", left="x", right="dy/dx"),
    "∂y/∂w · w": Reading("times by w", "out", out="y", left="w", right="dy/dw"),
}


def jacobians(
    record: Conv1dRecord,
    dy: ArrayLike,
    image: int = 0,
    filter: int = 0,
    forward: str = "x ⋆ w",
    notes: tuple[str, ...] = (),
    code: str = "",
) -> Scene:
    """Set y = x ⋆ w and its Jacobians on a stage: dx = (∂y/∂x)ᵀ dy, dw = (∂y/∂w)ᵀ dy, and L = Σ dy ⊙ y.

    Of one image and one filter: x (C·WP) padded, w (C·K), y (O), ∂y/∂x (O, C·WP), ∂y/∂w (O, C·K), where
    channels stand side by side. `forward` says which product y is read as, one of FORWARDS: y is the same
    sum in each. Of what is large the middle is shown. Raises ValueError for an image or filter that is not
    there, a dy that has not y's shape, or another `forward`.
    """
    if forward not in FORWARDS:
        raise ValueError(f"forward is {forward!r}; one of {list(FORWARDS)} is expected")
    view = view_of(record.flat, image, filter, small=readable)
    dy = gradient(dy, record.y)[image, filter, view.area.columns]
    forwards, backwards = _forward_panels(view, dy), _backward_panels(view, dy)
    panels = arranged(*forwards, _by_x(view), _by_w(view), *backwards)
    copies, terms = view.copies
    steps = (
        *copies,
        Reading("by x", "out", out="dy/dx", left="w"),
        Reading("by w", "out", out="dy/dw", left="x"),
        FORWARDS[forward],
        *bias_readings(record),
        LOSS,
        Reading("times by x", "left", out="dy", left="dx", right="dy/dx"),
        Reading("times by w", "left", out="dy", left="dw", right="dy/dw"),
        *([] if record.bias is None else [DB]),
    )
    said = (*view.notes, *alone(view), LOSS_NOTE, BAND, *notes)
    return Scene(panels, {**terms, **_terms(view)}, steps, "dx", said, code, _most_read(view))


def transposed_jacobian(
    record: Conv1dRecord,
    dy: ArrayLike,
    image: int = 0,
    filter: int = 0,
    notes: tuple[str, ...] = (),
    code: str = "",
) -> Scene:
    """Set ∂y/∂x beside its transpose: dx = (∂y/∂x)ᵀ dy is the spread dy ⋆ w reversed, with the same numbers.

    The transpose (WP, WP + D(K-1)) has a column for each cell of the spread dy, zeros around and between
    dy included, so that each of its rows holds all of w reversed; weights that ∂y/∂x does not hold, and those
    of padding, are marked as cropped. x, b, y and L = Σ dy ⊙ y take part without a place. Raises ValueError
    for an image or filter that is not there, or several channels.
    """
    if record.x.shape[1] > 1:
        raise ValueError(f"x has {record.x.shape[1]} channels; the transposed ∂y/∂x is shown of one")
    view = view_of(record.flat, image, filter, small=readable)
    dy = gradient(dy, record.y)[image, filter, view.area.columns]
    panels = arranged(*_transposed_panels(view, dy))
    copies, terms = view.copies
    steps = (
        *copies,
        PRODUCTS,
        *bias_readings(record),
        LOSS,
        Reading("reverse", "out", out="reversed", left="w"),
        Reading("rows", "out", out="transpose", left="reversed"),
        Reading("turn over", "out", out="dy/dx", left="transpose"),
        Reading("spread", "out", out="spread", left="dy"),
        Reading("times", "out", out="dx", left="spread", right="transpose"),
        Reading("slide", "out", out="slid", left="spread", right="reversed"),
    )
    said = (*view.notes, TRANSPOSED, *notes)
    terms |= _transposed_terms(view)
    return Scene(panels, terms, steps, "dx", said, code, _most_read(view))


# ---- Parts -------------------------------------------------------------------------------------------


def _forward_panels(view: View, dy: np.ndarray):
    x, w, y = (array.ravel() for array in (view.record.x, view.record.weight, view.record.y))
    first: dict[str, Any] = {"origin": (view.area.columns.start,)}
    given: dict[str, Any] = {"kinds": view.kinds.ravel(), "origin": (_first_cell(view),), "scale": INPUTS}
    yield Panel("x", x, (0, 0), editable=True, **given)
    yield Panel("w", w, (0, 1), sign="⋆", owners=owners_of(w), editable=True, scale=WEIGHTS)
    if view.record.bias is not None:
        yield _bias_panel(view, "b", view.record.bias[0], (0, 2), sign="+", editable=True, scale=WEIGHTS)
    yield Panel("y", y, (0, 3), sign="=", **first)
    yield Panel("dy", dy, (1, 3), editable=True, scale=GRADIENTS, **first)


def _backward_panels(view: View, dy: np.ndarray):
    dw = _by_w(view).values.T @ dy
    yield _dx(view, "dx", _by_x(view).values.T @ dy, (2, 0))
    yield Panel("dw", dw, (2, 1), owners=owners_of(dw))
    if view.record.bias is not None:
        tied = present(view.record.bias).size == 1
        yield _bias_panel(view, "db", dy.sum() if tied else dy, (2, 2))
    yield loss_panel(dy, view.record.y.ravel(), (2, 3))


def _bias_panel(view: View, name: str, values: np.ndarray, place, **settings) -> Panel:
    """Make a panel of the bias or its gradient: one number, or untied one for each cell of y."""
    if present(view.record.bias).size == 1:
        return Panel(name, values.reshape(()), place, **settings)
    return Panel(name, values.ravel(), place, origin=(view.area.columns.start,), **settings)


def _dx(view: View, name: str, values: np.ndarray, place, **settings) -> Panel:
    settings = {"origin": (_first_cell(view),), "scale": GRADIENTS, **settings}
    return Panel(name, values, place, kinds=cropped(view.kinds.ravel()), **settings)


def _first_cell(view: View) -> int:
    """Return the index of x's first cell; where channels stand side by side they are counted from 0."""
    return view.area.origin[1] if view.record.x.shape[1] == 1 else 0


def _most_read(view: View) -> tuple[str, int]:
    """Find the first cell of dx with the most terms: there is most to see."""
    counts = np.bincount(conv2d_terms(view.record).left, minlength=view.record.x.size)
    return "dx", int(np.argmax(np.where(cropped(view.kinds.ravel()), -1, counts)))


def _by_x(view: View) -> Panel:
    x, w, terms = view.record.x.ravel(), view.record.weight.ravel(), conv2d_terms(view.record)
    cells, start = cells_of(terms.out, terms.left, x.size), view.area.columns.start
    shape, owners = (view.record.y.size, x.size), owners_of(w)[terms.right]
    panel = filled("dy/dx", shape, cells, w[terms.right], (1, 0), owners, label="∂y/∂x")
    return replace(panel, kinds=panel.kinds | cropped(view.kinds.ravel()), origin=(start, _first_cell(view)))


def _by_w(view: View) -> Panel:
    x, w, terms = view.record.x.ravel(), view.record.weight.ravel(), conv2d_terms(view.record)
    cells, start = cells_of(terms.out, present(terms.right), w.size), view.area.columns.start
    panel = filled("dy/dw", (view.record.y.size, w.size), cells, x[terms.left], (1, 1), label="∂y/∂w")
    padding = (view.kinds.ravel() & PADDING)[terms.left].reshape(panel.shape)  # every cell has one term
    return replace(panel, kinds=padding, origin=(start, 0))


def _forward_terms(view: View) -> dict[str, Terms]:
    bias = {} if view.record.bias is None else {"bias": bias_terms(view.record)}
    return {"products": conv2d_terms(view.record), **bias, "loss": loss_terms(view.record.y.size)}


def _terms(view: View) -> dict[str, Terms]:
    terms, (x, w) = conv2d_terms(view.record), (view.record.x, view.record.weight)
    return {
        **_forward_terms(view),
        "by x": Terms(cells_of(terms.out, terms.left, x.size), present(terms.right), None),
        "by w": Terms(cells_of(terms.out, present(terms.right), w.size), terms.left, None),
        "times by x": Terms(terms.out, terms.left, cells_of(terms.out, terms.left, x.size)),
        "times by w": Terms(
            terms.out, present(terms.right), cells_of(terms.out, present(terms.right), w.size)
        ),
    }


# ---- The transpose -------------------------------------------------------------------------------------


def _transposed_panels(view: View, dy: np.ndarray):
    w, spread, (places, cells, weights) = view.record.weight.ravel(), _spread(view, dy), _band(view)
    shape, first = (view.record.x.size, spread.size), 1 - view.record.geometry.span[1]
    owners = owners_of(w)[::-1]
    band = filled("transpose", shape, cells, w[::-1][weights], (2, 0), owners[weights], label="(∂y/∂x)ᵀ")
    beside = np.full(spread.size, CROPPED, np.uint8)
    beside[places] = 0
    kinds = np.where(band.kinds, band.kinds, cropped(view.kinds.ravel())[:, None] | beside)
    dx, between = band.values @ spread, _spread_kinds(view, places)
    for panel in _forward_panels(view, dy):
        place = {"w": (0, 2), "dy": (1, 0)}.get(panel.name)
        yield replace(panel, place=place, sign="") if place else unseen(panel)
    yield unseen(loss_panel(dy, view.record.y.ravel(), None))
    yield replace(_by_x(view), place=(0, 0))
    yield replace(band, place=(0, 1), sign="→", kinds=kinds, origin=(_first_cell(view), first))
    yield _dx(view, "dx", dx, (0, 3))
    look: dict[str, Any] = {"label": "spread dy", "sign": "→"}
    yield Panel("spread", spread, (1, 1), kinds=between, origin=(first,), **look)
    yield Panel("reversed", w[::-1], (1, 2), sign="⋆", label="w reversed", owners=owners)
    yield _dx(view, "slid", dx, (1, 3), sign="=", label="dx by sliding")


def _transposed_terms(view: View) -> dict[str, Terms]:
    places, cells, weights = _band(view)
    rows, columns = np.divmod(cells, _spread_size(view))
    products = conv2d_terms(view.record)
    size = view.record.x.size
    turned = products.left.astype(np.int64) * _spread_size(view) + places[products.out]
    return {
        **_forward_terms(view),
        "reverse": copy_terms(np.arange(view.record.weight.size)[::-1]),
        "rows": Terms(cells, weights, None),
        "turn over": Terms(cells_of(products.out, products.left, size), turned, None),
        "spread": Terms(places, np.arange(places.size), None),
        "times": Terms(rows, columns, cells),
        "slide": Terms(rows, columns, weights),
    }


def _spread_size(view: View) -> int:
    return view.record.x.size + view.record.geometry.span[1] - 1


def _band(view: View):
    """Say where dy stands in the spread dy, which cells of the transpose hold a weight, and which one."""
    setting, size = view.record.geometry, view.record.x.size
    places = setting.span[1] - 1 + np.arange(view.record.y.size) * setting.stride[1]
    rows, weights = np.indices((size, setting.kernel_size[1])).reshape(2, -1)
    return places, cells_of(rows, rows + setting.dilation[1] * weights, _spread_size(view)), weights


def _spread(view: View, dy: np.ndarray) -> np.ndarray:
    spread = np.zeros(_spread_size(view), dy.dtype)
    spread[_band(view)[0]] = dy
    return spread


def _spread_kinds(view: View, places: np.ndarray) -> np.ndarray:
    """Mark the zeros around dy as padding, those between as thrown away, those after it as filled in."""
    before, size = view.record.geometry.span[1] - 1, _spread_size(view)
    kinds = np.full(size, FILLED, np.uint8)
    kinds[places[0] : places[-1]] = THROWN
    kinds[:before] = kinds[size - before :] = PADDING
    kinds[places] = 0
    return kinds
