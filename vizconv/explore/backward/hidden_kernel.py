"""The explorer of a hidden kernel: from x and y* = x ⋆ w* alone, descend on dw until w* is found."""

import math
from dataclasses import replace

import numpy as np

from vizconv import scenes
from vizconv.engine.operations import correlation
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS, OWN
from vizconv.explore.backward.descent import MOST_STEPS, Descent
from vizconv.explore.backward.hidden_kernel_settings import (
    PICTURES,
    SECRETS,
    HiddenKernelSettings,
    begin,
    read_hidden,
    require_fitting,
)
from vizconv.explore.code import literal
from vizconv.explore.controls import choice, player, slider, switch
from vizconv.explore.explorer import Beside, Explorer, Topic, as_sentence
from vizconv.explore.rates import rate_slider
from vizconv.stage import Curves

LARGEST_RATE = 1.0  # of the slider
FOUND = 1e-3  # as far as every weight may be off


def hidden_kernel(
    x="mixed numbers", hidden="secret 1", start=None, *, rate=0.005, steps=0, revealed=False
) -> Explorer:
    """Find a kernel from x (H, W) and y* = x ⋆ hidden alone, by descent on dw from `start`, by default zeros.

    x and hidden are matrices or names of PICTURES and SECRETS, and of a large x the first 32×32 numbers are
    used; rate η above 0; steps 0 to 200. Raises TypeError or ValueError for what does not fit.
    """
    settings = begin(x, hidden, start, rate, steps, revealed)
    curves = Curves(**curves_of(settings), x_label="steps", y_label="L")
    beside = Beside(curves, lambda settings, scene: curves_of(settings), room=680)
    return Explorer(TOPIC, settings, _controls(settings), beside)


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: HiddenKernelSettings) -> scenes.Scene:
    """Return the scene of the settings: the kernel after so many steps, and its L, dy and dw."""
    found = settings.descent
    record = correlation(found.x, found.path[settings.steps][0])
    told = {"notes": notes_of(settings), "code": as_code(settings)}
    return scenes.descent(record, found.target, found.hidden, settings.revealed, **told)


def notes_of(settings: HiddenKernelSettings) -> tuple[str, ...]:
    """Say how far the descent has come, and where it cannot come."""
    found, steps = settings.descent, settings.steps
    w, loss = found.path[steps]
    notes = [f"Step {steps}: L = {format_number(loss)}, {_how_far(found, w, loss)}."]
    if steps == found.last < MOST_STEPS:
        notes.append(_how_it_ran_away(found))
    if not math.isfinite(loss):
        notes.append("L is not finite here, so that its curve cannot be drawn.")
    return (*notes, *settings.cut, *settings.notes)


def _how_it_ran_away(found: Descent) -> str:
    if found.last == 0 or found.largest_rate == 0:
        return "L is not below 10⁹: smaller numbers would leave room for a descent."
    most = format_number(found.largest_rate)
    return f"Every step went too far, and L grew: here a learning rate below {most} would come down."


def _how_far(found: Descent, w, loss) -> str:
    off = np.abs(w - found.hidden).max()
    if off <= FOUND:
        return "and w is the hidden kernel, to three decimals"
    if loss <= 1e-6:
        return "and yet w is not the hidden kernel: on this picture both make the same y"
    return f"and the weight that is furthest off is off by {format_number(off)}"


def as_code(settings: HiddenKernelSettings) -> str:
    """Return the lines of Python that make the same descent."""
    found, known = settings.descent, PICTURES.get(settings.input_name)
    return (
        f"{IMPORTS}x = {known.code if known else literal(found.x)}\ntarget = {literal(found.target)}\n"
        f"w = {literal(found.start.astype(float))}\n"
        f"for _ in range({settings.steps}):\n"
        "    dy = vc.cross_correlate(x, w) - target\n"
        f"    w -= {found.rate} * vc.cross_correlate(x, dy)\n"
    )


def curves_of(settings: HiddenKernelSettings) -> dict:
    """Return L over the steps, made and still ahead, as traits of `Curves`; none where L is not finite."""
    losses = [loss for _, loss in settings.descent.path]
    made, steps = settings.steps, list(range(len(losses)))
    top = float(np.max([losses[0], losses[made], 1e-9])) * 1.05
    if not math.isfinite(top):
        return {"lines": [], "points": [], "x_range": None, "y_range": None}
    ahead = {"name": "still ahead", "x": steps[made:], "y": losses[made:], "dashed": True}
    return {
        "lines": [{"name": "L", "x": steps[: made + 1], "y": losses[: made + 1]}, ahead],
        "points": [{"x": made, "y": losses[made], "name": f"L = {format_number(losses[made])}"}],
        "x_range": [0.0, float(max(made, _flat_from(losses), 20))],
        "y_range": [0.0, top],
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
        settings = _hiding(settings, read_hidden(value)[1], value)
    elif name == "rate":
        settings = replace(settings, descent=replace(found, rate=value))
    elif name in ("steps", "play"):
        settings = replace(settings, steps=value)
    elif name == "revealed":
        settings = replace(settings, revealed=value)
    return _clamped(settings)


def _seeing(settings, name):
    """Take another picture, if the hidden kernel fits into it."""
    x = PICTURES[name].make()
    try:
        require_fitting(x, settings.descent.hidden)
    except ValueError as error:
        return replace(settings, notes=(as_sentence(error),))
    return replace(settings, descent=replace(settings.descent, x=x), input_name=name, cut=())


def _hiding(settings, hidden, name):
    found = settings.descent
    start = found.start if found.start.shape == hidden.shape else np.zeros(hidden.shape)
    return replace(settings, descent=replace(found, hidden=hidden, start=start), kernel_name=name)


def _clamped(settings):
    """Stay on the path: it ends early where it runs away."""
    return replace(settings, steps=min(settings.steps, settings.descent.last))


def descend(settings: HiddenKernelSettings) -> HiddenKernelSettings:
    """Make one step more."""
    return change(settings, "steps", min(settings.steps + 1, MOST_STEPS))


def edit(settings: HiddenKernelSettings, scene, panel: str, cell: int, value: float) -> HiddenKernelSettings:
    """Return the settings after a learner typed a value: the descent begins anew at the w on the stage."""
    found, index = settings.descent, scene.panel(panel).index_of(cell)
    start = found.path[settings.steps][0]
    if panel == "w":
        start = scenes.put_at(start, index, value)
    settings = replace(settings, descent=replace(found, start=start), steps=0)
    if panel == "hidden":
        return _hiding(settings, scenes.put_at(found.hidden, index, value), OWN)
    if panel == "x":
        x = scenes.put_at(found.x, index, value)
        return replace(settings, descent=replace(settings.descent, x=x), input_name=OWN)
    return settings


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
    return {
        "input": choice("picture x", [*PICTURES, OWN], shown["input"]),
        "kernel": choice("hidden kernel", [*SECRETS, OWN], shown["kernel"]),
        "rate": rate_slider("learning rate", shown["rate"], LARGEST_RATE),
        "steps": slider("steps", shown["steps"], 0, MOST_STEPS),
        "play": player("descend", shown["steps"], MOST_STEPS),
        "revealed": switch("reveal the hidden kernel", shown["revealed"]),
    }


@np.errstate(over="ignore", invalid="ignore")
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
    presses={"descend": descend},
    gradients={"dw": "w", "dy": "y"},
    nudged=nudged,
)
