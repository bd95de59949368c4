"""The scene of a convolution as mathematics defines it: x * k = x ⋆ rot180(k) = y."""

from vizconv.engine.geometry import rot180
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.correlation import copied
from vizconv.scenes.parts import turn_terms
from vizconv.scenes.scene import Reading, Scene
from vizconv.scenes.terms import conv2d_terms
from vizconv.scenes.view import view

SAME_EITHER_WAY = "k is its own rotation, so that x * k and x ⋆ k are the same here."


def convolution(record: Conv2dRecord, notes=(), code: str = "") -> Scene:
    """Set x * k = x ⋆ rot180(k) = y on a stage, the rotated kernel beside the original.

    `record` is the cross-correlation that a convolution is: one image and one channel with the kernel
    already rotated, as `correlation(x, rot180(k), odd="before")` makes it. k is its rotation back.
    """
    seen = view(record)
    shown = seen.record
    turned = shown.weight[0]
    panels = (
        seen.panel("x", shown.x[0], (0, 0), kinds=seen.kinds, editable=True),
        seen.kernel_panel("k", rot180(turned), (0, 1), sign="*", editable=True),
        seen.kernel_panel("rotated", turned, (0, 2), sign="= x ⋆", label="rot180(k)"),
        seen.output_panel("y", shown.y[0, 0], (0, 3), sign="="),
    )
    terms = {"turn": turn_terms(turned.shape), "products": conv2d_terms(shown)}
    readings = (
        Reading("turn", "out", out="rotated", left="k"),
        Reading("products", "out", out="y", left="x", right="rotated"),
    )
    symmetric = (SAME_EITHER_WAY,) if (turned == rot180(turned)).all() else ()
    return Scene(panels, terms, readings, "y", (*seen.notes, *symmetric, *notes), code, copied(record))
