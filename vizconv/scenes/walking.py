"""Walking through a scene: the sums after so many steps, and all that the cell just reached is tied to."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vizconv.scenes.rules import Rule, tied
from vizconv.scenes.scene import Reading, Scene
from vizconv.scenes.terms import ROLES, Terms

HUED = ("right", "left", "out")  # the roles in which the owner of a term's hue is looked for, in order


@dataclass(frozen=True, eq=False)
class Link:
    """A reading that a cell takes part in: its role there, and the rows of the table that it is in."""

    reading: Reading
    role: str
    rows: np.ndarray

    @property
    def is_sum(self) -> bool:
        """Whether the cell is the sum of these rows, not a factor."""
        return self.role == self.reading.role


@dataclass(frozen=True, eq=False)
class RuleLink:
    """A rule that ties a cell to some cells of a panel: those that it is made of, or those made of it."""

    rule: Rule
    panel: str
    cells: np.ndarray
    is_made: bool


def steps_of(scene: Scene) -> int:
    """Count the steps of a scene's walk: one a cell of the walk's panel, 0 without a walk."""
    return 0 if scene.walk is None else scene.panel(scene.walk).values.size


def sums_after(scene: Scene, steps: int) -> dict[str, np.ndarray]:
    """Add up, for every panel that a reading makes, the terms whose walk cell is among the first `steps`.

    Readings that the walk's panel takes no part in are whole from the start, and so is what rules make; later
    readings use the earlier ones' sums so far. Raises ValueError when `steps` is not from 0 to
    `steps_of(scene)`.
    """
    if not 0 <= steps <= steps_of(scene):
        raise ValueError(f"steps is {steps}; 0 to {steps_of(scene)} is expected, the cells of the walk")
    return scene.taken(scene.readings, lambda reading: _reached(scene, reading, steps))


def links(scene: Scene, panel: str, cell: int) -> list[Link]:
    """Find every reading that is told and that a cell takes part in."""
    return [
        Link(reading, role, table.rows_of(role, cell))
        for reading in scene.told
        if isinstance(reading, Reading)
        for table in [scene.terms[reading.terms]]
        for role in table.roles
        if getattr(reading, role) == panel
    ]


def rule_links(scene: Scene, panel: str, cell: int) -> list[RuleLink]:
    """Find every rule that is told and that ties a cell to others."""
    return [
        RuleLink(rule, other, cells, is_made)
        for rule in scene.told
        if isinstance(rule, Rule)
        for is_made, others in ((True, rule.of), (False, [rule.out]))
        if panel in ([rule.out] if is_made else rule.of)
        for other in others
        if (cells := _tied(scene, rule, other if is_made else panel, cell, is_made)).size
    ]


def _tied(scene: Scene, rule: Rule, of: str, cell: int, is_made: bool) -> np.ndarray:
    source, size = scene.panel(of).values, scene.panel(rule.out).values.size
    return tied(rule, cell, is_made, source, size, scene.table_of(rule))


def hues_of(scene: Scene, link: Link) -> np.ndarray:
    """Return the hue of every row of a link: the owner of the first of its cells that has one, or -1."""
    table, hues = scene.terms[link.reading.terms], np.full(len(link.rows), -1)
    for role in [role for role in HUED if role in table.roles]:
        owners = scene.panel(getattr(link.reading, role)).owners.ravel()[table.index(role)[link.rows]]
        hues = np.where(hues < 0, owners, hues)
    return hues


def lit(scene: Scene, panel: str, cell: int) -> dict[str, dict[int, int]]:
    """Collect the cells that share a term or a rule with a cell, by panel, each with its hue or -1.

    The hue of a term is the owner of the first of its cells that has one: right, left, out. What a lit cell
    is a copy of is lit as well: pointing at dx leads through ∂y/∂x to w.
    """
    result: dict[str, dict[int, int]] = {}
    for link in rule_links(scene, panel, cell):
        result.setdefault(link.panel, {}).update(dict.fromkeys(link.cells.tolist(), -1))
    for link in links(scene, panel, cell):
        table, reading = scene.terms[link.reading.terms], link.reading
        met = {role: table.index(role)[link.rows] for role in table.roles}
        hues = hues_of(scene, link).tolist()
        for role, cells in met.items():
            result.setdefault(getattr(reading, role), {}).update(zip(cells.tolist(), hues, strict=True))
    copying = _copying(scene)
    for name, cells in list(result.items()):
        for place, hue in list(cells.items()):
            for original, at in _originals(scene, copying, name, place):
                result.setdefault(original, {}).setdefault(at, hue)
    return result


def _copying(scene: Scene) -> dict[str, Reading]:
    """Find the readings that alone make their panel, of one factor: its numbers are copies, or their sums."""
    steps = Counter(step.target for step in scene.steps)
    readings = (step for step in scene.told if isinstance(step, Reading))
    return {
        reading.out: reading
        for reading in readings
        if reading.role == "out" and reading.right is None and steps[reading.out] == 1
    }


def _originals(
    scene: Scene, copying: Mapping[str, Reading], name: str, cell: int
) -> Iterator[tuple[str, int]]:
    """Go from a copy to the cell that it is a copy of, to what that one is a copy of, and so on."""
    while name in copying:
        table = scene.terms[copying[name].terms]
        rows = table.rows_of("out", cell)
        if len(rows) != 1:
            return
        name, cell = copying[name].left, int(table.index("left")[rows[0]])
        yield name, cell


def _reached(scene: Scene, reading: Reading, steps: int) -> Terms:
    table = scene.terms[reading.terms]
    role = next((role for role in table.roles if getattr(reading, role) == scene.walk), None)
    if role is None:
        return table
    kept = table.index(role) < steps
    indices: dict[str, Any] = {
        role: table.index(role)[kept] if role in table.roles else None for role in ROLES
    }
    return Terms(**indices)
