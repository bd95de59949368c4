"""A kernel and its rotation on one stage: x * k = x ⋆ rot180(k) = y, and x ⋆ k = x * rot180(k) = y."""

from vizconv.engine.geometry import rot180
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.parts import turn_terms
from vizconv.scenes.scales import WEIGHTS
from vizconv.scenes.scene import Reading, Scene, owners_of
from vizconv.scenes.tensors import input_panel
from vizconv.scenes.terms import conv2d_terms
from vizconv.scenes.view import view_of

SAME_EITHER_WAY = "k is its own rotation, so that x * k and x ⋆ k are the same here."
ODD_CELL = (
    "k is its own rotation; x * k and x ⋆ k differ here all the same, because the odd row or column of "
    "padding comes first for * and last for ⋆."
)
OTHER_SIGN = "The rotation of k is −k, so that x * k is x ⋆ k with every sign turned round."


def convolution(
    record: Conv2dRecord,
    notes: tuple[str, ...] = (),
    code: str = "",
    pixels: tuple[float, float] | None = None,
) -> Scene:
    """Set x * k = x ⋆ rot180(k) = y on a stage, the rotated kernel beside the original.

    `record` is the cross-correlation that a convolution is: one image and one channel with the kernel
    already rotated, as `correlation(x, rot180(k), odd="before")` makes it. k is its rotation back. `pixels`
    are those of a panel, where x is a picture.
    """
    return _beside(record, "rotated", ("*", "=\u202fx\u202f⋆"), notes, code, pixels)


def correlation_beside(
    record: Conv2dRecord,
    notes: tuple[str, ...] = (),
    code: str = "",
    pixels: tuple[float, float] | None = None,
) -> Scene:
    """Set x ⋆ k = x * rot180(k) = y on a stage: `convolution` the other way round, k slides as it is.

    `record` is one image and one channel with the kernel k, as `correlation(x, k)` makes it.
    """
    return _beside(record, "k", ("⋆", "=\u202fx\u202f*"), notes, code, pixels)


def _beside(record, sliding, signs, notes, code, pixels) -> Scene:
    """Show k and its rotation; `sliding` names the one of them that is the record's kernel."""
    view = view_of(record)
    slides = view.record.weight[0]
    k, turned = (slides, rot180(slides)) if sliding == "k" else (rot180(slides), slides)
    look = {"label": "rot180(k)", "owners": rot180(owners_of(k))}
    panels = (
        input_panel(view, (0, 0), pixels),
        view.kernel_panel("k", k, (0, 1), sign=signs[0], editable=True, scale=WEIGHTS),
        view.kernel_panel("rotated", turned, (0, 2), sign=signs[1], **look),
        view.output_panel("y", view.record.y[0, 0], (0, 3), sign="="),
    )
    copies, terms = view.copies
    terms |= {"turn": turn_terms(slides.shape), "products": conv2d_terms(view.record)}
    steps = (
        *copies,
        Reading("turn", "out", out="rotated", left="k"),
        Reading("products", "out", out="y", left="x", right=sliding),
    )
    return Scene(panels, terms, steps, "y", (*view.notes, *_what_turning_does(record), *notes), code)


def _what_turning_does(record) -> tuple[str, ...]:
    """Say where the turn makes no difference, or only one of sign."""
    slides, turned = record.weight[0], rot180(record.weight[0])
    even = all(before == after for before, after in record.geometry.padding)
    if (slides == turned).all():
        return (SAME_EITHER_WAY if even else ODD_CELL,)
    return (OTHER_SIGN,) if even and (slides == -turned).all() else ()
