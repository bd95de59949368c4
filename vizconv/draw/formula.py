"""The formula of a cell as one line of text, in the stage's words."""

from vizconv.draw.rule_formula import by_rule
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Scene
from vizconv.scenes.walking import Link, RuleLink, links, rule_links

LONG_SUM, FOLDED = 12, 8  # terms; a longer formula is folded to the first of them
NAMED = 2  # cells that a rule makes of one number; more are counted


def formula(scene: Scene, panel: str, cell: int) -> str:
    """Write what a cell is made of or, when nothing makes it, what it goes into; `cell` in row-major order.

    Of more than twelve terms the first eight are written.
    """
    met, rules = links(scene, panel, cell), rule_links(scene, panel, cell)
    sums, made = [link for link in met if link.is_sum], [link for link in rules if link.is_made]
    tensor = scene.panel(panel)
    if made and not sums:
        return f"{tensor.name_of(cell)}{by_rule(scene, tensor, cell, made)}"
    write = _as_sum if sums else _as_use
    return f"{tensor.name_of(cell)}{write(scene, tensor, cell, sums or met, rules)}"


def _as_sum(scene: Scene, panel: Panel, cell: int, sums: list[Link], _) -> str:
    terms, more = _folded(sums)
    total = _number(scene, panel, cell)
    if not terms:
        return f" has no terms: nothing reaches it = {total}"
    return f" = {' + '.join(_factors(scene, *term) for term in terms)}{more} = {total}"


def _as_use(scene: Scene, panel: Panel, cell: int, met: list[Link], rules: list[RuleLink]) -> str:
    terms, more = _folded(met)
    count = sum(len(link.rows) for link in met)
    uses = ", ".join(f"{_target(scene, *term)} ← {_factors(scene, *term)}" for term in terms)
    made = ", ".join(_made(scene.panel(link.panel), link.cells) for link in rules)
    sums = f"{_count(count)}{uses}{more}" if count or not made else ""
    into = ", and into ".join(filter(None, [made, sums]))
    return f" = {_number(scene, panel, cell)}  goes into {into}"


def _folded(met: list[Link]) -> tuple[list[tuple[Link, int]], str]:
    """Return the terms to write, as (link, row), and how many are left out, in words."""
    terms = [(link, row) for link in met for row in link.rows]
    kept = terms if len(terms) <= LONG_SUM else terms[:FOLDED]
    return kept, f" … {len(terms) - len(kept)} more terms … " if len(terms) > len(kept) else ""


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
    table = scene.terms[link.reading.terms]
    factors = [
        (name, table.index(role)) for role, name in link.reading.factors.items() if role in table.roles
    ]
    return "".join(f"({_number(scene, scene.panel(name), int(cells[row]))})" for name, cells in factors)


def _number(scene: Scene, panel: Panel, cell: int) -> str:
    return format_number(scene.seen(panel.name).flat[cell])


def _count(number: int) -> str:
    return {0: "no sum", 1: "one sum: "}.get(number, f"{number} sums: ")
