"""The explorer of a convolution as one matrix: mostly zeros, and every weight again and again."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.examples.matrices import IMPORTS, WORKED_INPUT, WORKED_KERNEL, resize
from vizconv.explore.arguments import require_in_ranges
from vizconv.explore.code import row_literal
from vizconv.explore.controls import sliders
from vizconv.explore.explorer import Explorer, Topic, as_sentence

RANGES = {"size": (2, 5), "kernel": (1, 3), "stride": (1, 3), "padding": (0, 1)}
TITLES = {"size": "size of x", "kernel": "kernel size"}
WITHOUT_PADDING = "The M of the copied code leaves the padding's columns out: they only meet zeros."


@dataclass(frozen=True, eq=False)
class MatrixSettings:
    """What the explorer shows: x (H, H) and w (K, K), the first part of larger ones, and how w slides."""

    x: np.ndarray
    w: np.ndarray
    size: int
    kernel: int
    stride: int
    padding: int


def matrix(*, size=4, kernel=2, stride=1, padding=0) -> Explorer:
    """Explore y = M x: a convolution as a matrix product. Point at a weight, and see all its copies in M.

    Whole numbers, as in RANGES. A kernel that does not fit is explained on the stage. Raises TypeError or
    ValueError for what is no setting at all.
    """
    settings = start(size=size, kernel=kernel, stride=stride, padding=padding)
    return Explorer(TOPIC, settings, sliders(values(settings), RANGES, TITLES))


def start(**sizes) -> MatrixSettings:
    """Read the arguments of `matrix`: the input and the kernel of lesson 01, extended by other numbers."""
    require_in_ranges(sizes, RANGES)
    x = resize(np.array(WORKED_INPUT), *[RANGES["size"][1]] * 2)
    x[4], x[:4, 4] = (2, -5, 1, 3, -4), (-2, 3, 4, -6)
    w = resize(np.array(WORKED_KERNEL), *[RANGES["kernel"][1]] * 2)
    w[2], w[:2, 2] = (2, -3, 5), (-4, 1)
    return MatrixSettings(x, w, **sizes)


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: MatrixSettings) -> scenes.Scene:
    """Return the scene of the settings; where no window fits, x and w with the sentence that says why."""
    try:
        record = run(settings)
    except ValueError as error:
        return scenes.unfitting(*used(settings), (as_sentence(error),))
    scene = scenes.matrix(record)
    notes = (*scene.notes, *([WITHOUT_PADDING] if settings.padding else []), _count(scene, record))
    return replace(scene, notes=notes, code=as_code(settings))


def used(settings: MatrixSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the part in use of x (H, H) and of w (K, K)."""
    return settings.x[: settings.size, : settings.size], settings.w[: settings.kernel, : settings.kernel]


def run(settings: MatrixSettings) -> Conv2dRecord:
    """Run the convolution; raise ValueError where no window fits."""
    x, w = used(settings)
    return conv2d(x[None, None], w[None, None], stride=settings.stride, padding=settings.padding)


def _count(scene: scenes.Scene, record: Conv2dRecord) -> str:
    """Count the zeros and the copies on the stage, and what a fully connected layer would learn."""
    rows, columns = scene.panel("M").shape
    copies, weights, dense = len(scene.terms["copies"]), record.weight.size, record.y.size * record.x.size
    zeros = rows * columns - copies
    return (
        f"M has {rows} · {columns} = {rows * columns} cells: {zeros} are always 0, the other {copies} are "
        f"{weights} weights, {copies // weights} times each. A fully connected layer from x to y learns "
        f"{record.y.size} · {record.x.size} = {dense} weights."
    )


def as_code(settings: MatrixSettings) -> str:
    """Return the lines of Python that make the same y by a matrix product."""
    x, w = used(settings)
    return (
        f"{IMPORTS}x = {row_literal(x)}\nw = {row_literal(w)}\n"
        f"M = vc.convolution_matrix(w[None, None], x.shape, stride={settings.stride}, "
        f"padding={settings.padding})\ny = M @ x.ravel()\n"
    )


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: MatrixSettings, name: str, value) -> MatrixSettings:
    """Return the settings after one control was set to a value."""
    return replace(settings, **{name: value})


def edit(settings: MatrixSettings, scene, panel: str, cell: int, value: float) -> MatrixSettings:
    """Return the settings after a learner typed a value into a cell of x or w."""
    index = scene.panel(panel).index_of(cell)
    return replace(settings, **{panel: scenes.put_at(getattr(settings, panel), index, value)})


def values(settings: MatrixSettings) -> dict:
    """Return what every control says for these settings."""
    return {name: getattr(settings, name) for name in RANGES}


TOPIC = Topic("matrix", scene_of, change, edit, values)
