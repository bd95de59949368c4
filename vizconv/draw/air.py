"""What lies over the panels while a step is on its way: products, and the sum they add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from vizconv.draw.fills import filled, is_deep
from vizconv.draw.flights import Flight
from vizconv.draw.hues import colour_of
from vizconv.draw.number import Number
from vizconv.draw.still import INK, INK_ON_DEEP, SQUARE, DrawnPanel, number_size, sheet
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.scenes import Range

MOST = 30  # products that one can follow
CHIP, INSIDE = 0.84, 0.9  # of a cell: a product's side, and that of a sum so far within its outline
HELD = np.array([0.14, -0.18])  # of a cell: how far a stamp is held beside the cell that it is added to


@dataclass(frozen=True)
class Air:
    """The sum so far over its cell, and products over everything."""

    cover: PolyCollection
    sum: Number
    chips: PolyCollection
    products: list[Number]

    @property
    def below(self) -> list[Artist]:
        """What lies below the outlines."""
        return [self.cover, self.sum]

    @property
    def above(self) -> list[Artist]:
        """What lies above the outlines."""
        return [self.chips, *(number for number in self.products if number.get_text())]

    def show_sum(
        self, drawn: DrawnPanel, cell: int, flights: Sequence[Flight], shades: Range | None, size: float
    ) -> None:
        """Lay the sum of some products over a cell, in type of at most a size; of none nothing."""
        value = np.array([[sum(flight.value for flight in flights)]])
        middle = middle_of(drawn, cell)
        self.cover.set_verts([middle + SQUARE * INSIDE * drawn.box.cell] if flights else [])
        self.cover.set_facecolor(filled(value, shades)[0] / 255)
        text = format_number(float(value[0, 0])) if flights and drawn.numbers else ""
        ink = INK_ON_DEEP if is_deep(value, shades)[0, 0] else INK
        _write(self.sum, text, middle, min(size, number_size(drawn.room, len(text))), ink)

    def show_products(
        self, panels: Mapping[str, DrawnPanel], flights: Sequence[Flight], share: float, held: bool = False
    ) -> None:
        """Show products, at most thirty, on their way, where both their cells are large enough for numbers.

        They have come a `share` of it, from 0 to 1; those to be `held` end beside their cells.
        """
        drawn = [panels[name] for flight in flights for name, _ in flight[:2]]
        shown = flights if len(flights) <= MOST and all(panel.numbers for panel in drawn) else []
        sides = [panels[flight.end[0]].box.cell for flight in shown]
        middles = [_on_the_way(panels, flight, share, held * HELD) for flight in shown]
        squares = [at + SQUARE * CHIP * side for at, side in zip(middles, sides, strict=True)]
        self.chips.set_verts(squares)
        self.chips.set_edgecolor([colour_of(flight.hue) for flight in shown])
        for number in self.products:
            number.set_text("")
        for number, flight, at, side in zip(self.products, shown, middles, sides, strict=False):
            text = format_number(flight.value)
            _write(number, text, at, number_size(CHIP * side, len(text)), INK)


def empty_air(axes: Axes) -> Air:
    """Make the parts of an empty air in axes."""
    cover, chips = (PolyCollection([], clip_on=False, linewidth=width) for width in (0, 2))
    chips.set_facecolor("white")
    figure = present(axes.get_figure())
    numbers = [Number(0, 0, "", transform=axes.transData) for _ in range(MOST + 1)]
    for part in (cover, chips):
        axes.add_collection(part, autolim=False)
    for number in numbers:
        figure.add_artist(number)
    return Air(cover, numbers[0], chips, numbers[1:])


def middle_of(drawn: DrawnPanel, cell: int) -> np.ndarray:
    """Return where the middle of a cell lies, in inches."""
    return drawn.box.points(np.array(divmod(cell, sheet(drawn.panel.values).shape[1])[::-1]))


def _on_the_way(
    panels: Mapping[str, DrawnPanel], flight: Flight, share: float, beside: np.ndarray
) -> np.ndarray:
    start, end = (middle_of(panels[name], cell) for name, cell in flight[:2])
    return start + share * (end + beside * panels[flight.end[0]].box.cell - start)


def _write(number: Number, text: str, at: np.ndarray, size: float, ink: str) -> None:
    number.set(text=text, position=tuple(at), fontsize=size, color=ink)
