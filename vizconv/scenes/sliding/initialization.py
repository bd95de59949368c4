"""The scene of a stack of layers at its start: the spread of its weights, of its input and of every layer."""

from collections.abc import Sequence

import numpy as np

from vizconv.scenes.scene import Panel, Scene

OF_LAYERS = "spread of x and of layers 1, 2, …"


def initialization(
    sigma: float, spreads: Sequence[float], notes: tuple[str, ...] = (), code: str = ""
) -> Scene:
    """Set the standard deviation of all weights on a stage, and below it the spreads that follow.

    `spreads` are √(mean of squares) of x and of every layer.
    """
    panels = (
        Panel("sigma", sigma, (0, 0), label="σ of the weights", scale="spreads"),
        Panel("spread", np.asarray(spreads, np.float64), (1, 0), label=OF_LAYERS, scale="spreads"),
    )
    return Scene(panels, notes=tuple(notes), code=code)
