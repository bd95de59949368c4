"""Softmax, its Jacobian and cross-entropy on the stage, against the engine, SciPy and finite differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from tests.engine.cases import integers, normals
from tests.scenes.checks import assert_arranged, assert_drawn, assert_edit, assert_sums, changed
from vizconv import engine, scenes
from vizconv.engine.arrays import NotANumber
from vizconv.scenes.scores.probabilities import FINITE, OVERFLOW, SHARE, UNDERFLOW, VANISHED

seeds = st.integers(0, 2**32 - 1)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


# ---- Forward: with and without the maximum -----------------------------------------------------------


@given(st.integers(1, 6), seeds, st.booleans(), st.data())
def test_scores_become_probabilities_and_a_cost(classes, seed, subtract, data):
    (z,) = normals(seed, (2, classes))
    record = engine.cross_entropy(5 * z, [0, classes - 1])
    scene = scenes.probabilities(record, 1, subtract)
    assert_sums(scene)
    assert_arranged(scene)
    expected = log_softmax(5 * z[1])
    np.testing.assert_allclose(scene.panel("p").values, np.exp(expected), **CLOSE)
    np.testing.assert_allclose(scene.panel("surprise").values, -expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scene.sums()["L"], -expected[-1], rtol=1e-9, atol=1e-12)
    assert scene.notes == ("Shown: image 1 of 2, counted from 0.", SHARE)
    assert ("top" in [panel.name for panel in scene.panels]) == subtract

    def rebuild(name, index, value):
        again = engine.cross_entropy(changed(5 * z, (1, *index), value), [0, classes - 1])
        return scenes.probabilities(again, 1, subtract)

    assert_edit(data.draw, scene, rebuild)


@pytest.mark.parametrize(
    ("z", "p", "note"),
    [
        ([1000.0, 999.0], [np.nan, np.nan], OVERFLOW),
        ([1000.0, 0.0], [np.nan, 0], OVERFLOW),
        ([-1000.0, -999.0], [np.nan, np.nan], UNDERFLOW),
        ([-715.0, -1000.0], [np.inf, np.nan], UNDERFLOW),
        ([0.0, -1000.0], [1, 0], VANISHED),
    ],
)
def test_without_the_maximum_large_scores_fail_and_say_why(z, p, note):
    record = engine.cross_entropy([z], [0])
    scene = scenes.probabilities(record, subtract=False)
    np.testing.assert_array_equal(scene.panel("p").values, p)
    np.testing.assert_array_equal(scene.sums()["p"], p)
    assert np.isnan(scene.panel("L").values) and np.isnan(scene.sums()["L"])
    assert scene.notes == (note,)
    assert_drawn(scene)
    good = scenes.probabilities(record)
    np.testing.assert_allclose(good.panel("p").values, engine.softmax([z]).y[0], **CLOSE)
    assert np.isfinite(good.sums()["L"]) and "NaN" not in good.notes[0]


def test_with_the_maximum_a_probability_of_zero_costs_a_finite_loss():
    scene = scenes.probabilities(engine.cross_entropy([[1000.0, 0.0, 0.0]], [1]))
    assert scene.panel("p").values[1] == 0 and scene.panel("L").values == 1000
    assert scene.notes == (FINITE,)


def test_a_difference_of_scores_beyond_all_numbers_still_says_why_there_is_no_loss():
    with np.errstate(over="ignore"):
        scene = scenes.probabilities(engine.cross_entropy([[1.7e308, -1.7e308]], [0]))
    assert np.isnan(scene.panel("L").values) and scene.notes == (VANISHED,)


# ---- The Jacobian --------------------------------------------------------------------------------------


@given(st.integers(1, 6), seeds, st.data())
def test_softmax_goes_back_through_its_jacobian(classes, seed, data):
    z, dp = normals(seed, (2, classes), (2, classes))
    record = engine.softmax(3 * z)
    found = engine.softmax_backward(record, dp)
    scene = scenes.softmax_jacobian(record, dp, 1)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_allclose(scene.sums()["dz"], found.dx[1], **CLOSE)
    p = scene.panel("p").values
    np.testing.assert_allclose(scene.panel("J").values, np.diag(p) - np.outer(p, p), **CLOSE)
    np.testing.assert_allclose(scene.panel("rows").values, 0, **CLOSE)

    def rebuild(name, index, value):
        arrays = {"z": 3 * z, "dp": dp}
        arrays[name] = changed(arrays[name], (1, *index), value)
        return scenes.softmax_jacobian(engine.softmax(arrays["z"]), arrays["dp"], 1)

    assert_edit(data.draw, scene, rebuild)


@given(st.integers(1, 6), seeds)
def test_a_column_of_the_jacobian_is_what_a_nudge_of_one_score_does(classes, seed):
    (z,) = normals(seed, (1, classes))
    shown = scenes.softmax_jacobian(engine.softmax(z), z)
    for j in range(classes):
        nudge = 1e-6 * (np.arange(classes) == j)
        slope = (engine.softmax(z + nudge).y - engine.softmax(z - nudge).y)[0] / 2e-6
        np.testing.assert_allclose(shown.panel("J").values[:, j], slope, atol=1e-8)


def test_too_many_classes_for_a_jacobian_are_refused():
    record = engine.softmax(np.zeros((1, 41)))
    with pytest.raises(ValueError, match="there are 41 classes; a stage shows a Jacobian of at most 40"):
        scenes.softmax_jacobian(record, record.y)


# ---- Two ways to one gradient --------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(1, 3), seeds, st.data())
def test_the_short_and_the_long_way_give_the_same_gradient(classes, images, seed, data):
    (z,), (labels,) = normals(seed, (images, classes)), integers(seed, (images,), low=0, high=classes - 1)
    record = engine.cross_entropy(z, labels)
    found = engine.cross_entropy_backward(record)
    scene = scenes.cross_entropy(record, image=images - 1)
    assert_sums(scene)
    assert_arranged(scene)
    for name in ("short", "dz"):
        np.testing.assert_allclose(scene.sums()[name], found.dx[-1], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scene.sums()["L"], record.losses[-1], **CLOSE)
    assert scene.panel("y").values.sum() == 1 and scene.panel("y").values[labels[-1]] == 1
    assert ("share" in [panel.name for panel in scene.panels]) == (images > 1)

    def rebuild(name, index, value):
        again = engine.cross_entropy(changed(z, (images - 1, *index), value), labels)
        return scenes.cross_entropy(again, image=images - 1)

    assert_edit(data.draw, scene, rebuild)


def test_a_gradient_that_arrives_is_passed_on():
    record = engine.cross_entropy([[1.0, 2.0, 0.5]], [1])
    scene = scenes.cross_entropy(record, 3.0)
    assert_sums(scene)
    assert scene.panel("share").label == "dy" and scene.panel("share").values == 3
    assert scene.panel("short").label == "dy · (p − y)"
    assert_drawn(scene)


def test_a_probability_of_zero_shows_why_the_short_way_is_taken():
    record = engine.cross_entropy([[0.0, 2000.0]], [0])
    found = engine.cross_entropy_backward(record)
    scene = scenes.cross_entropy(record)
    assert "A probability has become 0" in scene.notes[-1]
    assert not np.isfinite(scene.panel("dz").values).all()
    np.testing.assert_array_equal(scene.sums()["short"], found.dx[0])
    assert scene.sums()["L"] == 2000
    assert_drawn(scene)


# ---- A batch -------------------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(1, 5), seeds, st.booleans(), st.data())
def test_a_batch_has_a_mean_loss_with_a_gradient_and_an_accuracy(images, classes, seed, divided, data):
    (z,), (labels,) = normals(seed, (images, classes)), integers(seed, (images,), low=0, high=classes - 1)
    record = engine.cross_entropy(z, labels)
    found = engine.cross_entropy_backward(record)
    scene = scenes.batch_loss(record, divided)
    assert_sums(scene)
    assert_arranged(scene)
    factor = 1 if divided else images
    np.testing.assert_allclose(scene.sums()["dz"], found.dx * factor, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scene.sums()["L"], record.y, **CLOSE)
    assert scene.sums()["accuracy"] == pytest.approx((z.argmax(axis=1) == labels).mean())
    told = "dz = (p − y) / N is" if divided else "dz is p − y here, without the 1/N"
    assert scene.notes[1].startswith(told)
    np.testing.assert_array_equal(scene.panel("right").values[:, 0], z.argmax(axis=1) == labels)

    def rebuild(name, index, value):
        return scenes.batch_loss(engine.cross_entropy(changed(z, index, value), labels), divided)

    assert_edit(data.draw, scene, rebuild)


def test_too_large_a_batch_is_refused():
    record = engine.cross_entropy(np.zeros((21, 2)), [0] * 21)
    with pytest.raises(ValueError, match="z is 21×2; a stage shows at most 20×12"):
        scenes.batch_loss(record)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_scores_without_a_finite_maximum_are_refused(value):
    record = engine.cross_entropy([[1.0, 2.0], [0.0, 3.0]], [0, 1])
    with pytest.raises(NotANumber, match="the largest score in row 1 of x is"):
        scenes.batch_loss(record).edited("z", 2, value)
