"""The explorer of a convolution as one matrix: mostly zeros, and every weight again and again."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.engine.writing import counted
from vizconv.examples.matrices import IMPORTS, WORKED_INPUT, WORKED_KERNEL, resize
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

LARGEST, WIDEST = 5, 3  # rows and columns of x and of w
CONTROLS = (
    Slider("size", 2, LARGEST, title="size of x", group="sizes"),
    Slider("kernel_size", 1, WIDEST, title="kernel size", keyword="kernel", group="sizes"),
    Slider("stride", 1, 3, group="sizes"),
    Slider("padding", 0, 1, more=True, plain=0),
)
WITHOUT_PADDING = "The M of the copied code leaves the padding's columns out: they only meet zeros."


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixSettings:
    """An input and a kernel, of which the first rows and columns are in use, and how w slides."""

    x: np.ndarray
    w: np.ndarray
    size: int
    kernel_size: int
    stride: int
    padding: int


def matrix(*, size: int = 4, kernel: int = 2, stride: int = 1, padding: int = 0) -> Explorer:
    """Explore y = M x: a convolution as a matrix product. Point at a weight, and see all its copies in M.

    Whole numbers, as the sliders go; x and w are those of lesson 01, extended by other numbers. A kernel that
    does not fit is explained on the stage. Raises TypeError or ValueError for what is no setting at all.
    """
    given = read(CONTROLS, size=size, kernel=kernel, stride=stride, padding=padding)
    x = resize(np.array(WORKED_INPUT), LARGEST, LARGEST)
    x[4], x[:4, 4] = (2, -5, 1, 3, -4), (-2, 3, 4, -6)
    w = resize(np.array(WORKED_KERNEL), WIDEST, WIDEST)
    w[2], w[:2, 2] = (2, -3, 5), (-4, 1)
    return Explorer(TOPIC, MatrixSettings(x=x, w=w, **given))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: MatrixSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = run(settings)
    scene = scenes.matrix(record)
    notes = (*scene.notes, *([WITHOUT_PADDING] if settings.padding else []), _count(scene, record))
    return replace(scene, notes=notes, code=as_code(settings))


def used(settings: MatrixSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the part in use of x (H, H) and of w (K, K)."""
    size, side = settings.size, settings.kernel_size
    return settings.x[:size, :size], settings.w[:side, :side]


def run(settings: MatrixSettings) -> Conv2dRecord:
    """Run the convolution; raise ValueError where no window fits."""
    x, w = used(settings)
    return conv2d(x[None, None], w[None, None], stride=settings.stride, padding=settings.padding)


def _count(scene: scenes.Scene, record: Conv2dRecord) -> str:
    """Count the zeros and the copies on the stage, and what a fully connected layer would learn."""
    rows, columns = scene.panel("M").shape
    copies, weights, dense = len(scene.terms["copies"]), record.weight.size, record.y.size * record.x.size
    zeros = rows * columns - copies
    each = f"{counted(weights, 'weight')}, {counted(copies // weights, 'time')} each"
    return (
        f"M has {rows} · {columns} = {rows * columns:,} cells: {zeros:,} are always 0, the other {copies:,} "
        f"are {each}. A fully connected layer from x to y learns "
        f"{record.y.size} · {record.x.size} = {counted(dense, 'weight')}."
    )


def as_code(settings: MatrixSettings) -> str:
    """Return the lines of Python that make the same y by a matrix product."""
    x, w = used(settings)
    return (
        f"{IMPORTS}x = {row_literal(x)}\nw = {row_literal(w)}\n"
        f"M = vc.convolution_matrix(w[None, None], x.shape, stride={settings.stride}, "
        f"padding={settings.padding})\ny = M @ x.ravel()\n"
    )


TOPIC: Topic[MatrixSettings] = Topic(
    name="matrix",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=lambda settings: two_inputs(*used(settings)),
)
