"""Parts of a network's scene: panels, the tables that tie them, and the steps there and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import Panel, Reading
from vizconv.scenes.terms import Terms

Step = Reading | Rule
FIRST = (0, 0)  # every part begins in a column of its own


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """A piece of a graph of steps: `forward` makes its panels, `backward` takes gradients back through it."""

    panels: tuple[Panel, ...] = ()
    terms: Mapping[str, Terms] = field(default_factory=dict)
    forward: tuple[Step, ...] = ()
    backward: tuple[Step, ...] = ()


def joined(parts: Iterable[Part]) -> Part:
    """Return several parts as one: forward in their order, backward in the opposite one."""
    parts = tuple(parts)
    return Part(
        panels=tuple(panel for part in parts for panel in part.panels),
        terms={name: terms for part in parts for name, terms in part.terms.items()},
        forward=tuple(step for part in parts for step in part.forward),
        backward=tuple(step for part in reversed(parts) for step in part.backward),
    )


def gradient(name: str) -> str:
    """Name the panel of the gradient of a panel."""
    return f"d{name}"


# ---- Panels --------------------------------------------------------------------------------------------


def tensor(name: str, values: ArrayLike, **settings: Any) -> Part:
    """Show a tensor and its gradient, each on a scale of its own."""
    kinds, settings = settings.pop("gradient_kinds", None), {"scale": name, **settings}
    there = Panel(name, values, FIRST, **settings)
    back = Panel(
        gradient(name),
        np.zeros(there.shape),
        FIRST,
        scale=gradient(there.scale),
        kinds=kinds,
        origin=there.origin,
    )
    return Part(panels=(there, back))


def factor(name: str, shape: tuple[int, ...], rule: Rule, scale: str) -> Part:
    """Show what a rule makes and no gradient goes to: a gate, a mask, a slope."""
    return Part(panels=(Panel(name, np.zeros(shape), FIRST, scale=scale),), forward=(rule,))


# ---- Steps there and back --------------------------------------------------------------------------------


def weighed(name: str, terms: Terms, source: str, weight: str) -> Part:
    """Let `name` be sums of products of a source and a weight, both of which want a gradient."""
    dy, table = gradient(name), {name: terms}
    return Part(
        terms=table,
        forward=(Reading(name, "out", out=name, left=source, right=weight),),
        backward=(
            Reading(name, "left", out=dy, left=gradient(source), right=weight),
            Reading(name, "right", out=dy, left=source, right=gradient(weight)),
        ),
    )


def scaled(name: str, terms: Terms, source: str, factor: str) -> Part:
    """Let `name` be sums of products of a source and a factor that wants no gradient: a gate, a mask."""
    return Part(
        terms={name: terms},
        forward=(Reading(name, "out", out=name, left=source, right=factor),),
        backward=(through(name, source, factor),),
    )


def through(name: str, source: str, factor: str) -> Reading:
    """Take the gradient of `name` back to its source, through a factor."""
    return Reading(name, "left", out=gradient(name), left=gradient(source), right=factor)


def copied(name: str, terms: Terms, source: str, table: str) -> Part:
    """Let numbers of a source come to `name` as they are."""
    return Part(
        terms={table: terms},
        forward=(Reading(table, "out", out=name, left=source),),
        backward=(Reading(table, "left", out=gradient(name), left=gradient(source)),),
    )
