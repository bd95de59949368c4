"""Curves: what travels to the page, what is refused, and the pure half of the module that draws them."""

import base64
import json

import numpy as np
import pytest
import traitlets

from tests.javascript import in_node
from vizconv.stage import Curves

LINE = {"name": "C", "x": np.arange(3), "y": [1.5, np.nan, -np.inf]}


def test_numbers_travel_as_plain_floats_and_gaps_as_none():
    curves = Curves([LINE, {"x": (), "y": (), "dashed": 1}], [{"x": 1, "y": np.float32(2), "name": "here"}])
    assert curves.lines == [
        {"name": "C", "x": [0.0, 1.0, 2.0], "y": [1.5, None, None], "dashed": False},
        {"name": "", "x": [], "y": [], "dashed": True},
    ]
    assert curves.points == [{"name": "here", "x": 1.0, "y": 2.0}]
    assert {type(value) for value in curves.lines[0]["x"]} == {float}
    assert repr(curves) == "Curves(C, a line)"


def test_it_has_a_still():
    curves = Curves([LINE], [{"x": np.nan, "y": 1}], "w", "C", x_range=(0, 2), y_range=(-1, 3))
    data, _ = curves._repr_mimebundle_()
    still = base64.b64decode(data["image/png"])
    assert still.startswith(b"\x89PNG") and len(still) < 60_000
    assert data["text/plain"] == "Curves(C)"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lines", [{"x": [1, 2], "y": [1]}]),
        ("lines", [{"x": [[1]], "y": [[1]]}]),
        ("lines", [{"x": [1], "y": [1]}] * 11),
        ("lines", 3),
        ("x_range", [1, 1]),
        ("x_range", [0, np.nan]),
        ("y_range", [0]),
    ],
)
def test_what_is_no_chart_is_refused_and_the_old_one_stays(name, value):
    curves = Curves([LINE], x_range=(0, 1), y_range=(0, 1))
    before = getattr(curves, name)
    with pytest.raises(traitlets.TraitError):
        setattr(curves, name, value)
    assert getattr(curves, name) == before


def test_the_range_holds_all_finite_numbers(node):
    given = [[1, 5, None], [2, 2], [0, 0], [], [None], [-3e200, 3e200]]
    ranges = in_node(node, "return given.map(page.rangeOf);", given, "curves.js")
    np.testing.assert_allclose(ranges[0], [0.84, 5.16])
    assert ranges[1:5] == [[1, 3], [-1, 1], [0, 1], [0, 1]]
    assert ranges[5][0] < -3e200 and ranges[5][1] > 3e200


def test_ticks_are_round_numbers_within_the_range(node):
    generator = np.random.default_rng(0)
    middles = generator.standard_normal(200) * 10.0 ** generator.integers(-6, 6, 200)
    widths = 10.0 ** generator.uniform(-3, 3, 200) * np.maximum(np.abs(middles), 1e-6)
    given = [[middle - width, middle + width] for middle, width in zip(middles, widths, strict=True)]
    for (least, most), ticks in zip(
        given, in_node(node, "return given.map(page.ticksOf);", given, "curves.js"), strict=True
    ):
        room = 1e-6 * (most - least)
        assert 2 <= len(ticks) <= 7
        assert least - room <= ticks[0] and ticks[-1] <= most + room
        mantissa = f"{ticks[1] - ticks[0]:.3e}"[:5]
        assert mantissa in ("1.000", "2.000", "5.000")


def test_ticks_are_written_as_people_write_them(node):
    given = [0, -2, 0.30000000000000004, 1500, 100000, -0.0005, 1.5e-7]
    written = in_node(node, "return given.map(page.formatTick);", given, "numbers.js")
    assert written == ["0", "−2", "0.3", "1500", "1e5", "−5e−4", "1.5e−7"]


def test_a_path_has_a_new_piece_after_every_gap(node):
    given = {"x": [0, 1, 2, None, 4], "y": [0, 1, None, 3, 4]}
    body = "return page.pathOf(given, (x) => 10 * x, (y) => -y, {left: 0, right: 50, top: -9, bottom: 9});"
    path = in_node(node, body, given, "curves.js")
    assert path == "M0.00,0.00h0L10.00,-1.00M40.00,-4.00h0"


