"""The scene of a layer and what its bias learns: db = Σ dy, or dy itself where the bias is untied."""

from dataclasses import replace

from numpy.typing import ArrayLike

from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.types import present
from vizconv.scenes.parts import DB, LOSS, LOSS_NOTE, arranged, loss_panel, loss_terms
from vizconv.scenes.scene import Scene
from vizconv.scenes.sliding.layer import layer
from vizconv.scenes.tensors import bias_gradient_panel, output_gradient_panel, share_notes
from vizconv.scenes.view import view_of


def layer_bias(record: Conv2dRecord, dy: ArrayLike, image: int = 0, filter: int = 0) -> Scene:
    """Set one filter of a layer on a stage, and under it dy, db and L = Σ dy ⊙ y.

    Tied, the bias is one number and db = Σ dy; untied, it is one number for each cell of y and db = dy.
    Raises ValueError for an image or filter that is not there, a dy that has not y's shape, and a record
    without a bias.
    """
    if record.bias is None:
        raise ValueError("this layer has no bias and so no db; give it a bias")
    above, view = layer(record, image, filter), view_of(record, image, filter)
    gradients, y = view.gradients(dy), above.panel("y")
    below = (
        loss_panel(gradients.dy[0, 0], y.values, (1, present(above.panel("s").place)[1])),
        bias_gradient_panel(view, gradients, (1, present(above.panel("b").place)[1])),
        output_gradient_panel(view, gradients, (1, present(y.place)[1])),
    )
    return replace(
        above,
        panels=arranged(*above.panels, *below),
        terms={**above.terms, "loss": loss_terms(y.values.size)},
        steps=(*above.steps, LOSS, DB),
        notes=(*above.notes, LOSS_NOTE, *share_notes(view, dx=False)),
    )
