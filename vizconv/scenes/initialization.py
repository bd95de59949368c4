"""The scene of a stack of layers at its start: n_in, n_out, the spread of its weights and of every layer."""

import numpy as np

from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms

ONE = np.zeros(1, np.int64)


def initialization(
    shape: tuple[int, int, int, int], sigma: float, spreads, notes=(), code: str = ""
) -> Scene:
    """Set n_in = C · KH·KW and n_out = F · KH·KW of a weight (F, C, KH, KW) on a stage, and what follows.

    `shape` is that of every weight, (F, C, KH, KW), `sigma` its standard deviation; `spreads` are
    √(mean of squares) of x and of every layer.
    """
    filters, channels, *kernel = shape
    cells = int(np.prod(kernel))
    panels = (
        Panel("C", channels, (0, 0)),
        Panel("cells", cells, (0, 1), label="KH·KW", sign="·"),
        Panel("n_in", channels * cells, (0, 2), label="n", subscript="in", sign="="),
        Panel("sigma", sigma, (0, 3), label="σ of every weight"),
        Panel("F", filters, (1, 0)),
        Panel("cells again", cells, (1, 1), label="KH·KW ", sign="·"),
        Panel("n_out", filters * cells, (1, 2), label="n", subscript="out", sign="="),
        Panel("spread", np.asarray(spreads, np.float64), (1, 3), label="spread of x and of every layer"),
    )
    readings = (
        Reading("product", "out", out="n_in", left="C", right="cells"),
        Reading("product", "out", out="n_out", left="F", right="cells again"),
    )
    return Scene(panels, {"product": Terms(ONE, ONE, ONE)}, readings, notes=tuple(notes), code=code)
