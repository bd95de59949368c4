"""The explorer of a shift: move a digit by a few pixels, and see what changes before and after pooling."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import datasets, scenes
from vizconv.engine.operations import avg_pool2d, max_pool2d
from vizconv.explore.controls import choice, slider
from vizconv.explore.explorer import Explorer, Topic
from vizconv.explore.presets import IMPORTS

KINDS = ("max", "average", "stride alone")
RANGES = {"digit": (0, 99), "columns": (-4, 4), "size": (1, 4)}
TITLES = {"digit": "picture", "columns": "moved by"}


@dataclass(frozen=True)
class ShiftSettings:
    """Which digit, by how many columns it moves to the right, and how both pictures are pooled.

    `kind` is "max", "average" or "stride alone", which keeps one cell of each window, its first.
    """

    digit: int
    columns: int
    kind: str
    size: int


def pooled_shift(digit=7, columns=1, *, kind="max", size=2) -> Explorer:
    """Explore what a shift changes: a handwritten digit and the same one moved, before and after pooling.

    digit 0 to 99, columns −4 to 4, `kind` is "max", "average" or "stride alone", size 1 to 4, also the
    stride. Raises ValueError for what is out of range.
    """
    settings = ShiftSettings(digit, columns, kind, size)
    _require(settings)
    return Explorer(TOPIC, settings, _controls(settings))


def _require(settings):
    for name, (least, most) in RANGES.items():
        if not least <= getattr(settings, name) <= most:
            raise ValueError(f"{name} is {getattr(settings, name)}; {least} to {most} are expected")
    if settings.kind not in KINDS:
        raise ValueError(f"kind is {settings.kind!r}; one of {list(KINDS)} is expected")


def scene_of(settings: ShiftSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    x = datasets.digits()[0].images[settings.digit].astype(np.int64)
    scene = scenes.pooled_shift(x, settings.columns, lambda batch: pooled(batch, settings))
    before, after = (_part(scene, name) for name in "xy")
    note = f"The change is {before} of all ink in x, and {after} of all ink in y."
    return replace(scene, notes=(note,), code=_code(settings))


def pooled(batch, settings: ShiftSettings):
    """Pool a batch (N, 1, H, W) as the settings say; a stride alone is a window of one cell."""
    if settings.kind == "average":
        return avg_pool2d(batch, settings.size)
    return max_pool2d(batch, settings.size if settings.kind == "max" else 1, settings.size)


def _part(scene, name):
    """Say how much of the ink the change is: Σ |change| / Σ x."""
    change, ink = (np.abs(scene.panel(panel).values).sum() for panel in (f"{name}_change", name))
    return f"{change / ink:.0%}".replace("%", " %")


def _code(settings):
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


def change(settings: ShiftSettings, name: str, value) -> ShiftSettings:
    """Return the settings after one control was set to a value."""
    return replace(settings, **{name: value})


def edit(settings: ShiftSettings, scene, panel: str, cell: int, value: float) -> ShiftSettings:
    """Return the same settings: no number here can be typed."""
    return settings


def _controls(settings):
    shown = vars(settings)
    sliders = {name: slider(TITLES.get(name, name), shown[name], *limits) for name, limits in RANGES.items()}
    return {"kind": choice("pooling", KINDS, settings.kind), **sliders}


def values(settings: ShiftSettings) -> dict:
    """Return what every control says for these settings."""
    return dict(vars(settings))


TOPIC = Topic("pooled_shift", scene_of, change, edit, values, lambda settings: set())