def test_a_line_is_cut_off_where_it_leaves_the_chart_and_never_bent(node):
    """Seen in lesson 05: both ends of a steep tangent were moved into the chart, each for itself."""
    generator = np.random.default_rng(0)
    middles, slopes = generator.uniform(0, 100, (300, 2)), 10.0 ** generator.uniform(-3, 6, 300)
    steps = np.stack([np.ones(300), slopes * generator.choice([-1, 1], 300)], axis=1)
    given = np.stack([middles - steps, middles + steps], axis=1).tolist()
    body = "return given.map((ends) => page.clipped(...ends, {left: 0, right: 100, top: 0, bottom: 100}));"
    for middle, step, ends in zip(middles, steps, in_node(node, body, given, "curves.js"), strict=True):
        ends = np.array(ends)
        assert (ends > -1e-6).all() and (ends < 100 + 1e-6).all()
        across = np.cross(np.column_stack([ends - middle, [0, 0]]), [*step / np.hypot(*step), 0])
        np.testing.assert_allclose(across, 0, atol=1e-3)  # pixels beside the line
    outside = "return page.clipped(given[0], given[1], {left: 0, right: 9, top: 0, bottom: 9});"
    assert in_node(node, outside, [[-5, 1], [1, 40]], "curves.js") is None
    assert in_node(node, outside, [[10, -5], [10, 5]], "curves.js") is None


def test_words_stand_where_no_line_and_no_other_words_are(node):
    body = """const taken = [];
    const chart = {width: 270, height: 200};
    return given.points.map((point) => {
        const words = page.placeWords(point, 60, given.lines, taken, chart);
        taken.push(words);
        return words;
    });"""
    rising = [[x, 200 - x] for x in range(0, 201, 5)]
    points = [{"x": 100, "y": 100}, {"x": 100, "y": 96}, {"x": 0, "y": 0}, {"x": 270, "y": 200}]
    words = in_node(node, body, {"lines": [rising], "points": points}, "curves.js")
    boxes = [(each["x"], each["y"] - 11, each["x"] + 60, each["y"] + 3) for each in words]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0 and top >= 0 and right <= 270 and bottom <= 200
        assert not any(left < x < right and top < y < bottom for x, y in rising)
        for other in boxes[:number]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.parametrize(
    "given",
    [
        {"lines": [{"x": ["a", "b"], "y": [1, 2]}]},
        {"lines": [{"x": [1, 2], "y": [[1], [2, 3]]}]},
        {"lines": [{"x": [1, 2], "y": {"a": 1}}]},
        {"points": [{"x": "left", "y": 1}]},
        {"points": [{"x": [1, 2], "y": 1}]},
    ],
)
def test_what_is_no_number_is_a_trait_error(given):
    with pytest.raises(traitlets.TraitError, match="expected"):
        Curves(**given)


def test_a_dollar_sign_begins_no_formula():
    assert Curves([{"name": "$$", "x": [1, 2], "y": [1, 2]}], x_label="$$", y_label="$\\nowhere$").still()


def test_a_handle_goes_to_the_nearest_step_within_its_ends(node):
    ends = {"least": -2, "most": 2, "step": 0.125}
    given = [
        [0.3, ends],
        [9, ends],
        [-9, ends],
        [1.0000001, ends],
        [7.6, {"least": 0, "most": 20, "step": 1}],
    ]
    body = "return given.map(([value, drag]) => page.nearest(value, drag));"
    assert in_node(node, body, given, "handle.js") == [0.25, 2, -2, 1, 8]


def test_a_dragged_point_stays_on_its_line(node):
    lines = [{"x": [0, 1, 2], "y": [0, 10, None]}, {"x": [1, 3], "y": [5, 7]}]
    body = f"return given.map((x) => page.heightAt({json.dumps(lines)}, x) ?? null);"
    assert in_node(node, body, [0, 0.5, 1.5, 3, 4, -1], "handle.js") == [0, 5, 5.5, 7, None, None]
