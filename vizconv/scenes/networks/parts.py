"""Parts of a network's scene: panels, the tables that tie them, and the steps there and back.

A table is called by the panel that it makes or, where several add up, by the one that it brings in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import Panel, Reading
from vizconv.scenes.terms import Terms

Step = Reading | Rule
FIRST = (0, 0)  # where a panel stands until its part gets a column
MINUS_ONE = "-1"


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
    look = {"scale": gradient(there.scale), "kinds": kinds, "origin": there.origin, "owners": there.owners}
    return Part(panels=(there, Panel(gradient(name), np.zeros(there.shape), FIRST, **look)))


def given(name: str, values: ArrayLike) -> Part:
    """Show numbers that stay as they are: no gradient goes to them."""
    return Part(panels=(Panel(name, values, FIRST, scale=name),))


def ruled(rule: Rule, shape: tuple[int, ...], scale: str, kinds: ArrayLike | None = None) -> Part:
    """Show what a rule makes and no gradient goes to: a gate, a mask, a slope."""
    panel = Panel(rule.out, np.zeros(shape), FIRST, scale=scale, kinds=kinds)
    return Part(panels=(panel,), forward=(rule,))


# ---- Steps there and back --------------------------------------------------------------------------------


def weighed(name: str, terms: Terms, source: str, weight: str) -> Part:
    """Let `name` be sums of products of a source and a weight, both of which want a gradient."""
    to_weight = Reading(name, "right", out=gradient(name), left=source, right=gradient(weight))
    return joined([Part(backward=(to_weight,)), scaled(name, terms, source, weight)])


def scaled(name: str, terms: Terms, source: str, factor: str) -> Part:
    """Let `name` be sums of products of a source and a factor, and only the source want a gradient."""
    forward = Reading(name, "out", out=name, left=source, right=factor)
    return Part(terms={name: terms}, forward=(forward,), backward=(through(name, name, source, factor),))


def through(table: str, name: str, source: str, factor: str) -> Reading:
    """Take the gradient of `name` back to its source, through a factor."""
    return Reading(table, "left", out=gradient(name), left=gradient(source), right=factor)


def copied(name: str, terms: Terms, source: str, table: str) -> Part:
    """Let numbers of a source be added to `name` as they are."""
    back = Reading(table, "left", out=gradient(name), left=gradient(source))
    return joined([added(name, terms, source, None, table), Part(backward=(back,))])


def added(name: str, terms: Terms, source: str, factor: str | None, table: str) -> Part:
    """Let a source be added to `name`, perhaps times a factor, and want no gradient."""
    return Part(terms={table: terms}, forward=(Reading(table, "out", out=name, left=source, right=factor),))
