"""A page runs whole networks, forward and back, edits and all, as the engine does."""

from dataclasses import replace

import numpy as np
import pytest

from tests.scenes.networks import OF, assert_near, expected, random_case, with_edit
from tests.scenes.test_network_scene import lenet
from tests.stage.page import decoded, in_page
from vizconv.engine import MaxPool2d, Relu
from vizconv.scenes import Rule, Terms, network
from vizconv.stage.message import as_network_message

SEEDS = range(300)
VALUES = """
const valuesOf = () =>
  Object.fromEntries([...scene.panels].map(([name, { values }]) => [name, base64(values)]));
const before = valuesOf();
"""
RUN = (
    VALUES
    + """
const [edits, wanted] = more;
const honest = (change) => {
  const old = new Map([...scene.panels].map(([name, { values }]) => [name, values.slice()]));
  const [names, changed] = change();
  const others = [...old].filter(([name, values]) =>
    values.some((value, cell) => !Object.is(value + 0, scene.panels.get(name).values[cell] + 0)),
  );
  const all = new Set([...names, ...others.map(([name]) => name)]);
  return all.size === changed.size && [...all].every((name) => changed.has(name));
};
const said = edits.map(([panel, cell, value]) =>
  honest(() => {
    scene.panels.get(panel).values[cell] = value;
    return [[panel], page.run(scene, [panel])];
  }),
);
const seed = page.targetOf(scene.objectives.loss[0]);
said.push(honest(() => [[seed, ...(wanted.loss ? [] : ["chosen"])], page.aim(scene, wanted)]));
return { before, after: valuesOf(), said };
"""
)


def scene_of(case):
    return network(case.network, case.image, case.label, case.of)


def edits_of(case, scene, generator):
    """Three random edits of what may be edited."""
    panels = [panel for panel in scene.panels if panel.editable]
    for panel in generator.choice(np.array(panels, object), 3):
        value = float(np.float32(generator.integers(-3, 4) + (0 if case.whole else generator.random())))
        yield panel.name, int(generator.integers(panel.values.size)), value


