"""The scene of a cross-correlation: x ⋆ w = y, and how it looks when no window fits."""

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.scenes.parts import PRODUCTS
from vizconv.scenes.scene import Scene
from vizconv.scenes.tensors import input_panel, kernel_panel
from vizconv.scenes.terms import conv2d_terms
from vizconv.scenes.view import view_of


def correlation(
    record: Conv2dRecord,
    notes: tuple[str, ...] = (),
    code: str = "",
    pixels: tuple[float, float] | None = None,
) -> Scene:
    """Set x ⋆ w = y on a stage: the padded input, the kernel and the output of a record.

    `record` is a `conv2d` of one image, one channel and one filter without a bias. Padding cells and
    cells that no window reads are marked; indices of x count from its own first pixel. Of what has over
    50,000 terms the middle is shown. `pixels` are those of a panel, where x is a picture.
    """
    view = view_of(record)
    y = view.output_panel("y", view.record.y[0, 0], (0, 2), sign="=")
    panels = input_panel(view, (0, 0), pixels), kernel_panel(view, (0, 1), "⋆"), y
    copies, terms = view.copies
    terms["products"] = conv2d_terms(view.record)
    return Scene(panels, terms, (*copies, PRODUCTS), "y", (*view.notes, *notes), code)
