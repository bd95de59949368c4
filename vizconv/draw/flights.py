"""The products of one step of a walk, each on its way from where it is made into its sum."""

from collections.abc import Iterator
from typing import NamedTuple

from vizconv.draw.formula import product_of
from vizconv.scenes import Scene
from vizconv.scenes.walking import Link, hues_of, links


class Flight(NamedTuple):
    """A product, from the cell that it leaves to that of its sum, each a (panel, cell), and its hue or -1."""

    start: tuple[str, int]
    end: tuple[str, int]
    value: float
    hue: int


def flights_of(scene: Scene, panel: str, cell: int) -> list[Flight]:
    """List the products that a cell is the sum of or, when it is none, what it adds to each sum, in order.

    A copy has none, and what is not drawn neither receives nor sends.
    """
    met = links(scene, panel, cell)
    sums = [link for link in met if link.is_sum]
    flights = [flight for link in sums or met for flight in _products(scene, link, panel)]
    return [] if sums and len(flights) == 1 else flights


def _products(scene: Scene, link: Link, subject: str) -> Iterator[Flight]:
    reading, table = link.reading, scene.terms[link.reading.terms]
    source = _source(scene, link, subject)
    if source is None or scene.panel(reading.target).place is None:
        return
    starts, ends = table.index(source), table.index(reading.role)
    for row, hue in zip(link.rows.tolist(), hues_of(scene, link).tolist(), strict=True):
        start, end = (getattr(reading, source), int(starts[row])), (reading.target, int(ends[row]))
        yield Flight(start, end, product_of(scene, link, row), hue)


def _source(scene: Scene, link: Link, subject: str) -> str | None:
    """Return the role of the factor that products leave: one that is drawn, and first not the subject's."""
    roles = [role for role in scene.terms[link.reading.terms].roles if role != link.reading.role]
    drawn = [role for role in roles if scene.panel(getattr(link.reading, role)).place is not None]
    return next((role for role in drawn if getattr(link.reading, role) != subject), *drawn[:1] or [None])
