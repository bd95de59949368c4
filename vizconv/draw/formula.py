"""The formula of a cell as one line of text, in the stage's words."""

from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Scene
from vizconv.scenes.walking import Link, links

NO_SUM = "what follows from it is no sum of products: change it and see"
LONG_SUM, FOLDED = 12, 8  # terms; a longer formula is folded to the first of them


def formula(scene: Scene, panel: str, cell: int) -> str:
    """Write how a cell is summed up or, when it is no sum, what it goes into; `cell` in row-major order.

    Of more than twelve terms the first eight are written.
    """
    met = links(scene, panel, cell)
    sums = [link for link in met if link.is_sum]
    rows = [(link, row) for link in sums or met for row in link.rows]
    shown = rows if len(rows) <= LONG_SUM else rows[:FOLDED]
    more = f" … {len(rows) - len(shown)} more terms … " if len(rows) > len(shown) else ""
    tensor = scene.panel(panel)
    name, value = cell_name(tensor, cell), format_number(tensor.values.flat[cell])
    if not sums:
        uses = ", ".join(f"{_target(scene, *term)} ← {_factors(scene, *term)}" for term in shown)
        use = NO_SUM if panel in scene.recomputed and not rows else f"goes into {_count(len(rows))}"
        return f"{name} = {value}  {use}{uses}{more}"
    if not rows:
        return f"{name} has no terms: nothing reaches it = {value}"
    return f"{name} = {' + '.join(_factors(scene, *term) for term in shown)}{more} = {value}"


def cell_name(panel: Panel, cell: int) -> str:
    """Name a cell as the stage does, such as y[0,1]; the index counts from the panel's origin."""
    name = panel.title
    return f"{name}[{','.join(map(str, panel.index_of(cell)))}]" if panel.shape else name


def _target(scene: Scene, link: Link, row: int) -> str:
    reading = link.reading
    cell = scene.terms[reading.terms].index(reading.role)[row]
    return cell_name(scene.panel(reading.target), int(cell))


def _factors(scene: Scene, link: Link, row: int) -> str:
    table = scene.terms[link.reading.terms]
    factors = [
        (name, table.index(role)) for role, name in link.reading.factors.items() if role in table.roles
    ]
    return "".join(f"({format_number(scene.panel(name).values.flat[cells[row]])})" for name, cells in factors)


def _count(number: int) -> str:
    return {0: "no sum", 1: "one sum: "}.get(number, f"{number} sums: ")
