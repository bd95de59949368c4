"""A whole network as one scene: its numbers are the engine's, and each of them says where it comes from."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.scenes.networks import OF, assert_near, expected, random_case, with_edit
from vizconv.engine import Conv2d, Flatten, Linear, MaxPool2d, Network, Relu, Softmax, cross_entropy, lenet5
from vizconv.scenes import CROPPED, PADDING, Reading, network, objectives

SEEDS = range(36)


@cache
def scene_of(seed):
    case = random_case(seed)
    return network(case.network, case.image, case.label, case.of)


@cache
def lenet():
    """A digit of many grey levels, with a border of nothing."""
    generator = np.random.default_rng(7)
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 4:24, 6:22] = generator.random((20, 16))
    return network(lenet5(3), image, 4)


# ---- Its numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_panel_holds_what_the_engine_finds(seed):
    scene = scene_of(seed)
    for name, values in expected(random_case(seed)).items():
        panel = scene.panel(name)
        assert panel.shape == np.shape(values) and panel.values.dtype in (np.float64, np.int64)
        assert_near(panel.values, values, 1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_make_what_the_panels_hold(seed):
    scene = scene_of(seed)
    sums = scene.sums()
    for name, values in sums.items():
        np.testing.assert_array_equal(scene.panel(name).values, values)
    given = {panel.name.rpartition(".")[2] for panel in scene.panels} - {
        name.rpartition(".")[2] for name in sums
    }
    assert given <= {"x", "weight", "bias", "mean", "deviation", "share", "t", "chosen", "-1"}


def test_every_kind_of_layer_and_objective_occurs():
    kinds = Counter(
        type(layer).__name__ for seed in SEEDS for layer in random_case(seed).network.layers.values()
    )
    assert len(kinds) == 11 and min(kinds.values()) >= 3
    assert {random_case(seed).kind for seed in SEEDS} == set(OF)


def test_maxima_tie_and_gates_close_at_0():
    """What only whole numbers in float64 get right the same way everywhere does occur."""
    tied = zeros = 0
    for seed in SEEDS:
        for step in scene_of(seed).steps:
            if getattr(step, "name", "") == "gate":
                zeros += (scene_of(seed).panel(step.of[0]).values == 0).sum()
            if getattr(step, "name", "") == "mask":
                ties = replace(step, name="ties")
                tied += ties_in(scene_of(seed), ties) - scene_of(seed).panel(step.out).values.sum()
    assert tied > 20 and zeros > 20


def ties_in(scene, rule):
    steps = tuple(rule if step.target == rule.out else step for step in scene.steps)
    return replace(scene, steps=steps).sums()[rule.out].sum()


@pytest.mark.parametrize("seed", range(40, 50))
def test_an_edit_makes_what_the_engine_makes(seed):
    case, scene = random_case(seed), scene_of(seed)
    generator = np.random.default_rng(seed)
    for panel in generator.permutation([panel.name for panel in scene.panels if panel.editable])[:3]:
        cell = int(generator.integers(scene.panel(panel).values.size))
        value = float(generator.integers(-3, 4))
        scene, case = scene.edited(panel, cell, value), with_edit(case, panel, cell, value)
    for name, values in expected(case).items():
        assert_near(scene.panel(name).values, values, 1e-12)


def test_a_score_of_minus_infinity_leaves_the_loss_finite():
    weight = np.ones((3, 16))
    weight[1] = -1e308
    layers = {"flatten": Flatten(), "linear": Linear(weight)}
    scene = network(Network(layers), np.ones((1, 4, 4)), 2, ("score", 0))
    assert scene.panel("linear").values.tolist() == [16, -np.inf, 16]
    assert scene.panel("L").values == pytest.approx(np.log(2))
    assert scene.panel("chosen.score").values == 16


def test_the_three_objectives_may_stand_in_each_others_place():
    case, scene = random_case(20), scene_of(20)
    ways = objectives(scene)
    assert tuple(ways) == OF
    for kind in OF:
        steps = [step for step in scene.steps if step not in sum(ways.values(), ())]
        first = next(at for at, step in enumerate(steps) if step.target.startswith("d"))
        other = replace(scene, steps=(*steps[:first], *ways[kind], *steps[first:])).filled()
        wanted = expected(replace(case, kind=kind))
        for name in (name for name in wanted if name.startswith("d")):
            assert_near(other.panel(name).values, wanted[name], 1e-12)


# ---- Where a number comes from ---------------------------------------------------------------------------


def test_any_cell_is_a_sum_of_its_products_or_what_a_rule_makes():
    generator = np.random.default_rng(0)
    for scene in (lenet(), *map(scene_of, range(12))):
        made = {step.target for step in scene.steps}
        panels = [panel for panel in scene.panels if panel.name in made]
        for panel in generator.choice(np.array(panels, object), 500 if scene is lenet() else 60):
            cell = int(generator.integers(panel.values.size))
            assert_comes_from(scene, panel, cell)


def assert_comes_from(scene, panel, cell):
    total = 0.0
    for step in (step for step in scene.steps if step.target == panel.name):
        if isinstance(step, Reading):
            total += sum(products(scene, step, cell))
        else:
            total = by_rule(scene, step, cell)
    assert total == pytest.approx(panel.values.flat[cell], rel=1e-12, abs=1e-13)


@cache
def index(table, role):
    """The cells of a role in all rows."""
    return table.index(role)


def products(scene, reading, cell):
    """The products of one cell, none where a gate or a mask is 0."""
    table = scene.terms[reading.terms]
    for row in table.rows_of(reading.role, cell):
        numbers = {
            name: scene.panel(name).values.flat[index(table, role)[row]]
            for role, name in reading.factors.items()
        }
        shut = any(numbers[name] == 0 for name in numbers if name in scene.switches)
        yield 0.0 if shut else np.prod(list(numbers.values()))


def by_rule(scene, rule, cell):
    """What a rule makes of the numbers that it says, worked out by hand."""
    z = scene.panel(rule.of[0]).values.ravel()
    if rule.name == "mask":
        if scene.panel(rule.out).kinds.flat[cell] == PADDING:
            return 0.0
        table = scene.terms[rule.terms]
        (row,) = table.rows_of("right", cell)
        window = table.rows_of("out", index(table, "out")[row])
        numbers = z[index(table, "left")[window]]
        return float(window[numbers.argmax()] == row)
    number, e = z[cell], np.exp(z - z.max())
    with np.errstate(all="ignore"):
        return {
            "gate": float(number > 0),
            "tanh": np.tanh(number),
            "tanh slope": 1 - np.tanh(number) ** 2,
            "sigmoid": 1 / (1 + np.exp(-number)),
            "sigmoid slope": 1 / (1 + np.exp(-number)) * (1 - 1 / (1 + np.exp(-number))),
            "inverse": 1 / number,
            "softmax": (e / e.sum())[cell % z.size],
            "surprise": np.log(e.sum()) - (number - z.max()),
        }[rule.name]


# ---- What it looks like ----------------------------------------------------------------------------------


def test_lenet_has_a_panel_for_everything():
    scene = lenet()
    shapes = {panel.name: panel.shape for panel in scene.panels}
    assert shapes["x"] == shapes["dx"] == (1, 28, 28)
    assert shapes["conv1.padded"] == shapes["dconv1.padded"] == (1, 32, 32)
    assert shapes["conv2.weight"] == shapes["dconv2.weight"] == (16, 6, 5, 5)
    assert shapes["pool2.mask"] == (16, 10, 10) and shapes["relu1.gate"] == (6, 28, 28)
    assert shapes["p"] == (10,) and shapes["L"] == ()
    editable = {panel.name for panel in scene.panels if panel.editable}
    assert editable == {"x", *lenet5().parameters}
    places = [panel.place for panel in scene.placed]
    assert len(set(places)) == len(places) == len(scene.panels) - 1
    assert [column for row, column in sorted(places) if row == 0] == list(range(14))


def test_padding_is_marked_and_counted_from_where_x_begins():
    padded, lost = lenet().panel("conv1.padded"), lenet().panel("dconv1.padded")
    border = np.pad(np.zeros((1, 28, 28), bool), ((0, 0), (2, 2), (2, 2)), constant_values=True)
    assert padded.origin == lost.origin == (0, -2, -2)
    np.testing.assert_array_equal(padded.kinds == PADDING, border)
    np.testing.assert_array_equal(lost.kinds == CROPPED, border)


def test_repeated_tables_are_never_written_out():
    tables = lenet().terms
    assert len(tables["linear1"]) == 48_000 and tables["linear1"].out.size == 400
    assert sum(table.out.size for table in tables.values()) < 50_000
    assert sum(map(len, tables.values())) > 400_000


# ---- What is refused -------------------------------------------------------------------------------------


def small(**layers):
    """A network with these layers before its last ones."""
    return Network({**layers, "flatten": Flatten(), "linear": Linear(np.ones((3, 16)))})


X = np.ones((1, 4, 4))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"image": np.ones(16)}, r"image has shape \(16,\); 2 or 3 axes are expected"),
        (
            {"image": np.ones((1, 5, 4))},
            r"x of shape \(1, 1, 5, 4\) does not fit the network: at layer 'linear'",
        ),
        ({"image": X * np.nan}, "image holds nan; finite numbers are expected"),
        ({"label": 3}, "label is 3; 0 to 2 are expected for 3 scores"),
        ({"label": -1}, "label is -1; it must be 0 or more"),
        ({"of": ("score", 4)}, "the class is 4; 0 to 2 are expected for 3 scores"),
        ({"of": "score"}, r"of is 'score'; 'loss', \('score', k\) or \('probability', k\) is expected"),
        ({"of": ("loss", 1, 2)}, r"of is \('loss', 1, 2\); 'loss', "),
        ({"of": None}, "of is None; 'loss', "),
        ({"of": 3}, "of is 3; 'loss', "),
        ({"of": {"score": 1, "loss": 2}}, "of is .*; 'loss', "),
        ({"of": np.array(["score", "1"])}, "of is array"),
        (
            {"network": Network({"relu": Relu()})},
            r"the last layer 'relu' makes \(1, 4, 4\) of an image; a row of",
        ),
        (
            {"network": Network({"rows": Flatten()}), "image": np.ones((800, 800))},
            "layer 'rows' is too large for a page, even by one filter: 640,000 products, 5,120,000 bytes of "
            "numbers; a smaller image, or fewer filters would fit",
        ),
        (
            {"network": Network({"flatten": Flatten()}), "image": np.zeros((2300, 2300))},
            "layer 'flatten' is too large for a page, even by one filter: 5,290,000 products, 42,320,000",
        ),
        (
            {"network": small(rows=Flatten(), soft=Softmax())},
            "layer 'soft' is a Softmax; one of Conv2d, ",
        ),
    ],
)
def test_what_does_not_fit_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        network(**{"network": small(), "image": X, "label": 0, **change})


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match="network is a Flatten; a vizconv"):
        network(Flatten(), X, 0)


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ({"x": Relu()}, "a layer cannot be called 'x': that is the name of something else"),
        ({"p": Relu()}, "cannot be called 'p'"),
        ({"L": Relu()}, "cannot be called 'L'"),
        ({"t": Relu()}, "cannot be called 't'"),
        ({"chosen": Relu()}, "cannot be called 'chosen'"),
        ({"relu": Relu(), "drelu": Relu()}, "layers 'relu' and 'drelu' cannot stand beside each other: both"),
        ({"drelu": Relu(), "relu": Relu()}, "layers 'drelu' and 'relu' cannot stand"),
        ({"relu": Relu(), "relu.gate": Relu()}, "both would call something 'relu.gate'"),
        ({"dx": Relu()}, "cannot be called 'dx'"),
        ({"-1": Relu()}, "cannot be called '-1'"),
        ({"pool.mask": Relu(), "pool": MaxPool2d(1)}, "both would call something 'pool.mask'"),
    ],
)
def test_names_that_are_taken_are_refused(layers, sentence):
    with pytest.raises(ValueError, match=sentence):
        network(small(**layers), X, 0)


def test_names_with_dots_may_stand_beside_each_other():
    layers = {"0.conv": Conv2d(np.ones((1, 1, 1, 1)), np.ones(1)), "0.act": Relu(), "d": Relu(), "1": Relu()}
    scene = network(small(**layers), X, 1)
    assert scene.panel("0.conv.weight").shape == scene.panel("d0.conv.weight").shape == (1, 1, 1, 1)
    assert float(scene.panel("L").values) == pytest.approx(cross_entropy([[32.0] * 3], [1]).y)


def test_a_pooling_of_large_windows_is_too_large_for_a_page():
    network_ = Network({"wide": MaxPool2d(60, 1, 30), "flatten": Flatten()})
    scene = network(network_, np.ones((60, 60)), 0)
    assert next(panel.name for panel in scene.placed) == "wide" and "not on it: wide" in scene.notes[0]
