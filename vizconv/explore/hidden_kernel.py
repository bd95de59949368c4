"""The explorer of a hidden kernel: from x and y* = x ⋆ w* alone, descend on dw until w* is found."""

import math
from dataclasses import dataclass, field, replace

import ipywidgets
import numpy as np

from vizconv import datasets, scenes
from vizconv.draw.numbers import format_number
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import geometry, whole
from vizconv.engine.operations import correlation
from vizconv.explore.controls import choice, player, slider, switch
from vizconv.explore.descent import MOST_STEPS, Descent
from vizconv.explore.explorer import Beside, Explorer, Topic, as_sentence
from vizconv.explore.presets import IMPORTS, OWN
from vizconv.stage import Curves

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
FOUND = 1e-3  # as far as every weight may be off


@dataclass(frozen=True, eq=False)
class HiddenKernelSettings:
    """All that the explorer shows: a descent, how many steps of it were made, and whether w* is revealed."""

    descent: Descent
    steps: int
    revealed: bool
    input_name: str
    kernel_name: str
    notes: tuple[str, ...] = field(default=())


# ---- What it starts with -----------------------------------------------------------------------------------


def mixed() -> np.ndarray:
    """Return a picture of small whole numbers that differ from place to place."""
    return np.random.default_rng(46).integers(-2, 3, (6, 6))


def single_one() -> np.ndarray:
    """Return zeros with a single 1 in the middle."""
    x = np.zeros((5, 5), np.int64)
    x[2, 2] = 1
    return x


def even() -> np.ndarray:
    """Return a picture in which every pixel is 1."""
    return np.ones((6, 6), np.int64)


def digit() -> np.ndarray:
    """Return a handwritten digit, from 0 (paper) to 1 (ink)."""
    return datasets.digits()[0].images[7] / 255


PICTURES = {
    "mixed numbers": mixed,
    "a single 1": single_one,
    "even picture": even,
    "handwritten digit": digit,
}
SECRETS = {
    "secret 1": ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
    "secret 2": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "secret 3": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}


def hidden_kernel(
    x="mixed numbers", hidden="secret 1", start=None, *, rate=0.005, steps=0, revealed=False
) -> Explorer:
    """Find a kernel from x (H, W) and y* = x ⋆ hidden alone, by descent on dw from `start`, by default zeros.

    x and hidden are matrices or names of PICTURES and SECRETS; rate η above 0; steps 0 to 200. Raises
    TypeError or ValueError for what does not fit.
    """
    settings = begin(x, hidden, start, rate, steps, revealed)
    curves = Curves(**curves_of(settings), x_label="steps", y_label="L")
    beside = Beside(curves, lambda settings, scene: curves_of(settings))
    explorer = Explorer(TOPIC, settings, _controls(settings), beside)
    explorer.stage.layout.flex = "1 1 680px"  # where less is left beside the curve, it goes below
    return explorer


def begin(x="mixed numbers", hidden="secret 1", start=None, rate=0.005, steps=0, revealed=False):
    """Read the arguments of `hidden_kernel`; raise TypeError or ValueError for what does not fit."""
    input_name, x = _named(x, PICTURES, "x")
    kernel_name, hidden = _named(hidden, SECRETS, "hidden")
    geometry(x.shape, hidden.shape)  # says in a sentence what does not fit
    start = np.zeros(hidden.shape) if start is None else numbers(start, "start", 2)
    if start.shape != hidden.shape:
        raise ValueError(
            f"start has shape {start.shape}; {hidden.shape} is expected, that of the hidden kernel"
        )
    if not (isinstance(rate, int | float) and 0 < rate < math.inf):
        raise ValueError(f"rate is {rate!r}; a number above 0 is expected")
    steps = min(whole(steps, "steps", 0), MOST_STEPS)
    found = Descent(x, hidden, start, float(rate))
    return _clamped(HiddenKernelSettings(found, steps, bool(revealed), input_name, kernel_name))


def _named(value, presets, name):
    if not isinstance(value, str):
        return OWN, numbers(value, name, 2)
    if value not in presets:
        raise ValueError(f"{name} is {value!r}; a matrix or one of {list(presets)} is expected")
    made = presets[value]
    return value, np.array(made() if callable(made) else made)


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: HiddenKernelSettings) -> scenes.Scene:
    """Return the scene of the settings: the kernel after so many steps, and its L, dy and dw."""
    found = settings.descent
    record = correlation(found.x, found.path[settings.steps][0])
    hidden = found.hidden if settings.revealed else None
    return scenes.descent(record, found.target, hidden, notes_of(settings), as_code(settings))


def notes_of(settings: HiddenKernelSettings) -> tuple[str, ...]:
    """Say how far the descent has come, and where it cannot come."""
    found, steps = settings.descent, settings.steps
    (w, loss), last = found.path[steps], len(found.path) - 1
    notes = [f"Step {steps}: L = {format_number(loss)}, {_how_far(found, w, loss)}."]
    if last == 0:
        notes.append("L is above 10⁹ already: smaller numbers would leave room for a descent.")
    elif last < MOST_STEPS and steps == last:
        most = format_number(2 / found.bends[-1])
        notes.append(
            f"Every step went too far, and L grew: here a learning rate below {most} would come down."
        )
    return (*notes, *settings.notes)


def _how_far(found: Descent, w, loss) -> str:
    off = np.abs(w - found.hidden).max()
    if off <= FOUND:
        return "and w is the hidden kernel, to three decimals"
    if loss <= 1e-6:
        return "and yet w is not the hidden kernel: on this picture both make the same y"
    return f"and the weight that is furthest off is off by {format_number(off)}"


