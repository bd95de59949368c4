"""The page's arithmetic: any table whatever, and every rule, lights and sums rightly, as Python says."""

import numpy as np
import pytest

from tests.stage.cases import NUMBER_BY_NUMBER, RULED, SCENES, TABLES, is_hidden, links_of
from tests.stage.page import decoded, in_page
from vizconv.engine.arrays import NotANumber
from vizconv.scenes import Panel, Reading, Rule, Scene, Terms
from vizconv.scenes.walking import sums_after

EVERYTHING = """
return {
  sums: sumsOf(scene),
  values: Object.fromEntries([...scene.panels].map(([name, { values }]) => [name, base64(values)])),
  links: cellsOf(scene, (at) =>
    page.linksOf(scene, at).map(({ role, isSum, rows }) => [role, isSum, [...rows]]),
  ),
  lit: cellsOf(scene, (at) => [...page.litCells(scene, at)].map(([name, cells]) => [name, [...cells]])),
  partners: cellsOf(scene, (at) =>
    [...page.litCells(scene, at)].flatMap(([panel, cells]) =>
      [...cells.keys()].map((cell) => page.partnersOf(scene, at, { panel, cell })),
    ),
  ),
};
"""


scenes = pytest.mark.parametrize("name", SCENES)


@pytest.fixture(scope="module")
def in_javascript(node):
    """What the page makes of every scene and every cell."""
    return dict(zip(SCENES, in_page(node, EVERYTHING, list(SCENES.values())), strict=True))


def assert_equal_sums(theirs, ours):
    """The same panels in the same order, each number to 1e-12 of its size."""
    theirs = decoded(theirs)
    assert list(theirs) == list(ours)
    for name, values in ours.items():
        np.testing.assert_allclose(theirs[name], np.ravel(values), rtol=1e-12, atol=1e-13, err_msg=name)


# ---- Steps in order ----------------------------------------------------------------------------------


