"""The stage's JavaScript half: any table whatever lights and sums rightly in every panel, as Python says."""

import base64
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.javascript import in_node
from tests.scenes.cases import chained_scene, permuted_scene
from vizconv.engine import conv2d
from vizconv.engine.operations import correlation as correlate
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Reading, Scene, Terms, bias_terms, conv2d_terms, correlation
from vizconv.stage.message import as_message

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
READ = """
const view = (text) => new DataView(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const bytes = (part, names) => ({
  ...part,
  ...Object.fromEntries(names.filter((name) => part[name]).map((name) => [name, view(part[name])])),
});
const sceneOf = (message) =>
  stage.readScene({
    ...message,
    panels: message.panels.map((panel) => bytes(panel, ["values", "kinds"])),
    terms: message.terms.map((table) => bytes(table, ["out", "left", "right"])),
  });
const cellsOf = (scene, make) =>
  Object.fromEntries(
    [...scene.panels.values()].map((panel) => [
      panel.name,
      Array.from({ length: panel.size }, (_, cell) => make({ panel: panel.name, cell })),
    ]),
  );
const textOf = ({ tokens, end }) => [...tokens, ...end].map(({ text }) => text).join("");
"""
EVERYTHING = """
return given.map((message) => {
  const scene = sceneOf(message);
  return {
    values: Object.fromEntries([...scene.panels].map(([name, { values }]) => [name, [...values]])),
    sums: Object.fromEntries([...stage.sumsOf(scene)].map(([name, sums]) => [name, [...sums]])),
    links: cellsOf(scene, (at) =>
      stage.linksOf(scene, at).map(({ role, isSum, rows }) => [role, isSum, [...rows]]),
    ),
    lit: cellsOf(scene, (at) => [...stage.litCells(scene, at)].map(([name, cells]) => [name, [...cells]])),
    formulas: cellsOf(scene, (at) => textOf(stage.formulaOf(scene, at))),
    indices: cellsOf(scene, ({ panel, cell }) => stage.indexOf(scene.panels.get(panel), cell)),
  };
});
"""


