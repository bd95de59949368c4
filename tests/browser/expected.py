"""What a stage must show, told once more: by plain loops over rows (out, left, right).

A tensor is {index: value}, a reading names a tensor at each role; nothing here reads `Terms`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

import vizconv as vc
from vizconv.engine.writing import format_number
from vizconv.scenes import Scene

ROLES = ("out", "left", "right")
FOLDED, LONGEST = 8, 12


@dataclass(frozen=True)
class Side:
    """One reading: rows of indices by role, the panel at each role, and which role is the sum."""

    rows: list[dict[str, str]]
    panels: dict[str, str]
    sum_role: str

    @cached_property
    def rows_at(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """Find the rows that have an index at a role."""
        found = defaultdict(list)
        for row in self.rows:
            for at in row.items():
                found[at].append(row)
        return found

    def factors(self, row: dict[str, str]) -> list[tuple[str, str]]:
        """Return panel and index of what is multiplied in a row."""
        return [(self.panels[role], row[role]) for role in row if role != self.sum_role]

    def sum_of(self, row: dict[str, str]) -> tuple[str, str]:
        """Return panel and index of what receives a row."""
        return self.panels[self.sum_role], row[self.sum_role]


@dataclass(frozen=True)
class Expected:
    """All that a stage shows: the values of each panel, how panels are written, and the readings."""

    values: dict[str, dict[str, float]]
    names: dict[str, str]
    sides: list[Side]

    def numbers(self) -> dict[str, dict[str, str]]:
        """Write every number of every panel."""
        return {
            panel: {index: format_number(value) for index, value in cells.items()}
            for panel, cells in self.values.items()
        }

    def sight(self, panel: str, index: str) -> dict:
        """Say what pointing at a cell shows: the formula, and the cells that are lit."""
        return {"formula": self.formula(panel, index), "lit": self.lit(panel, index)}

    def sights(self, step: int = 1) -> dict:
        """Say what pointing at every `step`th cell of every panel shows."""
        return {
            panel: {index: self.sight(panel, index) for index in list(cells)[::step]}
            for panel, cells in self.values.items()
        }

    def lit(self, panel: str, index: str) -> dict[str, list[str]]:
        """Collect a cell and those that share a row with it."""
        met = {(panel, index)} | {
            (side.panels[role], row[role]) for side, row, _ in self.met(panel, index) for role in row
        }
        return {name: [cell for cell in cells if (name, cell) in met] for name, cells in self.values.items()}

    def met(self, panel: str, index: str) -> Iterator[tuple[Side, dict, bool]]:
        """Go through the rows with a cell: the side, the row, and whether the cell is the sum there."""
        for side in self.sides:
            for role in [role for role, name in side.panels.items() if name == panel]:
                for row in side.rows_at[role, index]:
                    yield side, row, role == side.sum_role

    def formula(self, panel: str, index: str) -> str:
        """Write the line for a cell: the sum that it is, or else the sums that it goes into."""
        met = list(self.met(panel, index))
        made = [(side, row) for side, row, is_sum in met if is_sum]
        is_sum = bool(made) or any(side.panels[side.sum_role] == panel for side in self.sides)
        write = self.as_sum if is_sum else self.as_use
        return write(panel, index, made if is_sum else [(side, row) for side, row, _ in met])

    def as_sum(self, panel, index, rows) -> str:
        total = f" = {format_number(self.values[panel][index])}"
        if not rows:
            return f"{self.name(panel, index)} has no terms: nothing reaches it{total}"
        if len(rows) == 1 and len(factors := list(rows[0][0].factors(rows[0][1]))) == 1:
            return f"{self.name(panel, index)} = {self.name(*factors[0])}{total}"
        zeros = [self.product(side, row) == 0 for side, row in rows]
        shown, more = folded([self.written(side, row) for side, row in rows], zeros)
        return f"{self.name(panel, index)} = {' + '.join(shown)}{more}{total}"

    def as_use(self, panel, index, rows) -> str:
        uses = [f"{self.name(*side.sum_of(row))} ← {self.written(side, row)}" for side, row in rows]
        shown, more = folded(uses, [False] * len(uses))
        count = {0: "no sum", 1: "one sum: "}.get(len(rows), f"{len(rows)} sums: ")
        value = format_number(self.values[panel][index])
        return f"{self.name(panel, index)} = {value}  goes into {count}{', '.join(shown)}{more}"

    def name(self, panel: str, index: str) -> str:
        return f"{self.names[panel]}[{index}]"

    def product(self, side: Side, row: dict[str, str]) -> float:
        return float(np.prod([self.values[name][index] for name, index in side.factors(row)]))

    def written(self, side: Side, row: dict[str, str]) -> str:
        return "".join(f"({format_number(self.values[name][index])})" for name, index in side.factors(row))


def folded(parts: list[str], zeros: list[bool]) -> tuple[list[str], str]:
    """Leave out what a long line leaves out, products that are 0 before others, and say how much it is."""
    if len(parts) <= LONGEST:
        return parts, ""
    kept = [part for part, zero in zip(parts, zeros, strict=True) if not zero or all(zeros)][:FOLDED]
    return kept, f" … {len(parts) - len(kept)} more terms … "


def tensor(values: np.ndarray, origin=(0, 0)) -> dict[str, float]:
    """Name every number by its index, as the page does, counting from `origin`."""
    values = np.asarray(values)
    origin = np.resize(origin, values.ndim)
    return {
        ",".join(map(str, np.add(index, origin))): float(value) for index, value in np.ndenumerate(values)
    }


def correlation(x, k, stride=(1, 1), padding=(0, 0), dilation=(1, 1), border="zeros") -> Expected:
    """Expect x ⋆ w = y: y from the engine, which cells meet from four loops. `padding` in numbers."""
    y = vc.cross_correlate(x, k, stride, padding, dilation, border)
    x, k = vc.pad(x, padding, border), np.asarray(k)
    origin = tuple(-before if np.isscalar(before) else -before[0] for before in padding)
    (down, right), (spread, widen), (top, left) = stride, dilation, origin
    rows = [
        {
            "out": f"{i},{j}",
            "left": f"{i * down + u * spread + top},{j * right + v * widen + left}",
            "right": f"{u},{v}",
        }
        for i, j, u, v in product(*map(range, y.shape + k.shape))
    ]
    values = {"x": tensor(x, origin), "w": tensor(k), "y": tensor(y)}
    return Expected(
        values, {name: name for name in values}, [Side(rows, dict(zip(ROLES, "yxw", strict=True)), "out")]
    )


def of_scene(scene: Scene) -> Expected:
    """Expect what any scene's tables say; the sums are made here."""
    values = {panel.name: tensor(panel.values) for panel in scene.panels}
    names = {panel.name: panel.title for panel in scene.panels}
    sides = [side_of(scene, reading, values) for reading in scene.readings]
    sizes = {panel.name: tensor(np.abs(panel.values)) for panel in scene.panels}
    for target in {side.panels[side.sum_role] for side in sides}:
        values[target], sizes[target] = (dict.fromkeys(values[target], 0.0) for _ in range(2))
    for side in sides:
        for row in side.rows:
            panel, index = side.sum_of(row)
            for numbers in (values, sizes):
                numbers[panel][index] += np.prod([numbers[name][cell] for name, cell in side.factors(row)])
    return Expected(without_noise(values, sizes), names, sides)


def without_noise(values, sizes) -> dict[str, dict[str, float]]:
    """Put 0 for what is but rounding noise: a fraction below 1e-12 of the sizes of all its terms."""
    return {
        panel: {
            index: 0.0 if value % 1 and abs(value) < 1e-12 * sizes[panel][index] else value
            for index, value in cells.items()
        }
        for panel, cells in values.items()
    }


def side_of(scene: Scene, reading, values) -> Side:
    terms = scene.terms[reading.terms]
    roles = [role for role in ROLES if getattr(terms, role) is not None]
    cells = {role: list(values[getattr(reading, role)]) for role in roles}
    rows = [
        {role: cells[role][cell] for role, cell in zip(roles, row, strict=True)}
        for row in zip(*(getattr(terms, role) for role in roles), strict=True)
    ]
    return Side(rows, {role: getattr(reading, role) for role in roles}, reading.role)
