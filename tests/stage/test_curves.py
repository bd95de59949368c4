"""Curves: what travels to the page, what is refused, and the pure half of the module that draws them."""

import base64

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
    path = in_node(node, "return page.pathOf(given, (x) => 10 * x, (y) => -y);", given, "curves.js")
    assert path == "M0.00,0.00h0L10.00,-1.00M40.00,-4.00h0"


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