def as_json(part):
    """The message with its buffers written as text."""
    if isinstance(part, dict):
        return {name: as_json(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [as_json(value) for value in part]
    return base64.b64encode(part).decode("ascii") if isinstance(part, bytes) else part


def layer():
    """One filter over two channels with a padding, its bias, and its two backward readings."""
    generator = np.random.default_rng(5)
    x, weight = generator.integers(-9, 9, (1, 2, 4, 3)), generator.integers(-9, 9, (1, 2, 2, 3))
    record = conv2d(x, weight, [3], padding=1, stride=(2, 1))
    dy = generator.integers(-9, 9, record.y.shape)[0, 0]
    panels = (
        Panel("x", record.padded[0], (0, 0), origin=(0, -1, -1)),
        Panel("w", record.weight[0], (0, 1)),
        Panel("b", record.bias[0], (0, 2)),
        Panel("y", record.y[0, 0], (0, 3)),
        Panel("dy", dy, (1, 3)),
        Panel("dx", np.zeros(record.padded[0].shape), (1, 0)),
        Panel("dw", np.zeros(record.weight[0].shape), (1, 1)),
        Panel("db", 0, (1, 2)),
    )
    readings = (
        Reading("products", "out", "y", "x", "w"),
        Reading("bias", "out", "y", "b"),
        Reading("products", "left", "dy", "dx", "w"),
        Reading("products", "right", "dy", "x", "dw"),
        Reading("bias", "left", "dy", "db"),
    )
    return Scene(panels, {"products": conv2d_terms(record), "bias": bias_terms(record)}, readings, walk="y")


def wide():
    """A panel of so many cells that 16 bits do not hold their numbers."""
    cells = np.array([0, 65_535, 65_536, 69_999])
    terms = Terms([2, 1, 0, 0], cells, [0, 0, 0, 1])
    panels = Panel("x", np.arange(70_000), (0, 0)), Panel("w", [2, 3], (0, 1)), Panel("y", [0, 0, 0], (0, 2))
    return Scene(panels, {"products": terms}, (Reading("products", "out", "y", "x", "w"),))


SCENES = {
    "worked example": correlation(correlate(X, K)),
    "padded and strided": correlation(correlate(X, K, padding=(1, 2), stride=(2, 1), dilation=(1, 2))),
    "wide": wide(),
    "layer": layer(),
    "chained": chained_scene(X, K),
    **{f"permuted {seed}": permuted_scene(np.random.default_rng(seed)) for seed in range(12)},
}


@pytest.fixture(scope="module")
def in_javascript(node):
    """What the page makes of every scene and every cell."""
    small = {name: scene for name, scene in SCENES.items() if name != "wide"}
    messages = [as_json(as_message(scene)) for scene in small.values()]
    return dict(zip(small, in_node(node, READ + EVERYTHING, messages), strict=True))


small = pytest.mark.parametrize("name", [name for name in SCENES if name != "wide"])


def test_the_pure_functions(node):
    tests = Path(__file__).with_name("stage.test.mjs")
    run = subprocess.run([node, "--test", str(tests)], capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"pass (\d+)", run.stdout)[1]) >= 20


@small
def test_values_and_sums_are_pythons(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    assert list(page["values"]) == [panel.name for panel in scene.panels]
    for panel in scene.panels:
        np.testing.assert_array_equal(page["values"][panel.name], panel.values.ravel())
    sums = scene.sums()
    assert list(page["sums"]) == list(sums)
    for target, values in sums.items():
        np.testing.assert_allclose(page["sums"][target], values.ravel(), rtol=1e-12, atol=1e-12)


def links_of(scene, panel, cell):
    """Where each reading has the cell: its table, role and rows, found by looking at every row."""
    for reading in scene.readings:
        table = scene.terms[reading.terms]
        for role in table.roles:
            if getattr(reading, role) == panel.name:
                yield reading, table, role, np.flatnonzero(getattr(table, role) == cell)


@small
def test_every_cell_of_every_panel_finds_its_rows(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        for cell in range(panel.values.size):
            expected = [
                [role, role == reading.role, rows.tolist()]
                for reading, _, role, rows in links_of(scene, panel, cell)
            ]
            assert page["links"][panel.name][cell] == expected


@small
def test_every_cell_lights_its_partners_and_no_other(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        for cell in range(panel.values.size):
            expected = {}
            for reading, table, _, rows in links_of(scene, panel, cell):
                for role in table.roles:
                    lit = getattr(table, role)[rows].tolist()
                    expected.setdefault(getattr(reading, role), set()).update(lit)
            lit = {partner: dict(cells) for partner, cells in page["lit"][panel.name][cell]}
            assert {partner: set(cells) for partner, cells in lit.items()} == expected


@small
def test_a_lit_cell_wears_the_hue_of_a_weight_it_meets(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        for cell in range(panel.values.size):
            hues = {}
            for reading, table, _, rows in links_of(scene, panel, cell):
                hued = table.right is not None and scene.panel(reading.right).values.size <= 9
                for role in table.roles:
                    for row in rows:
                        key = getattr(reading, role), int(getattr(table, role)[row])
                        hues.setdefault(key, set()).add(int(table.right[row]) if hued else -1)
            for partner, cells in page["lit"][panel.name][cell]:
                assert all(hue in hues[partner, lit] for lit, hue in cells)


def name_of(panel, cell):
    index = np.unravel_index(cell, panel.shape) if panel.shape else ()
    index = [str(int(i) + first) for i, first in zip(index, panel.origin, strict=True)]
    name = panel.title
    return f"{name}[{','.join(index)}]" if index else name


def written(scene, reading, row):
    """The factors of one row in brackets."""
    table = scene.terms[reading.terms]
    factors = [role for role in table.roles if role != reading.role]
    values = [scene.panel(getattr(reading, role)).values.flat[getattr(table, role)[row]] for role in factors]
    return "".join(f"({format_number(value)})" for value in values)


def formula_of(scene, panel, cell):
    """The formula of a cell, worked out row by row."""
    links = list(links_of(scene, panel, cell))
    sums = [link for link in links if link[2] == link[0].role]
    name, value = name_of(panel, cell), format_number(panel.values.flat[cell])
    rows = [(reading, table, row) for reading, table, _, rows in sums or links for row in rows]
    if sums:
        terms = " + ".join(written(scene, reading, row) for reading, _, row in rows)
        return f"{name} = {terms} = {value}" if rows else f"{name} has no terms: nothing reaches it = {value}"
    uses = [
        f"{name_of(scene.panel(reading.target), getattr(table, reading.role)[row])}"
        f" ← {written(scene, reading, row)}"
        for reading, table, row in rows
    ]
    many = "goes into one sum: " if len(rows) == 1 else f"goes into {len(rows)} sums: "
    return f"{name} = {value}  {many if rows else 'goes into no sum'}{', '.join(uses)}"


@small
def test_every_cell_has_its_formula(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        formulas = [formula_of(scene, panel, cell) for cell in range(panel.values.size)]
        assert page["formulas"][panel.name] == formulas


def test_the_worked_examples_formula(in_javascript):
    formulas = in_javascript["worked example"]["formulas"]
    assert formulas["y"][0] == "y[0,0] = (1)(6) + (−2)(0) + (5)(−7) + (8)(−1) = −37"
    assert formulas["x"][0] == "x[0,0] = 1  goes into one sum: y[0,0] ← (1)(6)"


def test_indices_count_from_the_input_itself(in_javascript):
    indices = in_javascript["padded and strided"]["indices"]["x"]
    assert indices[0] == [-1, -2] and indices[-1] == [4, 5] and [0, 0] in indices


def test_indices_wider_than_16_bits(node):
    scene = SCENES["wide"]
    body = READ + "return [...stage.sumsOf(sceneOf(given)).get('y')]"
    assert scene.terms["products"].left.dtype == np.uint32
    assert in_node(node, body, as_json(as_message(scene))) == [2 * 65_536 + 3 * 69_999, 2 * 65_535, 0]


def test_an_edit_in_the_page_makes_pythons_numbers(node):
    """Change one value in the page, sum again, and compare with Scene.edited."""
    scenes = [
        chained_scene(X, K),
        layer(),
        *(permuted_scene(np.random.default_rng(seed)) for seed in range(6)),
    ]
    body = """
    return given.map(([message, panel, cell, value]) => {
      const scene = sceneOf(message);
      scene.panels.get(panel).values[cell] = value;
      return Object.fromEntries([...stage.sumsOf(scene)].map(([name, sums]) => [name, [...sums]]));
    });
    """
    edits = [(as_json(as_message(scene)), "x", 7, -12.5) for scene in scenes]
    for scene, sums in zip(scenes, in_node(node, READ + body, edits), strict=True):
        edited = scene.edited("x", 7, -12.5)
        assert sums
        for target, values in sums.items():
            np.testing.assert_allclose(values, edited.panel(target).values.ravel(), rtol=1e-12, atol=1e-12)