@scenes
def test_values_and_sums_are_pythons(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    values = decoded(page["values"])
    assert list(values) == [panel.name for panel in scene.panels]
    for panel in scene.panels:
        np.testing.assert_array_equal(values[panel.name], panel.values.ravel())
    assert_equal_sums(page["sums"], scene.sums())


def test_awkward_numbers_occur():
    """The scenes with rules hold what rules are about: ties, and terms 0 × ∞ that are left out."""
    for part in ("x", "z"):
        assert any(np.isneginf(scene.panel(part).values).any() for scene in RULED.values())
    assert any((scene.panel("mask").values != scene.panel("ties").values).any() for scene in RULED.values())
    for scene in RULED.values():
        values = np.where(scene.panel("gate").values > 0, scene.panel("z").values, 0)
        np.testing.assert_array_equal(scene.panel("relu").values, values)


def test_indices_wider_than_16_bits(node):
    cells = np.array([0, 65_535, 65_536, 69_999])
    terms = Terms([2, 1, 0, 0], cells, [0, 0, 0, 1])
    panels = Panel("x", np.arange(70_000), (0, 0)), Panel("w", [2, 3], (0, 1)), Panel("y", [0, 0, 0], (0, 2))
    scene = Scene(panels, {"products": terms}, (Reading("products", "out", "y", "x", "w"),))
    assert terms.left.dtype == np.uint32
    (sums,) = in_page(node, "return sumsOf(scene);", [scene])
    assert decoded(sums)["y"].tolist() == [2 * 65_536 + 3 * 69_999, 2 * 65_535, 0]


def test_repetitions_may_reach_where_16_bits_do_not(node):
    terms = Terms([0], [60_000], None).repeated(3, out=1, left=5_000)
    panels = Panel("x", np.arange(70_001), (0, 0)), Panel("y", [0, 0, 0], (0, 2))
    scene = Scene(panels, {"t": terms}, (Reading("t", "out", "y", "x"),))
    (sums,) = in_page(node, "return sumsOf(scene);", [scene])
    assert decoded(sums)["y"].tolist() == [60_000, 65_000, 70_000]


def test_the_sums_on_the_way_are_pythons(node):
    walked = [scene for scene in SCENES.values() if scene.walk is not None]
    steps = [scene.panel(scene.walk).values.size // 2 for scene in walked]
    body = "return sumsOf(scene, (each) => page.sumsAfter(each, more[0]));"
    for scene, step, sums in zip(walked, steps, in_page(node, body, walked, steps), strict=True):
        assert_equal_sums(sums, sums_after(scene, step))


# ---- Edits, and what is refused ----------------------------------------------------------------------

EDIT = """
const [panel, cell, value] = more;
scene.panels.get(panel).values[cell] = value;
return sumsOf(scene);
"""


def test_an_edit_in_the_page_makes_pythons_numbers(node):
    """Change one value in the page, sum again, and compare with Scene.edited."""
    panel_of = {name: "z" if name in RULED else "x" for name in SCENES}
    edited = [scene for name, scene in SCENES.items() for _ in range(3)]
    generator = np.random.default_rng(0)
    edits = [
        (panel_of[name], int(generator.integers(SCENES[name].panel(panel_of[name]).values.size)), value)
        for name in SCENES
        for value in (-12.5, 0.0, 7e200)
    ]
    results = in_page(node, EDIT, edited, *zip(*edits, strict=True))
    for scene, edit, sums in zip(edited, edits, results, strict=True):
        after = scene.edited(*edit)
        assert_equal_sums(sums, {target: after.panel(target).values for target in scene.sums()})


def as_sentence(error):
    """An error's words as the page says them."""
    return f"{str(error)[:1].upper()}{str(error)[1:]}."


REFUSED = {
    "infinite score": ("softmax", [[0.0, 1, 2], [3, np.inf, 0]]),
    "no finite score": ("softmax", [[-np.inf, -np.inf]]),
    "NaN among scores": ("surprise", [[0.0, 1], [2, 3], [np.nan, 1]]),
    "NaN in no window": ("mask", [[1.0, 2, np.nan]]),
    "NaN in a window": ("ties", [[np.nan, 2, 1]]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_engine_refuses_the_page_refuses_in_its_words(node, name):
    rule, values = REFUSED[name]
    terms = {"t": Terms([0, 0], [0, 1], [0, 1])} if rule in ("mask", "ties") else {}
    panels = Panel("x", values, (0, 0)), Panel("p", np.zeros(np.shape(values)), (0, 1))
    scene = Scene(panels, terms, (Rule(name=rule, out="p", of=("x",), terms="t" if terms else None),))
    with pytest.raises(NotANumber) as error:
        scene.sums()
    assert in_page(node, "return sumsOf(scene);", [scene]) == [as_sentence(error.value)]


def test_rules_take_nan_and_infinity_as_python_does(node):
    values = [np.nan, np.inf, -np.inf, 0.0, -0.0, 745.0, -746.0, 36.9, 5e-324]
    names = [name for name in NUMBER_BY_NUMBER if name not in ("softmax", "surprise")]
    panels = [Panel("z", [values], (0, 0)), *(Panel(name, [values], (0, 1)) for name in names)]
    rules = tuple(Rule(name=name, out=name, of=("z",)) for name in names)
    scene = Scene(tuple(panels), {}, rules)
    (sums,) = in_page(node, "return sumsOf(scene);", [scene])
    assert_equal_sums(sums, scene.sums())


@pytest.mark.parametrize("scores", [[[1.0, np.nan, 5]], [[np.nan, 1, np.nan]], [[2.0, 2, 1], [-0.0, 0, -1]]])
def test_the_first_of_several_largest_scores_counts(node, scores):
    wanted = np.eye(3)[np.arange(len(scores))]
    panels = (
        Panel("z", scores, (0, 0)),
        Panel("y", wanted, (0, 1)),
        Panel("right", np.zeros(len(scores)), (0, 2)),
    )
    scene = Scene(panels, {}, (Rule(name="right", out="right", of=("z", "y")),))
    (sums,) = in_page(node, "return sumsOf(scene);", [scene])
    assert_equal_sums(sums, scene.sums())


# ---- Which cells are tied ----------------------------------------------------------------------------


@scenes
def test_every_cell_of_every_panel_finds_its_rows(name, in_javascript):
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        for cell in range(panel.values.size):
            expected = [
                [role, role == reading.role, rows.tolist()]
                for reading, _, role, rows in links_of(scene, panel, cell)
            ]
            assert page["links"][panel.name][cell] == expected


def tied_by(scene, rule):
    """Every pair of cells that a rule ties: (cell of a panel that it reads, cell of its own)."""
    target, table = scene.panel(rule.out), scene.terms.get(rule.terms)
    for source in map(scene.panel, rule.of):
        cells, row = np.arange(source.values.size), source.shape[-1]
        if rule.name in ("minus maximum", "inverse sum"):
            pairs = [(cell, 0) for cell in cells]
        elif rule.name in ("softmax", "surprise"):
            pairs = [(one, other) for one in cells for other in cells if one // row == other // row]
        elif rule.name == "right":
            pairs = [(cell, cell // row) for cell in cells]
        elif rule.name in ("mask", "ties"):
            left, right = table.index("left"), table.index("right")
            same = np.equal.outer(table.index("out"), table.index("out"))
            pairs = [(left[one], right[other]) for one, other in np.argwhere(same)]
        elif rule.name == "border":
            out = table.index("out")
            kept = [] if source is target else [(cell, cell) for cell in cells if cell not in out]
            pairs = [*zip(table.index("left"), out, strict=True), *kept]
        else:
            pairs = [(cell, cell) for cell in cells]
        yield from ((source.name, int(one), target.name, int(other)) for one, other in pairs)


def expected_lights(scene):
    """For every cell those that share a row or a rule with it, with the hues that each may wear."""
    lights = {(panel.name, cell): {} for panel in scene.panels for cell in range(panel.values.size)}
    told = [step for step in scene.steps if not is_hidden(scene, step)]
    for reading in (step for step in told if isinstance(step, Reading)):
        table = scene.terms[reading.terms]
        cells = {role: table.index(role) for role in table.roles}
        for row in range(len(table)):
            met = {role: (getattr(reading, role), int(cells[role][row])) for role in table.roles}
            owners = [
                scene.panel(met[role][0]).owners.flat[met[role][1]]
                for role in ("right", "left", "out")
                if role in met
            ]
            hue = next((int(owner) for owner in owners if owner >= 0), -1)
            for one in met.values():
                for other in met.values():
                    lights[one].setdefault(other, set()).add(hue)
    for rule in (step for step in told if isinstance(step, Rule)):
        for source, one, target, other in tied_by(scene, rule):
            lights[source, one].setdefault((target, other), {-1})
            lights[target, other].setdefault((source, one), {-1})
    return lights


@scenes
def test_every_cell_lights_its_partners_and_no_other_in_their_hues(name, in_javascript):
    lights = expected_lights(SCENES[name])
    for panel, cells in in_javascript[name]["lit"].items():
        for cell, partners in enumerate(cells):
            lit = {(partner, at): hue for partner, hues in partners for at, hue in hues}
            assert set(lit) == set(lights[panel, cell])
            assert all(hue in lights[panel, cell][partner] for partner, hue in lit.items())


def test_hues_occur():
    lights = [expected_lights(scene) for name, scene in TABLES.items() if name.startswith("repeated")]
    hues = {hue for cells in lights for met in cells.values() for each in met.values() for hue in each}
    assert hues == set(range(-1, 9))


@scenes
def test_partners_share_a_row_or_a_rule_with_the_subject(name, in_javascript):
    """Whatever is lit shares something with the subject, and both are among what they share."""
    scene, page = SCENES[name], in_javascript[name]
    for panel in scene.panels:
        for cell in range(panel.values.size):
            lit = [(partner, at) for partner, cells in page["lit"][panel.name][cell] for at, _ in cells]
            for partner, shared in zip(lit, page["partners"][panel.name][cell], strict=True):
                met = {(each["panel"], each["cell"]) for each in shared}
                assert {partner, (panel.name, cell)} <= met <= {*lit, (panel.name, cell)}
