"""The sums after some steps of a walk, against sums made row by row; and which cells are tied together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser import expected
from tests.engine.cases import integers, seeds, slidings
from tests.scenes.cases import chained_scene, permuted_scene
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import Panel, Reading, Scene, Terms, correlation
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


def test_up_to_nine_right_factors_own_a_hue():
    scene = correlation(correlate(X, K))
    assert lit(scene, "y", 3) == {
        "y": {3: 3},
        "x": {4: 0, 5: 1, 7: 2, 8: 3},
        "w": {0: 0, 1: 1, 2: 2, 3: 3},
    }
    many = correlation(correlate(np.ones((4, 4)), np.ones((2, 5)), padding=2))
    assert {hue for cells in lit(many, "y", 0).values() for hue in cells.values()} == {-1}
