"""The scene of a descent: what a kernel w makes of x, what it should make, and which way w has to go."""

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.operations.convolution import Conv2dRecord, conv2d_backward
from vizconv.scenes.parts import DW, PRODUCTS, arranged, constant, scale_terms
from vizconv.scenes.scales import BARE, WEIGHTS
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.tensors import input_panel, kernel_panel
from vizconv.scenes.terms import Terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, view_of

LOSS_OF_TARGET = (
    "L = ½ Σ (y − y*)², so that dy = y − y*, and dw = x ⋆ dy says how L changes with each weight."
)


def descent(
    record: Conv2dRecord,
    target: ArrayLike,
    hidden: ArrayLike,
    revealed: bool = False,
    notes: tuple[str, ...] = (),
    code: str = "",
    pixels: tuple[float, float] | None = None,
) -> Scene:
    """Set x ⋆ w = y beside the y* that it should be: dy = y − y*, dw = x ⋆ dy and L = ½ Σ dy².

    `record` is a `conv2d` of one image, one channel and one filter without a bias, target (OH, OW) is
    y* = x ⋆ hidden; that kernel (KH, KW) has a place only when it is revealed. Of what is large the middle
    is shown. `pixels` are those of a panel, where x is a picture.
    """
    view = view_of(record)
    target = np.asarray(target)[view.area.windows]
    dy = view.record.y[0, 0] - target
    dw = conv2d_backward(view.record, dy[None, None]).dweight[0]
    square = np.sum(dy**2)
    panels = arranged(
        input_panel(view, (0, 0), pixels),
        kernel_panel(view, (0, 1), "⋆"),
        view.output_panel("y", view.record.y[0, 0], (0, 2), sign="="),
        view.output_panel("target", target, (1, 0), label="y*"),
        view.kernel_panel("dw", dw, (1, 1)),
        view.output_panel("dy", dy, (1, 2)),
        _hidden(view, hidden, (2, 0) if revealed else None),
        Panel("squares", square, (2, 1), label="Σ dy²", sign="½ ·", scale=BARE),
        Panel("L", square / 2, (2, 2), sign="=", scale=BARE),
        constant("minus", -1, "−1"),
        constant("half", 0.5, "½"),
    )
    copies, terms = view.copies
    steps = (
        *copies,
        PRODUCTS,
        Reading("products", "out", out="target", left="x", right="hidden"),
        Reading("copies", "out", out="dy", left="y"),
        Reading("scale", "out", out="dy", left="target", right="minus"),
        Reading("square", "out", out="squares", left="dy", right="dy"),
        Reading("halve", "out", out="L", left="squares", right="half"),
        DW,
    )
    return Scene(panels, {**terms, **_terms(view)}, steps, "dw", (*notes, *view.notes, LOSS_OF_TARGET), code)


def _hidden(view: View, hidden, place) -> Panel:
    look = {"label": "hidden w", "editable": place is not None, "scale": WEIGHTS}
    return view.kernel_panel("hidden", np.asarray(hidden)[None], place, **look)


def _terms(view: View) -> dict[str, Terms]:
    cells = np.arange(view.record.y.size)
    return {
        "products": conv2d_terms(view.record),
        "copies": copy_terms(cells),
        "scale": scale_terms(cells.size),
        "square": Terms(cells * 0, cells, cells),
        "halve": scale_terms(1),
    }
