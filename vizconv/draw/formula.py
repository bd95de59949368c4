"""The formula of a cell as one line of text, in the stage's words."""

from collections.abc import Callable
from itertools import islice

import numpy as np

from vizconv.draw.rule_formula import by_rule
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Scene
from vizconv.scenes.walking import Link, RuleLink, links, rule_links

LONG_SUM, FOLDED = 12, 8  # terms; a longer formula is folded to the first of them
NAMED = 2  # cells that a rule makes of one number; more are counted


def formula(scene: Scene, panel: str, cell: int) -> str:
    """Write what a cell is made of or, when nothing makes it, what it goes into; `cell` in row-major order.

    Of more than twelve terms eight are written, of a sum the first whose product is not 0.
    """
    met, rules = links(scene, panel, cell), rule_links(scene, panel, cell)
    sums, made = [link for link in met if link.is_sum], [link for link in rules if link.is_made]
    tensor = scene.panel(panel)
    if made and not sums:
        return f"{tensor.name_of(cell)}{by_rule(scene, tensor, cell, made)}"
    write = _as_sum if sums else _as_use
    return f"{tensor.name_of(cell)}{write(scene, tensor, cell, sums or met, rules)}"


def formula_so_far(scene: Scene, panel: str, cell: int, added: int) -> str:
    """Write the first terms of a cell's sum, as many as are added up; an ellipsis stands for the rest."""
    met = [link for link in links(scene, panel, cell) if link.is_sum]
    reached = [(link, row) for link in met for row in link.rows][:added]
    terms, _ = _folded(met, lambda term: product_of(scene, *term) != 0)
    shown = [_factors(scene, *term) for term in terms if term in reached]
    return f"{scene.panel(panel).name_of(cell)} = {' + '.join([*shown, '…'])}"


def product_of(scene: Scene, link: Link, row: int) -> float:
    """Multiply a term's factors; one whose gate or mask is 0 is left out of its sum."""
    factors = _values(scene, link, row)
    if any(value == 0 and name in scene.switches for (name, _), value in factors):
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.prod([value for _, value in factors]))


def _as_sum(scene: Scene, panel: Panel, cell: int, sums: list[Link], _) -> str:
    terms, more = _folded(sums, lambda term: product_of(scene, *term) != 0)
    total = _number(scene, panel, cell)
    if not terms:
        return f" has no terms: nothing reaches it = {total}"
    if len(terms) == 1 and len(copied := _values(scene, *terms[0])) == 1:
        (name, source), _ = copied[0]
        return f" = {scene.panel(name).name_of(source)} = {total}"
    return f" = {' + '.join(_factors(scene, *term) for term in terms)}{more} = {total}"


def _as_use(scene: Scene, panel: Panel, cell: int, met: list[Link], rules: list[RuleLink]) -> str:
    terms, more = _folded(met)
    count = sum(len(link.rows) for link in met)
    uses = ", ".join(f"{_target(scene, *term)} ← {_factors(scene, *term)}" for term in terms)
    made = ", ".join(_made(scene.panel(link.panel), link.cells) for link in rules)
    sums = f"{_count(count)}{uses}{more}" if count or not made else ""
    into = ", and into ".join(filter(None, [made, sums]))
    return f" = {_number(scene, panel, cell)}  goes into {into}"


def _folded(
    met: list[Link], tells: Callable[[tuple[Link, int]], bool] = lambda term: True
) -> tuple[list[tuple[Link, int]], str]:
    """Return the terms to write, as (link, row), those that tell something first, and how many are not."""
    terms = [(link, row) for link in met for row in link.rows]
    if len(terms) <= LONG_SUM:
        return terms, ""
    kept = [*islice(filter(tells, terms), FOLDED)] or terms[:FOLDED]
    return kept, f" … {len(terms) - len(kept)} more terms … "


def _made(panel: Panel, cells) -> str:
    """Name what a rule makes of one number."""
    if len(cells) <= NAMED:
        return ", ".join(panel.name_of(cell) for cell in cells.tolist())
    return f"{len(cells)} cells of {panel.title}" if len(cells) < panel.values.size else panel.title


def _target(scene: Scene, link: Link, row: int) -> str:
    reading = link.reading
    cell = scene.terms[reading.terms].index(reading.role)[row]
    return scene.panel(reading.target).name_of(int(cell))


def _factors(scene: Scene, link: Link, row: int) -> str:
    return "".join(f"({format_number(value)})" for _, value in _values(scene, link, row))


def _values(scene: Scene, link: Link, row: int) -> list[tuple[tuple[str, int], float]]:
    """Return a term's factors, each as its (panel, cell) and its value."""
    table = scene.terms[link.reading.terms]
    roles = [(name, role) for role, name in link.reading.factors.items() if role in table.roles]
    cells = [(name, int(table.index(role)[row])) for name, role in roles]
    return [((name, cell), float(scene.seen(name).flat[cell])) for name, cell in cells]


def _number(scene: Scene, panel: Panel, cell: int) -> str:
    return format_number(scene.seen(panel.name).flat[cell])


def _count(number: int) -> str:
    return {0: "no sum", 1: "one sum: "}.get(number, f"{number} sums: ")
