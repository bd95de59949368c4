"""The explorer of a hidden kernel: from x and y* = x ⋆ w* alone, descend on dw until w* is found."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.operations import correlation
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.backward.descent import MOST_STEPS, Descent
from vizconv.explore.backward.hidden_kernel_settings import CONTROLS, PICTURES, HiddenKernelSettings, begin
from vizconv.explore.charts import BLANK, point
from vizconv.explore.chosen import pixels_of
from vizconv.explore.code import literal, written
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.topic import Topic, two_inputs
from vizconv.stage import Curves

FOUND = 1e-3  # as far as every weight may be off


def hidden_kernel(
    x: ArrayLike = "mixed numbers",
    hidden: ArrayLike = "secret 1",
    start: ArrayLike | None = None,
    *,
    rate: float = 0.005,
    steps: int = 0,
    revealed: bool = False,
) -> Explorer:
    """Find a kernel from x (H, W) and y* = x ⋆ hidden alone, by descent on dw from `start`, by default zeros.

    x and hidden are matrices or names of PICTURES and SECRETS, and of a large x the first 32×32 numbers are
    used; rate η above 0; steps 0 to 200. Raises TypeError or ValueError for what does not fit.
    """
    settings = begin(x, hidden, start, rate=rate, steps=steps, revealed=revealed)
    beside = Beside(Curves(y_label="L"), lambda settings, scene: curves_of(settings), 570, lambda _: "steps")
    return Explorer(TOPIC, settings, beside)


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: HiddenKernelSettings) -> scenes.Scene:
    """Return the scene of the settings: the kernel after so many steps, and its L, dy and dw."""
    descent = settings.descent
    record = correlation(descent.x, descent.path[settings.steps][0])
    notes, code, pixels = notes_of(settings), as_code(settings), pixels_of(settings.input, PICTURES)
    scene = scenes.descent(record, descent.target, descent.hidden, settings.revealed, notes, code, pixels)
    return replace(scene, walk=None, pointed=("dw", 0))  # the descent is what is played, and nothing else


def inputs(settings: HiddenKernelSettings) -> tuple[scenes.Panel, ...]:
    """Return the picture, and the hidden kernel if it is revealed."""
    pixels = pixels_of(settings.input, PICTURES)
    panels = two_inputs(settings.input.values, settings.kernel.values, ("x", "hidden"), pixels=pixels)
    return panels if settings.revealed else panels[:1]


def notes_of(settings: HiddenKernelSettings) -> tuple[str, ...]:
    """Say how far the descent has come, and where it cannot come."""
    descent, steps = settings.descent, settings.steps
    w, loss = descent.path[steps]
    notes = [f"Step {steps}: L = {format_number(loss)}, {_how_far(descent, w, loss)}."]
    if steps == descent.last < MOST_STEPS:
        notes.append(_how_it_ran_away(descent))
    if not math.isfinite(loss):
        notes.append("L is not finite here, so that its curve cannot be drawn.")
    return (*notes, *settings.notes)


def _how_it_ran_away(descent: Descent) -> str:
    if descent.last == 0 or descent.largest_rate == 0:
        return "L is not below 10⁹: smaller numbers would leave room for a descent."
    most = format_number(descent.largest_rate)
    return (
        f"The descent ends at step {descent.last}, where L is above 10⁹: every step went too far. "
        f"Here a learning rate below {most} would come down."
    )


def _how_far(descent: Descent, w, loss) -> str:
    off = np.abs(w - descent.hidden).max()
    if off <= FOUND:
        return "and w is the hidden kernel, to three decimals"
    if loss <= 1e-6:
        return "and yet w is not the hidden kernel: on this picture both make the same y"
    return f"and the weight that is furthest off is off by {format_number(off)}"


def as_code(settings: HiddenKernelSettings) -> str:
    """Return the lines of Python that make the same descent."""
    descent = settings.descent
    return (
        f"{IMPORTS}x = {written(settings.input, PICTURES)}\ntarget = {literal(descent.target)}\n"
        f"w = {literal(descent.start.astype(float))}\n"
        f"for _ in range({settings.steps}):\n"
        "    dy = vc.cross_correlate(x, w) - target\n"
        f"    w -= {descent.rate} * vc.cross_correlate(x, dy)\n"
    )


def curves_of(settings: HiddenKernelSettings) -> dict:
    """Return L over the steps, made and still ahead, as traits of `Curves`; none where L is not finite."""
    if not settings.fits:
        return {**BLANK, "x_label": "steps"}
    losses = [loss for _, loss in settings.descent.path]
    made, steps = settings.steps, list(range(len(losses)))
    top = float(np.max([losses[0], losses[made], 1e-9])) * 1.05
    if not math.isfinite(top):
        return {**BLANK, "x_label": "steps"}
    ahead = {"name": "still ahead", "x": steps[made:], "y": losses[made:], "dashed": True}
    return {
        "lines": [{"name": "L", "x": steps[: made + 1], "y": losses[: made + 1]}, ahead],
        "points": [point(made, losses[made], "L")],
        "x_label": "steps",
        "x_range": [0.0, float(max(made, _flat_from(losses), 20))],
        "y_range": [0.0, top],
    }


def _flat_from(losses) -> int:
    """Return the step from which on the eye sees no more change, or the last one."""
    return next((step for step, loss in enumerate(losses) if loss < losses[0] / 1000), len(losses) - 1)


# ---- Rules between settings --------------------------------------------------------------------------------


def settle(settings: HiddenKernelSettings) -> HiddenKernelSettings:
    """Descend on what is chosen, and stay on the path: it ends early where it runs away."""
    x, hidden, descent = settings.input.values, settings.kernel.values, settings.descent
    if x is not descent.x or hidden is not descent.hidden:
        start = descent.start if descent.start.shape == hidden.shape else np.zeros(hidden.shape)
        descent = replace(descent, x=x, hidden=hidden, start=start)
    steps = min(settings.steps, descent.last) if settings.fits else settings.steps
    return replace(settings, descent=descent, steps=steps)


def _rate(settings, rate: float):
    return replace(settings, descent=replace(settings.descent, rate=rate))


def descend(settings: HiddenKernelSettings) -> HiddenKernelSettings:
    """Make one step more."""
    return settle(replace(settings, steps=min(settings.steps + 1, MOST_STEPS)))


def edit(
    settings: HiddenKernelSettings, scene: scenes.Scene, panel: str, cell: int, value: float
) -> HiddenKernelSettings:
    """Return the settings after a learner typed a value: the descent begins anew at the w on the stage."""
    index = scene.panel(panel).index_of(cell)
    if settings.fits:
        w = settings.descent.path[settings.steps][0]
        start = scenes.put_at(w, index, value) if panel == "w" else w
        settings = replace(settings, descent=replace(settings.descent, start=start), steps=0)
    name = {"x": "input", "hidden": "kernel"}.get(panel)
    return replace(settings, **{name: getattr(settings, name).typed(index, value)}) if name else settings


def nudged(
    settings: HiddenKernelSettings, scene: scenes.Scene, panel: str, cell: int, value: float
) -> scenes.Scene:
    """Return a scene with one weight moved, or one number of y, and what L becomes of it."""
    if panel != "y":
        return scene_of(edit(settings, scene, panel, cell, value))
    difference = scenes.put(scene.panel("y").values, cell, value) - scene.panel("target").values
    return scenes.Scene((scenes.Panel("L", np.sum(difference**2) / 2, (0, 0)),))


TOPIC: Topic[HiddenKernelSettings] = Topic(
    name="hidden kernel",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={"rate": _rate},
    settle=settle,
    edit=edit,
    presses={"descend": descend},
    gradients={"dw": "w", "dy": "y"},
    nudged=nudged,
)
