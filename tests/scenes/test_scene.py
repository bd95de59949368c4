"""Scenes as numbers: sums, edits, marks, and the sentences that refuse what does not hold together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, normals, seeds, slidings
from tests.scenes.cases import LABELS, chained_scene, noisy_scene, permuted_scene
from vizconv.engine import cross_correlate
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import (
    CROPPED,
    NEVER_READ,
    PADDING,
    Panel,
    Reading,
    Scene,
    Terms,
    correlation,
    put,
)

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
ONES = Terms([0], [0], None)
TERMS = Terms([0, 0, 1], [0, 1, 2], [1, 0, 1])
PANELS = (Panel("y", [5, 12], (0, 2)), Panel("x", [1, 2, 4], (0, 0)), Panel("w", [1, 3], (0, 1)))
FORWARD = Reading("t", "out", "y", "x", "w")


def small_scene(**changes):
    """A scene of two sums, some of it changed."""
    return Scene(**{"panels": PANELS, "terms": {"t": TERMS}, "steps": (FORWARD,), **changes})


@given(slidings(), seeds)
def test_the_sums_of_a_correlation_are_its_y(sliding, seed):
    x, k = integers(seed, sliding.size, sliding.kernel)
    scene = correlation(correlate(x, k, **sliding.settings))
    np.testing.assert_array_equal(scene.sums()["y"], cross_correlate(x, k, **sliding.settings))
    np.testing.assert_array_equal(scene.panel("y").values, scene.sums()["y"])
    assert list(scene.sums()) == ["y"] and scene.walk == "y"


@given(slidings(), seeds, st.data())
def test_an_edit_makes_the_sums_of_the_edited_arrays(sliding, seed, data):
    x, k = integers(seed, sliding.size, sliding.kernel)
    scene = correlation(correlate(x, k, **sliding.settings))
    cell = tuple(data.draw(st.integers(0, length - 1)) for length in x.shape)
    (top, _), (left, _) = sliding.sides
    flat = (cell[0] + top) * scene.panel("x").shape[1] + cell[1] + left
    value = data.draw(st.integers(-9, 9) | st.floats(-9, 9))
    x = x.astype(type(value))
    x[cell] = value
    y = cross_correlate(x, k, **sliding.settings)
    np.testing.assert_allclose(scene.edited("x", flat, value).panel("y").values, y, atol=1e-12)
    k = k.astype(np.float64)
    k[0, -1] = 0.5
    edited = scene.edited("x", flat, value).edited("w", k.shape[1] - 1, 0.5)
    np.testing.assert_allclose(
        edited.panel("y").values, cross_correlate(x, k, **sliding.settings), atol=1e-12
    )


def test_an_edit_leaves_the_old_scene_as_it_was():
    scene = correlation(correlate(X, K))
    edited = scene.edited("w", 0, 60)
    assert scene.panel("w").values[0, 0] == 6 and scene.panel("y").values[0, 0] == -37
    assert edited.panel("w").values[0, 0] == 60 and edited.panel("y").values[0, 0] == -37 + 54
    assert edited.panel("y").values.dtype == np.int64
    assert edited.terms is scene.terms and edited.panel("x") is scene.panel("x")


@pytest.mark.parametrize(
    ("values", "value"),
    [([1, 2], 2.5), ([1, 2], 1e300), ([1, 2], 2.0**40), ([1.0, 2.0], -3), ([True, False], -3)],
)
def test_an_edit_holds_the_very_number(values, value):
    scene = small_scene(panels=(Panel("y", [0, 0], (0, 2)), PANELS[1], Panel("w", values, (0, 1))))
    assert scene.edited("w", 1, value).panel("w").values.tolist() == [values[0], value]
    assert scene.edited("w", 1, value).panel("y").values.tolist() == [value + 2 * values[0], 4 * value]


def test_small_unsigned_numbers_do_not_wrap():
    pixels = np.array([250, 3], np.uint8)
    scene = small_scene(panels=(PANELS[0], PANELS[1], Panel("w", pixels, (0, 1))))
    assert scene.sums()["y"].tolist() == [3 + 500, 12]
    assert scene.edited("w", 0, -300).panel("w").values.tolist() == [-300, 3]


def test_float32_holds_a_large_edit():
    scene = small_scene(panels=(PANELS[0], PANELS[1], Panel("w", np.float32([1, 2]), (0, 1))))
    assert scene.edited("w", 0, 1e300).panel("w").values.tolist() == [1e300, 2]


def test_put_copies():
    whole = np.arange(4).reshape(2, 2)
    assert put(whole, 3, 9).tolist() == [[0, 1], [2, 9]] and whole[1, 1] == 3
    assert put(whole, 3, 9.0).dtype == np.int64 and put(whole, 3, 9.5).dtype == np.float64


def test_several_readings_of_one_panel_add_up():
    """As the channels of a layer do, or a product and a bias."""
    panels = (*PANELS, Panel("b", 100, (1, 1)))
    bias = Terms([0, 1], [0, 0], None)
    scene = small_scene(
        panels=panels, terms={"t": TERMS, "one": bias}, steps=(FORWARD, Reading("one", "out", "y", "b"))
    )
    assert scene.sums()["y"].tolist() == [105, 112]
    assert scene.edited("b", 0, 7).panel("y").values.tolist() == [12, 19]


def test_a_sum_may_be_made_of_sums():
    """L = Σ dy ⊙ y over a y that is itself a sum: one edit reaches them both."""
    scene = chained_scene(X, K)
    assert scene.sums()["L"] == correlate(X, K).y.sum() == scene.panel("L").values
    x = X.copy()
    x[1, 1] = 100
    assert scene.edited("x", 5, 100).panel("L").values == correlate(x, K).y.sum()
    assert scene.edited("dy", 0, 3).panel("L").values == correlate(X, K).y.sum() - 2 * 37


@pytest.mark.parametrize("seed", range(20))
def test_a_random_table_with_nonsense_labels_sums_in_every_panel(seed):
    scene = permuted_scene(np.random.default_rng(seed))
    assert {panel.label for panel in scene.panels} <= set(LABELS)
    table, values = scene.terms["t"], {panel.name: panel.values.ravel() for panel in scene.panels}
    expected = {name: np.zeros(values[name].size) for name in ("y", "dx", "dw")}
    for out, left, right in zip(table.out, table.left, table.right, strict=True):
        expected["y"][out] += values["x"][left] * values["w"][right]
        expected["dx"][left] += values["dy"][out] * values["w"][right]
        expected["dw"][right] += values["dy"][out] * values["x"][left]
    for name, sums in scene.sums().items():
        np.testing.assert_allclose(sums.ravel(), expected.pop(name), rtol=1e-12, atol=1e-12)
    assert expected == {}


# ---- What a correlation's scene says of its cells ----------------------------------------------------


@given(slidings(), seeds)
def test_padding_and_cells_that_no_window_reads_are_marked(sliding, seed):
    x, k = integers(seed, sliding.size, sliding.kernel)
    scene = correlation(correlate(x, k, **sliding.settings))
    panel, (rows, columns) = scene.panel("x"), scene.panel("y").shape
    (top, _), (left, _) = sliding.sides
    read = {
        (i * sliding.stride[0] + u * sliding.dilation[0], j * sliding.stride[1] + v * sliding.dilation[1])
        for i, j in np.ndindex(rows, columns)
        for u, v in np.ndindex(*k.shape)
    }
    for p, q in np.ndindex(panel.shape):
        inside = 0 <= p - top < x.shape[0] and 0 <= q - left < x.shape[1]
        kind = (0 if inside else PADDING) + (0 if (p, q) in read else NEVER_READ)
        assert panel.kinds[p, q] == kind
        if inside:
            assert panel.values[p, q] == x[p - top, q - left]
    assert panel.origin == (-top, -left)
    assert not scene.panel("w").kinds.any() and not scene.panel("y").kinds.any()


def test_the_worked_example():
    scene = correlation(correlate(X, K), notes=["A note."], code="lines")
    assert scene.panel("y").values.tolist() == [[-37, -75, -112], [70, 34, 43], [-19, -15, 7]]
    assert repr(scene) == "Scene(x 4×4, w 2×2, y 3×3)"
    assert [panel.editable for panel in scene.panels] == [True, True, False]
    assert [panel.sign for panel in scene.panels] == ["", "⋆", "="]
    assert scene.notes == ("A note.",) and scene.code == "lines"


# ---- What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"panels": (*PANELS, PANELS[0])}, r"named \['y', 'x', 'w', 'y'\]; every name may occur once"),
        ({"walk": "z"}, r"walk is 'z'; one of \['y', 'x', 'w'\] is expected"),
        ({"terms": {}}, "names no table or role"),
        ({"steps": (Reading("t", "middle", "y", "x", "w"),)}, "names no table or role"),
        (
            {"terms": {"t": Terms([0], [0], None)}, "steps": (Reading("t", "right", "y", "x"),)},
            "no table or",
        ),
        ({"steps": (Reading("t", "out", "z", "x", "w"),)}, "names the panel 'z'; one of"),
        ({"steps": (Reading("t", "out", "y", "x"),)}, "names the panel None; one of"),
        (
            {"steps": (Reading("t", "out", "y", "w", "w"),)},
            "left of the terms 't' points at cell 2; w has 2",
        ),
        ({"terms": {"t": Terms([2], [0], [0])}}, "out of the terms 't' points at cell 2; y has 2"),
        ({"pointed": ("y", 2)}, r"pointed is \('y', 2\); a panel and one of its cells are expected"),
        ({"pointed": ("z", 0)}, r"pointed is \('z', 0\)"),
    ],
)
def test_a_scene_that_does_not_hold_together_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        small_scene(**changes)


@pytest.mark.parametrize(
    ("changes", "kind", "sentence"),
    [
        ({"values": "words"}, TypeError, "panel 'x' holds .*; real numbers are expected"),
        ({"values": [1j]}, TypeError, "panel 'x' holds complex128"),
        ({"values": []}, ValueError, r"panel 'x' has shape \(0,\)"),
        ({"values": [[1], [2, 3]]}, ValueError, "panel 'x' has rows of different lengths"),
        ({"values": np.ones((1, 1, 1, 1, 1))}, ValueError, r"panel 'x' has shape \(1, 1, 1, 1, 1\)"),
        ({"kinds": np.zeros(3)}, ValueError, r"panel 'x' has kinds of shape \(3,\) for values of \(2, 2\)"),
        ({"origin": (1,)}, ValueError, r"panel 'x' has the origin \(1,\) for values of \(2, 2\)"),
        ({"names": (("a",), ())}, ValueError, r"panel 'x' has the names .* for values of \(2, 2\)"),
        ({"names": (("a", "b"),)}, ValueError, r"panel 'x' has the names .* for values of \(2, 2\)"),
        ({"constant": True, "values": 2}, ValueError, "panel 'x' is a constant; one number without a place"),
        ({"constant": True, "place": None}, ValueError, "panel 'x' is a constant; one number"),
        (
            {"constant": True, "values": 2, "place": None, "editable": True},
            ValueError,
            "panel 'x' is a constant",
        ),
    ],
)
def test_a_panel_that_does_not_hold_together_is_refused(changes, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Panel(**{"name": "x", "values": np.ones((2, 2)), "place": (0, 0), **changes})


def test_a_panel_keeps_its_own_numbers():
    given = np.ones((2, 2))
    panel = Panel("x", given, (0, 0), kinds=[[0, CROPPED], [0, 0]])
    given[0, 0] = 9
    assert panel.values[0, 0] == 1 and panel.kinds.tolist() == [[0, 4], [0, 0]]
    with pytest.raises(ValueError, match="read-only"):
        panel.values[0, 0] = 3
    assert panel.label == "x" and panel.origin == (0, 0) and repr(panel) == "x 2×2"
    assert repr(Panel("L", 3.5, (0, 0))) == "L 1"


def test_an_unknown_panel_is_a_key_error():
    with pytest.raises(KeyError):
        small_scene().panel("z")


# ---- What is but rounding noise ----------------------------------------------------------------------


def test_rounding_noise_reads_0_and_stays_what_it_is():
    scene = noisy_scene()
    y = scene.panel("y").values
    assert 0 < y[0] < 1e-16 and y[1] == 0.5
    assert scene.seen("y").tolist() == [0, 0.5] and scene.seen("L").tolist() == [0]
    assert scene.panel("L").values[0] == y[0]
    assert scene.without_noise("y", np.array([7.0, 8.0])).tolist() == [0, 8]
    assert scene.seen("x") is scene.panel("x").values


def test_a_small_number_that_is_none_of_rounding_stays():
    tiny = noisy_scene().edited("x", 0, 1e-15).edited("x", 1, 0).edited("x", 2, 0)
    assert tiny.seen("y")[0] == 1e-15  # there is nothing larger that it could be left from
    whole = noisy_scene().edited("x", 0, 1e15).edited("x", 1, 1).edited("x", 2, -1e15)
    assert whole.seen("y")[0] == 1
    large = noisy_scene().edited("x", 0, 1.7e308).edited("x", 1, 1.7e308).edited("x", 2, -1.7e308)
    assert np.isinf(large.seen("y")[0])


@given(slidings(), seeds)
def test_no_sum_of_random_numbers_is_noise(sliding, seed):
    scene = correlation(correlate(*normals(seed, sliding.size, sliding.kernel), **sliding.settings))
    np.testing.assert_array_equal(scene.seen("y"), scene.panel("y").values)


@pytest.mark.parametrize(
    ("subscript", "title"), [("", "w(1)"), ("0", "w₀(1)"), ("17", "w₁₇(1)"), ("prev", "w_prev(1)")]
)
def test_a_title_is_written_in_a_line(subscript, title):
    assert Panel("w", 0, (0, 0), subscript=subscript, superscript="(1)").title == title
