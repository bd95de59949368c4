"""The scene of a descent: what a kernel w makes of x, what it should make, and which way w has to go."""

import numpy as np

from vizconv.engine.operations.convolution import Conv2dRecord, conv2d_backward
from vizconv.scenes.parts import DW, PRODUCTS, arranged, scale_terms
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms, conv2d_terms, copy_terms
from vizconv.scenes.view import View, view

LOSS_OF_TARGET = (
    "L = ½ Σ (y − y*)², so that dy = y − y*, and dw = x ⋆ dy says how L changes with each weight."
)


def descent(record: Conv2dRecord, target, hidden=None, notes=(), code: str = "") -> Scene:
    """Set x ⋆ w = y beside the y* that it should be: dy = y − y*, dw = x ⋆ dy and L = ½ Σ dy².

    `record` is a `conv2d` of one image, one channel and one filter without a bias, target (OH, OW) is y*.
    The kernel that made it, `hidden` (KH, KW), is shown if it is given. Of what is large the middle is shown.
    """
    seen = view(record)
    target = np.asarray(target)[seen.rows, seen.columns]
    dy = seen.record.y[0, 0] - target
    dw = conv2d_backward(seen.record, dy[None, None]).dweight[0]
    square = np.sum(dy**2)
    panels = (
        seen.panel("x", seen.record.x[0], (0, 0), kinds=seen.kinds, editable=True),
        seen.kernel_panel("w", seen.record.weight[0], (0, 1), sign="⋆", editable=True),
        seen.output_panel("y", seen.record.y[0, 0], (0, 2), sign="="),
        seen.output_panel("target", target, (1, 0), label="y*"),
        seen.kernel_panel("dw", dw, (1, 1)),
        seen.output_panel("dy", dy, (1, 2)),
        *([] if hidden is None else [_hidden(hidden)]),
        Panel("minus", -1, (2, 1), label="−1"),
        Panel("squares", square, (2, 2), label="Σ dy²"),
        Panel("half", 0.5, (3, 1), label="½"),
        Panel("L", square / 2, (3, 2)),
    )
    order = (
        PRODUCTS,
        *([] if hidden is None else [Reading("products", "out", out="target", left="x", right="hidden")]),
        Reading("copies", "out", out="dy", left="y"),
        Reading("scale", "out", out="dy", left="target", right="minus"),
        Reading("square", "out", out="squares", left="dy", right="dy"),
        Reading("halve", "out", out="L", left="squares", right="half"),
        DW,
    )
    recomputed = ("x",) if hidden is None else ()
    said = (*notes, *seen.notes, LOSS_OF_TARGET)
    return Scene(arranged(*panels), _terms(seen), order, "dw", said, code, recomputed)


def _hidden(hidden) -> Panel:
    return Panel("hidden", hidden, (2, 0), label="hidden w", editable=True)


def _terms(seen: View) -> dict[str, Terms]:
    cells = np.arange(seen.record.y.size)
    return {
        "products": conv2d_terms(seen.record),
        "copies": copy_terms(cells),
        "scale": scale_terms(cells.size),
        "square": Terms(cells * 0, cells, cells),
        "halve": scale_terms(1),
    }
