"""The explorer of pooling: maximum or average, forwards and backwards, ties, overlap and leftover rows."""

from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.operations import avg_pool2d, max_pool2d
from vizconv.examples.matrices import IMPORTS, INPUTS, Input, worked_input
from vizconv.explore.chosen import LARGEST, InputSettings, read_input
from vizconv.explore.code import literal, written
from vizconv.explore.controls import Choice, Preset, Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic

KINDS = {"max": max_pool2d, "average": avg_pool2d}
TIES = {"the first": "first", "every tie (wrong)": "every"}
PICTURES = {
    "worked example": INPUTS["worked example"],
    "after a ReLU": Input(lambda: worked_input().clip(0), f"{INPUTS['worked example'].code}.clip(0)"),
    "counting": INPUTS["counting"],
    "all alike": Input(lambda: np.full((4, 4), 5), "np.full((4, 4), 5)"),
}
CONTROLS = (
    Preset("input", tuple(PICTURES), lambda _, name: PICTURES[name].make(), title="input x"),
    Slider("size", 1, 4, largest=inf),
    Slider("stride", 1, 4, largest=inf),
    Choice("kind", tuple(KINDS), title="pooling", group="what", more=True, plain="max"),
    Choice("ties", TIES, group="what", more=True, plain="first", when=("kind", ("max",))),
    Slider("padding", 0, 2, largest=inf, group="what", more=True, plain=0),
)
MOST = 2 * LARGEST  # rows or columns of dy: more than any setting asks for


@dataclass(frozen=True, eq=False, kw_only=True)
class PoolingSettings(InputSettings):
    """An input, a preset or the learner's own, dy, and how windows slide and pool.

    dy (MOST, MOST) holds a number for every place that y may have; its first rows and columns are used.
    `kind` is "max" or "average", `ties` is "first" or "every".
    """

    dy: np.ndarray
    kind: str
    size: int
    stride: int
    padding: int
    ties: str


def pooling(
    x: ArrayLike | None = None,
    dy: ArrayLike | None = None,
    *,
    kind: str = "max",
    size: int = 2,
    stride: int | None = None,
    padding: int = 0,
    ties: str = "first",
) -> Explorer:
    """Explore pooling in both directions: x, the mask, y and L = Σ dy ⊙ y, and under them dx and dy.

    x and dy are matrices, x also the name of a preset (PICTURES); by default the worked example and
    numbers that count. `kind` is "max" or "average", the stride is the size when None; `ties` is "first" or
    "every", which shows a common mistake. A setting that does not fit is explained on the stage.
    """
    stride = size if stride is None else stride
    sliding = {"size": size, "stride": stride, "padding": padding}
    return Explorer(TOPIC, start(x, dy, kind=kind, ties=ties, **sliding))


def start(x: ArrayLike | None = None, dy: ArrayLike | None = None, **given: Any) -> PoolingSettings:
    """Read the arguments of `pooling`; raise TypeError or ValueError for what is no setting at all."""
    dy = _counting() if dy is None else _spread(numbers(dy, "dy", 2))
    return PoolingSettings(input=read_input(x, PICTURES), dy=dy, **read(CONTROLS, **given))


def _counting() -> np.ndarray:
    """Number the places of y so that each of a few has a number of its own: 1, 2, 3 and 4, 5, 6 below."""
    rows, columns = np.indices((MOST, MOST))
    return 1 + 3 * rows + columns


def _spread(dy: np.ndarray) -> np.ndarray:
    """Put the given numbers first, and ones into all other places."""
    part = dy[:MOST, :MOST]
    result = np.ones((MOST, MOST), dy.dtype)
    result[: len(part), : part.shape[1]] = part
    return result


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: PoolingSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = KINDS[settings.kind](settings.x[None, None], settings.size, settings.stride, settings.padding)
    scene, shape = _pooled(record, settings), record.y.shape[2:]
    return replace(scene, notes=(*settings.notes, *scene.notes), code=as_code(settings, shape))


def inputs(settings: PoolingSettings) -> tuple[scenes.Panel, ...]:
    """Return x alone."""
    return (scenes.Panel("x", settings.x, (0, 0), editable=True),)


def _pooled(record, settings):
    rows, columns = record.y.shape[2:]
    dy = settings.dy[None, None, :rows, :columns]
    if settings.kind == "average":
        return scenes.average_pooling(record, dy)
    return scenes.max_pooling(record, dy, ties=settings.ties)


def as_code(settings: PoolingSettings, shape: tuple[int, int]) -> str:
    """Return the lines of Python that make the same y and dx; none where dx is a mistake."""
    if settings.kind == "max" and settings.ties == "every":
        return ""
    x, dy = written(settings.input, PICTURES), settings.dy[: shape[0], : shape[1]]
    name = KINDS[settings.kind].__name__
    sizes = f"{settings.size}, stride={settings.stride}, padding={settings.padding}"
    return (
        f"{IMPORTS}x = {x}\ndy = {literal(dy)}\nrecord = vc.{name}(x[None, None], {sizes})\n"
        f"y = record.y[0, 0]\ndx = vc.{name}_backward(record, dy[None, None]).dx[0, 0]\n"
    )


TOPIC: Topic[PoolingSettings] = Topic(
    name="pooling",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    fields={"x": "input"},
    gradients={"dx": "x"},
)
