"""How many weights a layer has, counted on the stage: fully connected above, convolutional below."""

import numpy as np

from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms

FIRST = np.zeros(1, np.int64)
PRODUCT = {"product": Terms(FIRST, FIRST, FIRST)}
DENSE = ("H·W", "C", "inputs", "units", "weights")
CONVOLUTIONAL = ("KH·KW", "C ", "a filter", "filters", "weights ")
SIGNS = ("", "·", "=", "·", "=")


def parameters(
    *,
    pixels: int,
    cells: int,
    channels: int,
    units: int,
    filters: int,
    notes: tuple[str, ...] = (),
    code: str = "",
) -> Scene:
    """Set H·W·C·units on a stage, and below it KH·KW·C·filters; `pixels` are H·W and `cells` KH·KW.

    All are whole numbers from 1 on. A fully connected layer counts like a convolutional one whose kernel is
    as large as the picture.
    """
    rows = (DENSE, pixels, units), (CONVOLUTIONAL, cells, filters)
    panels = tuple(
        Panel(name, value, (row, column), sign=sign, scale="counts")
        for row, (names, area, outputs) in enumerate(rows)
        for column, (name, value, sign) in enumerate(
            zip(names, _counted(area, channels, outputs), SIGNS, strict=True)
        )
    )
    readings = tuple(reading for names, _, _ in rows for reading in _readings(*names))
    return Scene(panels, PRODUCT, readings, notes=tuple(notes), code=code)


def _counted(area, channels, outputs) -> tuple[int, ...]:
    return area, channels, area * channels, outputs, area * channels * outputs


def _readings(area, channels, inputs, outputs, weights):
    yield Reading("product", "out", out=inputs, left=area, right=channels)
    yield Reading("product", "out", out=weights, left=inputs, right=outputs)
