"""Walking through a scene: the sums after so many steps, and all that the cell just reached is tied to."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv.scenes.scene import Reading, Scene
from vizconv.scenes.terms import ROLES, Terms

HUES = 9  # as many right factors as can each own a colour that the eye tells apart


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


def steps_of(scene: Scene) -> int:
    """Count the steps of a scene's walk: one a cell of the walk's panel, 0 without a walk."""
    return 0 if scene.walk is None else scene.panel(scene.walk).values.size


def sums_after(scene: Scene, steps: int) -> dict[str, np.ndarray]:
    """Add up, for every target panel, the terms whose walk cell is among the first `steps` cells.

    Readings that the walk's panel takes no part in are whole from the start; later readings use the
    earlier ones' sums so far. After `steps_of(scene)` steps these are `scene.sums()`. Raises ValueError
    when `steps` is not from 0 to `steps_of(scene)`.
    """
    if not 0 <= steps <= steps_of(scene):
        raise ValueError(f"steps is {steps}; 0 to {steps_of(scene)} is expected, the cells of the walk")
    tables, taken = dict(scene.terms), []
    for number, step in enumerate(scene.steps):
        if isinstance(step, Reading):
            tables[f"step {number}"] = _reached(scene, step, steps)
            step = replace(step, terms=f"step {number}")
        taken.append(step)
    return replace(scene, terms=tables, steps=tuple(taken)).sums()


def links(scene: Scene, panel: str, cell: int) -> list[Link]:
    """Find every reading that a cell takes part in, `cell` in row-major order."""
    return [
        Link(reading, role, table.rows_of(role, cell))
        for reading in scene.readings
        for table in [scene.terms[reading.terms]]
        for role in table.roles
        if getattr(reading, role) == panel
    ]


def lit(scene: Scene, panel: str, cell: int) -> dict[str, dict[int, int]]:
    """Collect the cells that share a row with a cell, by panel, each with its hue.

    The hue is the index of the right factor where there are at most nine of them, else -1.
    """
    result: dict[str, dict[int, int]] = {}
    for link in links(scene, panel, cell):
        table, reading = scene.terms[link.reading.terms], link.reading
        hued = table.right is not None and scene.panel(reading.right).values.size <= HUES
        hues = table.index("right")[link.rows] if hued else np.full(len(link.rows), -1)
        for role in table.roles:
            met = table.index(role)[link.rows]
            result.setdefault(getattr(reading, role), {}).update(
                zip(met.tolist(), hues.tolist(), strict=True)
            )
    return result


def _reached(scene: Scene, reading: Reading, steps: int) -> Terms:
    table = scene.terms[reading.terms]
    role = next((role for role in table.roles if getattr(reading, role) == scene.walk), None)
    if role is None:
        return table
    kept = table.index(role) < steps
    return Terms(**{role: table.index(role)[kept] if role in table.roles else None for role in ROLES})