@pytest.fixture(scope="module")
def runs(node):
    """What the page makes of 300 networks, and of each after three edits, with other gradients."""
    cases = [random_case(seed) for seed in SEEDS]
    scenes, generator = [scene_of(case) for case in cases], np.random.default_rng(1)
    edits = [list(edits_of(case, scene, generator)) for case, scene in zip(cases, scenes, strict=True)]
    kinds = [OF[(seed // 3) % 3] for seed in SEEDS]
    wanted = [{kind: True if kind == "loss" else case.k} for kind, case in zip(kinds, cases, strict=True)]
    made = in_page(node, RUN, scenes, edits, wanted, message=as_network_message)
    return list(zip(cases, edits, kinds, made, strict=True))


def assert_equal_numbers(values, case):
    values = decoded(values)
    for name, wanted in expected(case).items():
        assert_near(values[name], wanted, 1e-9)


def test_a_page_runs_300_networks_as_the_engine_does(runs):
    for case, _, _, made in runs:
        assert_equal_numbers(made["before"], case)


def test_edits_and_other_objectives_make_the_engines_numbers(runs):
    for case, edits, kind, made in runs:
        for edit in edits:
            case = with_edit(case, *edit)
        k = case.label if case.kind == kind == "loss" else case.k
        assert_equal_numbers(made["after"], replace(case, kind=kind, k=k))


def test_a_run_says_which_panels_have_changed(runs):
    assert all(all(made["said"]) for *_, made in runs)


# ---- What is broken is seen ------------------------------------------------------------------------------


def without_gates(scene):
    """Every gate stands open."""
    gates = {step.out for step in scene.steps if isinstance(step, Rule) and step.name == "gate"}
    panels = [
        replace(panel, values=np.ones(panel.shape)) if panel.name in gates else panel
        for panel in scene.panels
    ]
    return replace(scene, panels=tuple(panels), steps=tuple(s for s in scene.steps if s.target not in gates))


def last_maximum(scene):
    """Ties go to the last."""
    masked = {step.terms for step in scene.steps if isinstance(step, Rule) and step.name == "mask"}
    return with_tables(
        scene, lambda name, terms: with_indices(terms, slice(None, None, -1)) if name in masked else terms
    )


def moved_wrongly(scene):
    """A repeated table forgets to move on in its weights."""
    return with_tables(
        scene,
        lambda _, terms: replace(terms, repeats=tuple(replace(each, right=0) for each in terms.repeats)),
    )


def one_row_less(scene):
    """Of every table with rows to spare the last is lost."""
    return with_tables(scene, lambda _, terms: with_indices(terms, slice(0, max(1, len(terms.out) - 1))))


def with_tables(scene, change):
    return replace(scene, terms={name: change(name, terms) for name, terms in scene.terms.items()})


def with_indices(terms, rows):
    indices = (None if index is None else index[rows] for index in (terms.out, terms.left, terms.right))
    return Terms(*indices, terms.repeats)


def has_ties_and_gates(case):
    kinds = {type(layer) for layer in case.network.layers.values()}
    return {MaxPool2d, Relu} <= kinds


@pytest.mark.parametrize("mutation", [without_gates, last_maximum, moved_wrongly, one_row_less])
def test_what_is_broken_is_seen(node, mutation):
    cases = [case for case in map(random_case, range(1, 80, 2)) if has_ties_and_gates(case)]
    scenes = [mutation(scene_of(case)) for case in cases]
    seen = 0
    for case, made in zip(
        cases, in_page(node, f"{VALUES} return before;", scenes, message=as_network_message), strict=True
    ):
        try:
            assert_equal_numbers(made, case)
        except AssertionError:
            seen += 1
    assert seen >= 5


# ---- Where a number comes from ---------------------------------------------------------------------------

LINKS = """
return more[0].map(([panel, cell]) => {
  const at = { panel, cell };
  const numberOf = (name, place) => scene.panels.get(name).values[place];
  const product = (reading, table, row) =>
    page.factorRoles(reading, table).reduce(
      (made, role) => made * numberOf(reading[role], page.cellAt(table, role, row)), 1);
  return {
    products: page.linksOf(scene, at).filter(({ isSum }) => isSum)
      .map(({ reading, table, rows }) => [...rows].map((row) => product(reading, table, row))),
    rules: page.ruleLinksOf(scene, at).filter(({ isResult }) => isResult)
      .map(({ step, panel: { name }, cells }) => [step.rule, cells.map((each) => numberOf(name, each))]),
    value: numberOf(panel, cell),
  };
});
"""


def test_any_cell_of_lenet_opens_as_products_that_add_up_or_as_a_rule(node):
    scene, generator = lenet(), np.random.default_rng(0)
    made = {step.target for step in scene.steps}
    rules = {step.target: step.name for step in scene.steps if isinstance(step, Rule)}
    chosen = generator.choice(np.array(scene.panels, object), 500)
    cells = [(panel, int(generator.integers(panel.values.size))) for panel in chosen]
    asked = [[panel.name, cell] for panel, cell in cells]
    (links,) = in_page(node, LINKS, [scene], [asked], message=as_network_message)
    for (panel, cell), link in zip(cells, links, strict=True):
        assert link["value"] == pytest.approx(panel.values.flat[cell], rel=1e-9, abs=1e-12)
        if panel.name in rules:
            ((name, numbers),) = link["rules"]
            assert name == rules[panel.name] and numbers and not link["products"]
        elif panel.name in made:
            assert link["products"] and not link["rules"]
            assert sum(map(sum, link["products"])) == pytest.approx(link["value"], rel=1e-9, abs=1e-12)
        else:
            assert not link["products"] and not link["rules"]


# ---- How it travels --------------------------------------------------------------------------------------


def test_a_message_holds_no_number_that_the_page_can_make():
    message, scene = as_network_message(lenet()), lenet()
    made = {step.target for step in scene.steps}
    assert {panel["name"] for panel in message["panels"] if panel["values"] is None} == made
    weights = [panel for panel in message["panels"] if panel["name"] == "linear1.weight"]
    assert weights[0]["single"] and len(weights[0]["values"]) == 4 * 48_000
    sizes = [
        len(part)
        for each in (*message["panels"], *message["terms"])
        for part in each.values()
        if isinstance(part, bytes)
    ]
    assert sum(sizes) < 500_000


def test_a_number_that_float32_does_not_hold_travels_whole():
    case = random_case(0)
    scene = scene_of(case).edited("x", 1, 0.1)
    (x,) = [panel for panel in as_network_message(scene)["panels"] if panel["name"] == "x"]
    assert not x["single"] and np.frombuffer(x["values"])[1] == 0.1
