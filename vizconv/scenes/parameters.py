"""How many numbers a layer learns, counted on the stage: fully connected above, convolutional below."""

import numpy as np

from vizconv.scenes.parts import arranged
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms

FIRST = np.zeros(1, np.int64)
ONE = {"product": Terms(FIRST, FIRST, FIRST), "copy": Terms(FIRST, FIRST, None)}
DENSE = ("H·W", "C", "inputs", "units", "weights", "total")
CONVOLUTIONAL = ("KH·KW", "C ", "a filter", "filters", "weights ", "total ")
SIGNS = ("", "·", "=", "·", "=", "→")


def parameters(
    size: tuple[int, int], channels: int, units: int, kernel: tuple[int, int], filters: int, notes=(), code=""
) -> Scene:
    """Set the counting of two layers on a stage: H·W·C·units + units, and KH·KW·C·filters + filters.

    All are whole numbers from 1 on. A fully connected layer counts like a convolutional one whose kernel is
    as large as the picture.
    """
    rows = ((DENSE, size, units), (CONVOLUTIONAL, kernel, filters))
    panels = [
        Panel(name, value, (row, column), sign=sign)
        for row, (names, sides, outputs) in enumerate(rows)
        for column, (name, value, sign) in enumerate(
            zip(names, _counted(*sides, channels, outputs), SIGNS, strict=True)
        )
    ]
    readings = [reading for names, _, _ in rows for reading in _readings(*names)]
    return Scene(arranged(*panels), ONE, tuple(readings), notes=tuple(notes), code=code)


def _counted(height, width, channels, outputs) -> tuple[int, ...]:
    area = height * width
    weights = area * channels * outputs
    return area, channels, area * channels, outputs, weights, weights + outputs


def _readings(area, channels, inputs, outputs, weights, total):
    yield Reading("product", "out", out=inputs, left=area, right=channels)
    yield Reading("product", "out", out=weights, left=inputs, right=outputs)
    yield Reading("copy", "out", out=total, left=weights)
    yield Reading("copy", "out", out=total, left=outputs)  # a bias for each
