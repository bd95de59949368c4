"""The sums after some steps of a walk, against sums made row by row; and which cells are tied together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser import expected
from tests.engine.cases import integers, seeds, slidings
from tests.scenes.cases import chained_scene, permuted_scene
from vizconv.draw.formula import formula
from vizconv.engine import (
    conv1d,
    conv2d,
    cross_entropy,
    linear,
    max_pool2d,
    mse,
    relu,
    rot180,
    softmax,
    tanh,
)
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import (
    Panel,
    Reading,
    Scene,
    Terms,
    batch_loss,
    chain,
    convolution,
    correlation,
    input_gradient_gather,
    jacobians,
    matrix,
    max_pooling,
    owners_of,
    probabilities,
    readings,
    relu_gate,
    softmax_jacobian,
    transposed_jacobian,
)
from vizconv.scenes.walking import lit, steps_of, sums_after

X = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
K = np.array([[1, 2], [3, 4]])
PANELS = tuple(
    Panel(name, values, (0, place))
    for place, (name, values) in enumerate({"y": [11, 6], "x": [1, 2, 3], "b": 5}.items())
)
TWO_TABLES = Scene(
    PANELS,
    {"pairs": Terms([0, 0, 1], [0, 1, 2], None), "bias": Terms([0, 1], [0, 0], None)},
    (Reading("pairs", "out", "y", "x"), Reading("bias", "out", "y", "b")),
    walk="x",
)


def summed_by_rows(scene, steps):
    """Go through every row of every reading, and leave out those that the walk has not reached."""
    sums, values = {}, {panel.name: panel.values.ravel() for panel in scene.panels}
    for reading in scene.readings:
        table = scene.terms[reading.terms]
        walking = [role for role in table.roles if getattr(reading, role) == scene.walk][:1]
        total = sums.setdefault(reading.target, np.zeros(values[reading.target].size))
        for row in range(len(table)):
            if all(getattr(table, role)[row] < steps for role in walking):
                factors = [
                    sums.get(name, values[name])[getattr(table, role)[row]]
                    for role, name in reading.factors.items()
                ]
                total[getattr(table, reading.role)[row]] += np.prod(factors)
    return sums


def assert_same(sums, wanted):
    assert sums.keys() == wanted.keys()
    for name, values in sums.items():
        np.testing.assert_allclose(values.ravel(), wanted[name], rtol=1e-12, atol=1e-12)


@given(slidings(), seeds, st.data())
def test_a_gather_fills_cell_by_cell(sliding, seed, data):
    scene = correlation(correlate(*integers(seed, sliding.size, sliding.kernel), **sliding.settings))
    y = scene.panel("y").values
    steps = data.draw(st.integers(0, y.size))
    so_far = sums_after(scene, steps)["y"]
    assert steps_of(scene) == y.size and so_far.shape == y.shape and so_far.dtype == y.dtype
    assert so_far.flat[:steps].tolist() == y.flat[:steps].tolist()
    assert not so_far.flat[steps:].any()


@pytest.mark.parametrize("seed", range(8))
def test_any_table_and_any_walk(seed):
    scene = permuted_scene(np.random.default_rng(seed))
    for steps in range(steps_of(scene) + 1):
        assert_same(sums_after(scene, steps), summed_by_rows(scene, steps))


@pytest.mark.parametrize("scene", [chained_scene(X, K), TWO_TABLES])
def test_later_sums_use_the_sums_so_far(scene):
    for steps in range(steps_of(scene) + 1):
        assert_same(sums_after(scene, steps), summed_by_rows(scene, steps))
    assert_same(sums_after(scene, steps_of(scene)), {name: x.ravel() for name, x in scene.sums().items()})


def test_a_loss_grows_with_its_terms():
    y = correlate(X, K).y.ravel()
    so_far = [int(sums_after(chained_scene(X, K), steps)["L"]) for steps in range(5)]
    assert so_far == [0, *np.cumsum(y)]


def test_every_cell_of_a_factor_stamps_its_products():
    """A scatter: sums the walk takes no part in are whole from the start."""
    so_far = [sums_after(TWO_TABLES, steps)["y"].tolist() for steps in range(4)]
    assert so_far == [[5, 5], [6, 5], [8, 5], [8, 8]]


@given(slidings(), seeds)
def test_sums_of_no_negative_products_only_grow(sliding, seed):
    x, k = (np.abs(values) for values in integers(seed, sliding.size, sliding.kernel))
    scene = correlation(correlate(x, k, **sliding.settings))
    every = max(1, steps_of(scene) // 10)
    so_far = [sums_after(scene, steps)["y"] for steps in range(0, steps_of(scene) + 1, every)]
    assert (np.diff(so_far, axis=0) >= 0).all()


@pytest.mark.parametrize("steps", [-1, 5])
def test_there_are_no_steps_beyond_the_walk(steps):
    with pytest.raises(ValueError, match=f"steps is {steps}; 0 to 4 is expected"):
        sums_after(correlation(correlate(X, K)), steps)


def test_a_scene_without_a_walk_has_no_steps():
    scene = Scene(PANELS, TWO_TABLES.terms, TWO_TABLES.readings)
    assert steps_of(scene) == 0
    assert sums_after(scene, 0)["y"].tolist() == [8, 8]


@pytest.mark.parametrize("scene", [correlation(correlate(X, K, padding=1)), chained_scene(X, K), TWO_TABLES])
def test_the_cells_that_share_a_row(scene):
    wanted = expected.of_scene(scene)
    for panel in scene.panels:
        for cell, index in enumerate(wanted.values[panel.name]):
            met = lit(scene, panel.name, cell)
            met.setdefault(panel.name, {})[cell] = -1
            names = {name: [*cells] for name, cells in wanted.values.items()}
            found = {name: [names[name][each] for each in sorted(met.get(name, ()))] for name in names}
            assert found == wanted.lit(panel.name, index)


def test_up_to_nine_weights_own_a_hue():
    scene = correlation(correlate(X, K))
    assert lit(scene, "y", 3) == {
        "y": {3: 3},
        "x": {4: 0, 5: 1, 7: 2, 8: 3},
        "w": {0: 0, 1: 1, 2: 2, 3: 3},
    }


def test_each_of_many_weights_owns_a_look():
    """Up to 9 hues, 5 cuts and 4 notches tell rows, columns and channels apart."""
    for shape in (
        (3, 3),
        (2, 5),
        (5, 5),
        (7, 7),
        (4, 2, 2),
        (3, 3, 3),
        (2, 4, 4),
        (4, 5, 5),
        (25,),
    ):
        owners = owners_of(np.ones(shape))
        assert owners.shape == shape and len(np.unique(owners)) == owners.size and owners.min() >= 0
        assert owners.max() < 180
    rows = owners_of(np.ones((3, 5, 5)))
    hues, cuts, notches = rows % 9, rows // 9 % 5, rows // 45
    np.testing.assert_array_equal([hues, cuts, notches], np.indices((3, 5, 5))[::-1])
    channels = owners_of(np.ones((4, 3, 3)))
    np.testing.assert_array_equal(channels % 9, np.broadcast_to(np.arange(9).reshape(3, 3), (4, 3, 3)))
    assert (channels // 9 == np.arange(4)[:, None, None]).all()
    assert set(owners_of(np.ones((21, 3, 3))).flat) == set(owners_of(np.ones((28, 28))).flat) == {-1}


def hues(scene, panel, cell):
    """The hues of the cells that are lit with a cell, by panel, in the order of the cells."""
    return {
        name: [hue for _, hue in sorted(cells.items())] for name, cells in lit(scene, panel, cell).items()
    }


def test_a_weight_keeps_its_hue_wherever_it_is():
    record, dy = conv2d(X[None, None], K[None, None]), np.ones((1, 1, 2, 2))
    turned = input_gradient_gather(record, dy)
    assert turned.panel("rotated").owners.tolist() == [[3, 2], [1, 0]]
    assert lit(turned, "rotated", 0)["w"] == {3: 3}
    assert hues(turned, "dx", 4)["rotated"] == [3, 2, 1, 0]  # each cell the hue of its own weight
    assert hues(readings(record, dy), "dw", 2)["x"] == [2] * 4
    assert matrix(record).panel("M").owners.max(axis=0).tolist() == [0, 1, 1, 2, 3, 3, 2, 3, 3]
    row = conv1d([[[1, 2, 3]]], [[[4, 5]]])
    band = jacobians(row, [[[1, 1]]]).panel("dy/dx")
    assert band.owners.tolist() == [[0, 1, -1], [-1, 0, 1]]
    over = transposed_jacobian(row, [[[1, 1]]])
    assert over.panel("reversed").owners.tolist() == [1, 0]
    assert over.panel("transpose").owners.tolist() == [[1, 0, -1, -1], [-1, 1, 0, -1], [-1, -1, 1, 0]]
    flipped = convolution(correlate(X, rot180(K), odd="before"))
    assert flipped.panel("k").owners.tolist() == [[0, 1], [2, 3]]
    assert flipped.panel("rotated").owners.tolist() == [[3, 2], [1, 0]]


def test_classes_own_the_hues_where_there_are_no_weights():
    scene = softmax_jacobian(softmax([[1.0, 2.0, 0.5]]), [[1.0, 0.0, 2.0]])
    assert hues(scene, "dz", 1) == {"dp": [0, 1, 2], "dz": [2], "J": [0, 1, 2]}
    assert hues(scene, "L", 0)["p"] == [0, 1, 2]


def test_layers_of_neurons_share_no_hue_while_there_are_enough():
    x, layers = np.ones((1, 2)), []
    for outputs in (2, 1):
        record = linear(x, np.ones((outputs, x.shape[1])), np.zeros(outputs))
        layers.append((record, tanh(record.y)))
        x = layers[-1][1].y
    scene = chain(layers, mse(x, np.zeros((1, 1))))
    assert scene.panel("w1").owners.tolist() == scene.panel("dw1").owners.tolist() == [[0, 1], [2, 3]]
    assert scene.panel("w2").owners.tolist() == [[4, 5]]


# ---- Rules ---------------------------------------------------------------------------------------------


def test_a_rule_lights_what_it_ties():
    pooled = max_pooling(max_pool2d([[[[1, 3, 0], [3, 2, 9]]]], 2, 1), np.ones((1, 1, 1, 2)))
    assert list(lit(pooled, "mask", 0)["x"]) == [0, 1, 3, 4]
    assert list(lit(pooled, "x", 2)["mask"]) == [2, 3, 6, 7]
    batch = batch_loss(cross_entropy(np.zeros((2, 3)), [0, 1]))
    assert list(lit(batch, "p", 4)["z"]) == [3, 4, 5] and list(lit(batch, "z", 1)["right"]) == [0]
    gate = relu_gate(relu([[3.0, -1.0]]), [[1.0, 1.0]])
    assert 1 in lit(gate, "x", 1)["gate"] and 0 not in lit(gate, "x", 1)["gate"]
    copied = correlation(correlate(X, K, padding=1, border="reflect"))
    assert 12 in lit(copied, "x", 0)["x"] and 0 in lit(copied, "x", 12)["x"]


def test_what_takes_part_without_a_place_is_not_told():
    panels = (*PANELS, Panel("twice", [2, 4, 6], None), Panel("two", 2, None))
    terms = {**TWO_TABLES.terms, "scale": Terms([0, 1, 2], [0, 1, 2], [0, 0, 0])}
    scene = Scene(panels, terms, (*TWO_TABLES.steps, Reading("scale", "out", "twice", "x", "two")), walk="x")
    assert lit(scene, "x", 0) == lit(TWO_TABLES, "x", 0) and scene.told == TWO_TABLES.steps
    assert scene.edited("x", 1, 5).panel("twice").values.tolist() == [2, 10, 6]
    assert repr(scene) == repr(TWO_TABLES)


def test_a_constant_is_told_and_has_no_place():
    panels = (*PANELS, Panel("twice", [2, 4, 6], (1, 0)), Panel("two", 2, None, constant=True))
    terms = {**TWO_TABLES.terms, "scale": Terms([0, 1, 2], [0, 1, 2], [0, 0, 0])}
    scale = Reading("scale", "out", "twice", "x", "two")
    scene = Scene(panels, terms, (*TWO_TABLES.steps, scale), walk="x")
    assert scene.told == scene.steps and "two" not in [panel.name for panel in scene.placed]
    assert lit(scene, "twice", 1) == {"twice": {1: -1}, "x": {1: -1}, "two": {0: -1}}
    assert formula(scene, "twice", 1) == "twice[1] = (2)(2) = 4"
    assert scene.edited("x", 1, 5).panel("twice").values.tolist() == [2, 10, 6]
    hidden = replace(scene, panels=(*panels[:-1], Panel("two", 2, None)))
    assert hidden.told == TWO_TABLES.steps and "twice" not in lit(hidden, "x", 1)


def test_what_rules_make_stays_whole_on_the_way():
    scene = probabilities(cross_entropy([[0.0, 1.0, 2.0]], [1]), subtract=False)
    for steps in range(4):
        so_far = sums_after(scene, steps)
        assert np.isfinite(so_far["L"]) and (so_far["p"] > 0).sum() == steps
    assert_same(sums_after(scene, 3), {name: scene.panel(name).values.ravel() for name in ("p", "L")})