def as_code(settings: HiddenKernelSettings) -> str:
    """Return the lines of Python that make the same descent."""
    found = settings.descent
    return (
        f"{IMPORTS}x = np.array({found.x.tolist()})\ntarget = np.array({found.target.tolist()})\n"
        f"w = np.array({found.start.astype(float).tolist()})\n"
        f"for _ in range({settings.steps}):\n"
        "    dy = vc.cross_correlate(x, w) - target\n"
        f"    w -= {found.rate} * vc.cross_correlate(x, dy)\n"
    )


def curves_of(settings: HiddenKernelSettings) -> dict:
    """Return L over the steps, made and still to be made, as traits of `Curves`."""
    losses = [loss for _, loss in settings.descent.path]
    made, steps = settings.steps, list(range(len(losses)))
    ahead = {"name": "still ahead", "x": steps[made:], "y": losses[made:], "dashed": True}
    return {
        "lines": [{"name": "L", "x": steps[: made + 1], "y": losses[: made + 1]}, ahead],
        "points": [{"x": made, "y": losses[made], "name": f"L = {format_number(losses[made])}"}],
        "x_range": [0.0, float(max(made, _flat_from(losses), 20))],
        "y_range": [0.0, max(losses[0], losses[made], 1e-9) * 1.05],
    }


def _flat_from(losses) -> int:
    """Return the step from which on the eye sees no more change, or the last one."""
    return next((step for step, loss in enumerate(losses) if loss < losses[0] / 1000), len(losses) - 1)


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: HiddenKernelSettings, name: str, value) -> HiddenKernelSettings:
    """Return the settings after one control was set to a value."""
    found, settings = settings.descent, replace(settings, notes=())
    if name == "input" and value in PICTURES:
        settings = _seeing(settings, value)
    elif name == "kernel" and value in SECRETS:
        settings = _hiding(settings, _named(value, SECRETS, "hidden")[1], value)
    elif name == "rate":
        settings = replace(settings, descent=replace(found, rate=value))
    elif name in ("steps", "play"):
        settings = replace(settings, steps=value)
    elif name == "revealed":
        settings = replace(settings, revealed=value)
    return _clamped(settings)


def _seeing(settings, name):
    """Take another picture, if the hidden kernel fits into it."""
    x = _named(name, PICTURES, "x")[1]
    try:
        geometry(x.shape, settings.descent.hidden.shape)
    except ValueError as error:
        return replace(settings, notes=(as_sentence(error),))
    return replace(settings, descent=replace(settings.descent, x=x), input_name=name)


def _hiding(settings, hidden, name):
    found = settings.descent
    start = found.start if found.start.shape == hidden.shape else np.zeros(hidden.shape)
    return replace(settings, descent=replace(found, hidden=hidden, start=start), kernel_name=name)


def _clamped(settings):
    """Stay on the path: it ends early where it runs away."""
    return replace(settings, steps=min(settings.steps, len(settings.descent.path) - 1))


def descend(settings: HiddenKernelSettings) -> HiddenKernelSettings:
    """Make one step more."""
    return change(settings, "steps", min(settings.steps + 1, MOST_STEPS))


def edit(settings: HiddenKernelSettings, scene, panel: str, cell: int, value: float) -> HiddenKernelSettings:
    """Return the settings after a learner typed into x, into the hidden kernel, or into w, a new start."""
    found, shown = settings.descent, scene.panel(panel)
    if panel == "hidden":
        return _clamped(_hiding(settings, scenes.put(found.hidden, cell, value), OWN))
    if panel == "w":
        start = scenes.put(found.path[settings.steps][0], cell, value)
        return replace(settings, descent=replace(found, start=start), steps=0)
    index = np.add(np.unravel_index(cell, shown.shape), shown.origin)
    x = scenes.put(found.x, int(np.ravel_multi_index(index, found.x.shape)), value)
    return _clamped(replace(settings, descent=replace(found, x=x), input_name=OWN))


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: HiddenKernelSettings) -> dict:
    """Return what every control says for these settings."""
    return {
        "input": settings.input_name,
        "kernel": settings.kernel_name,
        "rate": settings.descent.rate,
        "steps": settings.steps,
        "play": settings.steps,
        "revealed": settings.revealed,
    }


def _controls(settings):
    shown = values(settings)
    rates = sorted({*RATES, shown["rate"]})
    style, layout = {"description_width": "92px"}, {"width": "270px"}
    return {
        "input": choice("picture x", [*PICTURES, OWN], shown["input"]),
        "kernel": choice("hidden kernel", [*SECRETS, OWN], shown["kernel"]),
        "rate": ipywidgets.SelectionSlider(
            options=[(format_number(rate), rate) for rate in rates],
            value=shown["rate"],
            description="learning rate",
            style=style,
            layout=layout,
        ),
        "steps": slider("steps", shown["steps"], 0, MOST_STEPS),
        "play": player("descend", shown["steps"], MOST_STEPS),
        "revealed": switch("reveal the hidden kernel", shown["revealed"]),
    }


def nudged(settings, scene, panel: str, cell: int, value: float) -> scenes.Scene:
    """Return a scene with one weight moved, or one number of y, and what L becomes of it."""
    if panel != "y":
        return scene_of(edit(settings, scene, panel, cell, value))
    difference = scenes.put(scene.panel("y").values, cell, value) - scene.panel("target").values
    return scenes.Scene((scenes.Panel("L", np.sum(difference**2) / 2, (0, 0)),))


TOPIC = Topic(
    "hidden kernel",
    scene_of,
    change,
    edit,
    values,
    lambda settings: set(),
    presses={"descend": descend},
    gradients={"dw": "w", "dy": "y"},
    nudged=nudged,
)
