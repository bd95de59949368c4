"""Scales: which panels share one range of colours, and how far it goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vizconv.scenes.rules import Rule

if TYPE_CHECKING:
    from vizconv.scenes.scene import Panel, Reading

INPUTS, WEIGHTS, SUMS, GRADIENTS = "inputs", "weights", "sums", "gradients"
PIXELS, BARE = "pixels", "bare"  # grey, as in a picture; and without a fill, such as a constant
RULED = {  # what a rule makes
    "gate": "gates",
    "mask": "masks",
    "ties": "masks",
    "right": "masks",
    "sigmoid": "activations",
    "tanh": "activations",
    "sigmoid slope": "slopes",
    "tanh slope": "slopes",
    "exp": "exponentials",
    "softmax": "probabilities",
    "surprise": "losses",
    "minus log": "losses",
}


@dataclass(frozen=True)
class Scale:
    """A kind of number: its name and, of the pixels of a picture, which number is black and which white."""

    name: str
    pixels: tuple[float, float] | None = None


@dataclass(frozen=True)
class Range:
    """How far the numbers of a scale go: the least and the most of them, with 0 between.

    The deepest fill is that of the largest size. Of pixels they are the ends of the grey: what lies beyond
    is as black, or as white, as they are.
    """

    scale: Scale
    least: float
    most: float

    @property
    def largest(self) -> float:
        """The size of the deepest fill."""
        return max(-self.least, self.most)


def scales_of(panels: Iterable["Panel"], steps: Sequence["Reading | Rule"]) -> dict[str, Scale]:
    """Say which scale each panel is on, by name: its own, or what follows from the steps.

    Gradients are what is summed by `left` or `right`, and the `out` of such a reading; sums what is summed
    by `out`; what a rule makes has its own. What one step copies is on the scale of its source. Of what
    no step makes weights are those that stand at `right`, or own hues, and inputs are all others.
    """
    known = {panel.name: panel for panel in panels}
    made: dict[str, list[Reading | Rule]] = {name: [] for name in known}
    for step in steps:
        made[step.target].append(step)
    backwards = [step for step in steps if not isinstance(step, Rule) and step.role != "out"]
    gradients = {name for step in backwards for name in (step.target, step.out)}
    factors = {step.right for step in steps if not isinstance(step, Rule)}

    def scale_of(name: str) -> Scale:
        panel, source = known[name], _copied(made[name])
        if panel.scale or panel.pixels:
            return Scale(panel.scale or PIXELS, panel.pixels)
        if name in gradients:
            return Scale(GRADIENTS)
        if source is not None and source != name:
            return scale_of(source)
        if any(not isinstance(step, Rule) for step in made[name]):
            return Scale(SUMS)
        rules = [step.name for step in made[name] if isinstance(step, Rule)]
        if rules and source is None:
            return Scale(RULED.get(rules[0], "values"))
        return Scale(WEIGHTS if name in factors or (panel.owners >= 0).any() else INPUTS)

    return {name: scale_of(name) for name in known}


def _copied(steps: Sequence["Reading | Rule"]) -> str | None:
    """Name the one panel that all of a panel's numbers come from as they are, if there is one."""
    if len(steps) != 1:
        return None
    (step,) = steps
    if isinstance(step, Rule):
        return step.of[0] if step.name == "border" else None
    return next(iter(step.factors.values())) if len(step.factors) == 1 else None


def ranges_of(
    panels: Iterable["Panel"], scales: Mapping[str, Scale], values: Mapping[str, np.ndarray]
) -> dict[str, Range | None]:
    """Return for each panel, by name, the range of its scale; None for one without a fill.

    A number that is alone among panels of several, such as a loss, would make them pale: it has no fill,
    unless its panel says which scale it is on.
    """
    groups: dict[Scale, list[Panel]] = {}
    for panel in panels:
        groups.setdefault(scales[panel.name], []).append(panel)
    ranges: dict[str, Range | None] = {panel.name: None for group in groups.values() for panel in group}
    for scale, group in groups.items():
        several = [panel.name for panel in group if panel.values.size > 1 or panel.scale]
        filled = several or [panel.name for panel in group]
        if scale.name != BARE:
            ranges.update(dict.fromkeys(filled, _range(scale, [values[name] for name in filled])))
    return ranges


def _range(scale: Scale, arrays: Sequence[np.ndarray]) -> Range:
    if scale.pixels is not None:
        return Range(scale, min(scale.pixels), max(scale.pixels))
    finite = [array[np.isfinite(array)] for array in arrays]
    least, most = (float(end([end(part, initial=0) for part in finite])) for end in (np.min, np.max))
    return Range(scale, least, most)
