"""The formula of every cell, on any table whatever, worked out row by row."""

import re

import numpy as np
import pytest

from tests.stage.cases import RULED, TABLES, links_of
from tests.stage.page import in_page
from vizconv.engine.writing import format_number

FORMULAS = "return cellsOf(scene, (at) => textOf(page.formulaOf(scene, at)));"
tables = pytest.mark.parametrize("name", TABLES)


@pytest.fixture(scope="module")
def in_javascript(node):
    """The formula of every cell of every scene."""
    return dict(zip(TABLES, in_page(node, FORMULAS, list(TABLES.values())), strict=True))


def name_of(panel, cell):
    index = np.unravel_index(cell, panel.shape) if panel.shape else ()
    index = [str(int(i) + first) for i, first in zip(index, panel.origin, strict=True)]
    name = panel.title
    return f"{name}[{','.join(index)}]" if index else name


def written(scene, reading, row):
    """The factors of one row in brackets."""
    table = scene.terms[reading.terms]
    factors = [role for role in table.roles if role != reading.role]
    values = [scene.panel(getattr(reading, role)).values.flat[table.index(role)[row]] for role in factors]
    return "".join(f"({format_number(value)})" for value in values)


def formula_of(scene, panel, cell):
    """The formula of a cell, worked out row by row."""
    links = list(links_of(scene, panel, cell))
    sums = [link for link in links if link[2] == link[0].role]
    name, value = name_of(panel, cell), format_number(panel.values.flat[cell])
    rows = [(reading, table, row) for reading, table, _, rows in sums or links for row in rows]
    if sums and len(rows) == 1 and rows[0][1].right is None:
        (reading, table, row), factor = rows[0], "left" if sums[0][0].role == "out" else "out"
        source = name_of(scene.panel(getattr(reading, factor)), table.index(factor)[row])
        return f"{name} = {source} = {value}"
    if sums:
        terms = " + ".join(written(scene, reading, row) for reading, _, row in rows)
        return f"{name} = {terms} = {value}" if rows else f"{name} has no terms: nothing reaches it = {value}"
    uses = [
        f"{name_of(scene.panel(reading.target), table.index(reading.role)[row])}"
        f" ← {written(scene, reading, row)}"
        for reading, table, row in rows
    ]
    many = "goes into one sum: " if len(rows) == 1 else f"goes into {len(rows)} sums: "
    return f"{name} = {value}  {many if rows else 'goes into no sum'}{', '.join(uses)}"


@tables
def test_every_cell_has_its_formula(name, in_javascript):
    scene = TABLES[name]
    for panel in scene.panels:
        formulas = [formula_of(scene, panel, cell) for cell in range(panel.values.size)]
        assert in_javascript[name][panel.name] == formulas


def test_the_worked_examples_formula(in_javascript):
    formulas = in_javascript["worked example"]
    assert formulas["y"][0] == "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37"
    assert formulas["x"][0] == "x[0,0] = 1  goes into one sum: y[0,0] ← (1)(6)"


def test_indices_count_from_the_input_itself(node):
    body = "return cellsOf(scene, ({ panel, cell }) => page.indexOf(scene.panels.get(panel), cell));"
    (cells,) = in_page(node, body, [TABLES["padded and strided"]])
    indices = cells["x"]
    assert indices[0] == [-1, -2] and indices[-1] == [4, 5] and [0, 0] in indices


def test_what_a_rule_makes_is_written_with_its_value(node):
    scenes = list(RULED.values())
    for scene, formulas in zip(scenes, in_page(node, FORMULAS, scenes), strict=True):
        summed = {reading.target for reading in scene.readings}
        for panel in (scene.panel(step.out) for step in scene.steps if step.target not in summed):
            for cell, formula in enumerate(formulas[panel.name]):
                value = format_number(panel.values.flat[cell])
                assert formula.startswith(f"{name_of(panel, cell)} = ")
                assert re.search(rf"= {re.escape(value)}($|[,:]|  goes into)", formula), formula
