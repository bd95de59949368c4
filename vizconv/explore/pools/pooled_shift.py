"""The explorer of a shift: move a digit by a few pixels, and see what changes before and after pooling."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import datasets, scenes
from vizconv.engine.operations import avg_pool2d, max_pool2d
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS, INK
from vizconv.explore.controls import Choice, Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic

KINDS = ("max", "average", "stride alone")
CONTROLS = (
    Slider("digit", 0, 99, title="picture", group="picture"),
    Slider("columns", -4, 4, title="moved by", group="picture"),
    Slider("size", 1, 4, group="picture"),
    Choice("kind", KINDS, title="pooling", more=True),
)


@dataclass(frozen=True, kw_only=True)
class PooledShiftSettings:
    """Which digit, by how many columns it moves to the right, and how both pictures are pooled.

    `kind` is "max", "average" or "stride alone", which keeps one cell of each window, its first.
    """

    digit: int
    columns: int
    kind: str
    size: int


def pooled_shift(digit: int = 7, columns: int = 1, *, kind: str = "max", size: int = 2) -> Explorer:
    """Explore what a shift changes: a handwritten digit and the same one moved, before and after pooling.

    digit 0 to 99, columns −4 to 4, `kind` is "max", "average" or "stride alone", size 1 to 4, also the
    stride. Raises TypeError for what is no whole number, ValueError for what is out of range.
    """
    given = read(CONTROLS, digit=digit, columns=columns, kind=kind, size=size)
    return Explorer(TOPIC, PooledShiftSettings(**given))


def scene_of(settings: PooledShiftSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    x = datasets.digits()[0].images[settings.digit].astype(np.int64)
    scene = scenes.pooled_shift(x, settings.columns, lambda batch: pooled(batch, settings), INK)
    notes = _as_part_of_the_ink(scene), _as_distance(scene)
    return replace(scene, notes=notes, code=as_code(settings))


def pooled(batch: np.ndarray, settings: PooledShiftSettings):
    """Pool a batch (N, 1, H, W) as the settings say; a stride alone is a window of one cell."""
    if settings.kind == "average":
        return avg_pool2d(batch, settings.size)
    return max_pool2d(batch, settings.size if settings.kind == "max" else 1, settings.size)


def _as_part_of_the_ink(scene) -> str:
    """Say how much of the ink the change is, Σ |change| / Σ x, and both halves of that quotient a cell."""
    changes, maps = _sizes(scene, lambda values: np.abs(values).mean())
    parts = [
        f"{change / ink:.0%} of all ink in {name} ({format_number(change)} of {format_number(ink)} a cell)"
        for name, change, ink in zip("xy", changes, maps, strict=True)
    ]
    return f"The change is {', and '.join(parts)}.".replace("%", " %")


def _as_distance(scene) -> str:
    """Say how long the change is beside the map, ‖change‖ / ‖map‖."""
    changes, maps = _sizes(scene, np.linalg.norm)
    x, y = (format_number(change / length) for change, length in zip(changes, maps, strict=True))
    return f"As a distance, ‖change‖ / ‖map‖, it is {x} in x and {y} in y."


def _sizes(scene, size) -> list[list[float]]:
    """Return the sizes of the changes of x and y, and those of x and y themselves."""
    return [[float(size(scene.panel(name + part).values * 1.0)) for name in "xy"] for part in ("_change", "")]


def as_code(settings: PooledShiftSettings) -> str:
    """Return the lines of Python that make y of both pictures."""
    call = {
        "max": f"max_pool2d(images, {settings.size})",
        "average": f"avg_pool2d(images, {settings.size})",
        "stride alone": f"max_pool2d(images, 1, stride={settings.size})",
    }
    return (
        f"{IMPORTS}x = vc.datasets.digits()[0].images[{settings.digit}].astype(int)\n"
        f"images = np.stack([x, vc.scenes.moved(x, {settings.columns})])[:, None]\n"
        f"y, y_moved = vc.{call[settings.kind]}.y[:, 0]\n"
    )


TOPIC: Topic[PooledShiftSettings] = Topic(name="pooled_shift", controls=CONTROLS, scene_of=scene_of)
