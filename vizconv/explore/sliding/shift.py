"""The explorer of a shift: move a digit, and compare its map with the map of before, moved as far."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.operations.convolution import Conv2dRecord, correlation
from vizconv.engine.types import both
from vizconv.examples.matrices import FIRST_DIGIT, IMPORTS, INK, handwritten, horizontal_edges, vertical_edges
from vizconv.explore.chosen import Chosen
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Choice, Preset, Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.sliding.comparing import comparable, differ, incomparable
from vizconv.explore.topic import Topic
from vizconv.scenes.sliding.shift import source
from vizconv.scenes.view import kinds_of

PIXELS = {"paper 0": INK, "paper 255": INK[::-1]}  # black and white: ink and paper look alike in both
PATTERNS = {
    "vertical edges": vertical_edges,
    "horizontal edges": horizontal_edges,
    "sum of all nine": lambda *size: np.ones(size, np.int64),
}
SIZE = 3  # rows and columns of the kernel


def pattern(name: str) -> np.ndarray:
    """Return the kernel of this name, (3, 3)."""
    return PATTERNS[name](SIZE, SIZE)


CONTROLS = (
    Choice("picture", tuple(PIXELS), group="picture"),
    Slider("down", -5, 5, group="picture"),
    Slider("right", -5, 5, group="picture"),
    Preset(
        "kernel", tuple(PATTERNS), lambda _, name: PATTERNS[name](SIZE, SIZE), title="kernel w", more=True
    ),
    Slider("digit", 0, 99, title="which digit", more=True, plain=FIRST_DIGIT),
    Slider("stride", 1, 3, more=True, plain=1),
    Slider("padding", 0, 1, more=True, plain=0),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class ShiftSettings:
    """A digit and its paper, a kernel (3, 3), how far the picture has moved, and how the kernel slides."""

    picture: str
    digit: int
    down: int
    right: int
    kernel: Chosen
    stride: int
    padding: int

    @property
    def w(self) -> np.ndarray:
        """The kernel (3, 3)."""
        return self.kernel.values


def shift(
    picture: str = "paper 0",
    *,
    down: int = 0,
    right: int = 2,
    stride: int = 1,
    padding: int = 0,
    digit: int = FIRST_DIGIT,
) -> Explorer:
    """Explore a moved digit: its map, the map of before moved as far, and the difference of the two.

    `picture` is "paper 0" or "paper 255", `digit` the one of the first hundred that ship; down and right
    count pixels, negative ones go up and left. Raises TypeError or ValueError for what is no setting.
    """
    moved = {"down": down, "right": right, "stride": stride, "padding": padding}
    given = read(CONTROLS, picture=picture, digit=digit, **moved)
    kernel = Chosen(name="vertical edges", values=pattern("vertical edges"))
    return Explorer(TOPIC, ShiftSettings(kernel=kernel, **given))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: ShiftSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    picture = picture_of(settings)
    x = moved_on_paper(picture, settings.down, settings.right)
    sliding: dict[str, Any] = {"stride": settings.stride, "padding": settings.padding}
    before, after = (correlation(each, settings.w, **sliding) for each in (picture, x))
    cells = both(int(step / settings.stride) for step in (settings.down, settings.right))
    by = settings.down, settings.right
    scene = scenes.shift(after, before, cells, (), as_code(settings), PIXELS[settings.picture], by)
    return replace(scene, notes=(_steps(settings, cells), _said(scene, after, cells)))


def picture_of(settings: ShiftSettings) -> np.ndarray:
    """Return the picture before it is moved, (28, 28)."""
    x = handwritten(settings.digit).make().astype(np.int64)
    return numbers(255 - x if settings.picture == "paper 255" else x, "x", 2)


def moved_on_paper(picture: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move a picture; what comes in at the edge is paper, like its first pixel."""
    comes_from, inside = source(picture.shape, (down, right))
    return np.where(inside, picture.ravel()[comes_from], picture[0, 0])


def _steps(settings, cells) -> str:
    """Say how far the map of before was moved, and where that is no whole number of cells."""
    sizes = [size / settings.stride for size in (settings.down, settings.right)]
    text = f"The picture moved by {_written(settings.down)} down and {_written(settings.right)} to the right"
    if list(cells) == sizes:
        return f"{text}, the map by {_written(cells[0])} and {_written(cells[1])}."
    wanted = " and ".join(_written(round(size, 2)) for size in sizes)
    return (
        f"{text}: with a stride of {settings.stride} the map would have to move by {wanted} cells, which "
        f"it cannot. Here it is moved by {_written(cells[0])} and {_written(cells[1])}."
    )


def _written(number) -> str:
    return f"{number:g}".replace("-", "−")


def _said(scene, record, cells) -> str:
    """Count the cells that differ, and those among them whose windows keep off the padding."""
    y, moved = scene.panel("y").values, scene.panel("moved").values
    there = scene.panel("moved").kinds == 0
    compared = there & comparable(y, moved)
    apart = compared & differ(y, moved)
    border = touches(record)
    before = border.ravel()[source(border.shape, cells)[0]]
    away = compared & ~border & ~before
    left_out = incomparable(there.sum() - compared.sum())
    if not compared.any():
        return f"The maps have no cells that can be compared.{left_out}"
    if not apart.any():
        return f"The maps are the same in all {compared.sum()} cells that can be compared.{left_out}"
    return (
        f"The maps differ in {apart.sum()} of {compared.sum()} cells; away from the padding, in "
        f"{(apart & away).sum()} of {away.sum()}.{left_out}"
    )


def touches(record: Conv2dRecord) -> np.ndarray:
    """Mark the cells of y (OH, OW) whose window reads padding."""
    padding = (kinds_of(record.geometry) & scenes.PADDING).astype(np.int64)
    stride = record.geometry.stride
    return correlation(padding, np.ones(record.geometry.kernel_size, np.int64), stride).y[0, 0] > 0


def _code_of(settings) -> str:
    digit = f"{handwritten(settings.digit).code}.astype(int)"
    return f"255 - {digit}" if settings.picture == "paper 255" else digit


def as_code(settings: ShiftSettings) -> str:
    """Return the lines of Python that make the map of before and that of the moved picture."""
    sliding = f"stride={settings.stride}, padding={settings.padding}"
    return (
        f"{IMPORTS}picture = {_code_of(settings)}\nw = {row_literal(settings.w)}\n"
        f"before = vc.cross_correlate(picture, w, {sliding})\n"
        f"wide = np.pad(picture, 5, constant_values=picture[0, 0])  # paper all around\n"
        f"x = np.roll(wide, ({settings.down}, {settings.right}), (0, 1))[5:-5, 5:-5]\n"
        f"y = vc.cross_correlate(x, w, {sliding})\n"
    )


TOPIC: Topic[ShiftSettings] = Topic(
    name="shift", controls=CONTROLS, scene_of=scene_of, fields={"w": "kernel"}
)
