"""The formula of a cell that a rule makes: which numbers it is made of, in one line, in the stage's words."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Scene, Terms
from vizconv.scenes.walking import RuleLink

WRITTEN = {  # what a rule does with one number z
    "sigmoid": "σ(z)",
    "sigmoid slope": "σ(z)(1 − σ(z))",
    "tanh": "tanh(z)",
    "tanh slope": "1 − tanh(z)²",
    "exp": "exp(z)",
    "minus log": "−log(z)",
    "inverse": "1 / z",
}


@dataclass(frozen=True, eq=False)
class Made:
    """A cell that a rule makes: what stands in it, and one panel that it is made of with those cells.

    numbers: the panel's values as they are written.
    """

    value: str
    cell: int
    source: Panel
    numbers: np.ndarray
    cells: np.ndarray
    terms: Terms | None

    @property
    def first(self) -> str:
        """The first cell that it is made of, and its number."""
        return self.told(int(self.cells[0]))

    def told(self, cell: int) -> str:
        """Write a cell's name and its number, such as x[0,1] = 3."""
        return f"{self.source.name_of(cell)} = {format_number(self.numbers.flat[cell])}"

    @property
    def own(self) -> int:
        """The cell of the source that a mark stands for."""
        return int(present(self.terms).index("left")[present(self.terms).rows_of("right", self.cell)[0]])

    @property
    def largest(self) -> int:
        """The first largest of the source's cells."""
        return int(self.cells[np.argmax(self.source.values.flat[self.cells])])

    @property
    def share(self) -> str:
        """The part of a cell's exponential in its row."""
        source = self.source
        place = ",".join([*map(str, source.index_of(self.cell)[:-1]), ":"])
        row = source.title if source.values.ndim < 2 else f"{source.title}[{place}]"
        return f"exp({source.name_of(self.cell)}) / Σ exp({row})"


def by_rule(scene: Scene, panel: Panel, cell: int, links: list[RuleLink]) -> str:
    """Write what follows the name of a cell that a rule makes; `links` are those to what it is made of."""
    value, rule = format_number(scene.seen(panel.name).flat[cell]), links[0].rule
    table = scene.table_of(rule)
    made = [
        Made(value, cell, scene.panel(link.panel), scene.seen(link.panel), link.cells, table)
        for link in links
    ]
    return LINES[rule.name](*made) if rule.name in LINES else _written(WRITTEN[rule.name], *made)


def _written(template: str, made: Made) -> str:
    cell = int(made.cells[0])
    number = format_number(made.numbers.flat[cell])
    with_name, with_number = (template.replace("z", word) for word in (made.source.name_of(cell), number))
    return f" = {with_name} = {with_number} = {made.value}"


def _gate(made: Made) -> str:
    above = "is" if made.source.values.flat[made.cells[0]] > 0 else "is not"
    return f" = {made.value}, since {made.first} {above} above 0"


def _mask(made: Made) -> str:
    own = "" if made.own == made.largest else f"{made.told(made.own)}, and "
    return f" = {made.value}: {own}{made.told(made.largest)} is the first largest of its window"


def _ties(made: Made) -> str:
    values, largest = made.source.values, made.told(made.largest)
    is_largest = values.flat[made.own] == values.flat[made.largest]
    below = " is" if is_largest else f" is below {largest},"
    return f" = {made.value}: {made.told(made.own)}{below} the largest of its window"


def _right(scores: Made, labels: Made) -> str:
    but = "and" if scores.value == "1" else "but"
    largest, label = (made.told(made.largest) for made in (scores, labels))
    return f" = {scores.value}: {largest} is the largest of its row, {but} {label}"


LINES: dict[str, Callable[..., str]] = {
    "gate": _gate,
    "mask": _mask,
    "ties": _ties,
    "border": lambda made: f" = {made.source.name_of(int(made.cells[0]))} = {made.value}",
    "minus maximum": lambda made: (
        f" = −max {made.source.title} = −{made.source.name_of(made.largest)} = {made.value}"
    ),
    "inverse sum": lambda made: f" = 1 / Σ {made.source.title} = {made.value}",
    "softmax": lambda made: f" = {made.share} = {made.value}",
    "surprise": lambda made: f" = −log({made.share}) = {made.value}",
    "right": _right,
}
