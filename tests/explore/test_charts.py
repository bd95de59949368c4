"""What charts are made of: tangents touch, curves surround their point, large numbers are not drawn."""

import numpy as np
import pytest

from tests.front_end import send
from vizconv import explore
from vizconv.explore.charts import around, curves, may_be_drawn, point, tangent


@pytest.mark.parametrize("value", [-3.0, 0.0, 5.0, 5.5, -1e6])
def test_a_curve_surrounds_its_value(value):
    x = around(value, 5.0, 11)
    assert len(x) == 11 and x[0] <= value <= x[-1] and np.ptp(x) == 10
    assert (x[0] == -5) == (abs(value) <= 5)


def test_a_tangent_goes_through_its_point_with_its_slope():
    line = tangent(1.0, 3.0, -0.5, 2.0)
    assert line["x"].tolist() == [-1, 3] and line["y"].tolist() == [4, 2] and line["dashed"]
    assert line["name"] == "tangent, slope −0.5"


def test_a_chart_has_room_above_and_below():
    marked = point(0.5, 1.25, "C")
    assert marked == {"x": 0.5, "y": 1.25, "name": "C = 1.25"}
    traits = curves([], [marked], "w", np.array([-1, 0, 2]), 2.0)
    assert traits["x_range"] == [-1, 2] and traits["y_range"] == [-0.1, 2.1] and traits["points"] == [marked]


@pytest.mark.parametrize(("value", "drawn"), [(1e6, True), (-2e6, False), (np.nan, False), (np.inf, False)])
def test_what_is_too_large_is_not_drawn(value, drawn):
    assert may_be_drawn(np.array([0.0, value])) == drawn


DRAGGED = {  # explorers with a point to drag, where to, and the number that it stands for
    "softmax": (lambda: explore.softmax([1, -2, 0.5]), 2.5, lambda settings: settings.scores.values[1], 2.5),
    "loss": (lambda: explore.softmax([1, 2], 0, view="p − y"), -99, lambda s: s.scores.values[0], -8),
    "batch": (explore.batch_loss, 1.254, lambda settings: settings.score, 1.25),
    "hidden kernel": (explore.hidden_kernel, 7.4, lambda settings: settings.steps, 7),
    "descent that ends": (
        lambda: explore.hidden_kernel(rate=1.0),
        150,
        lambda s: s.steps == s.descent.last,
        1,
    ),
}


@pytest.mark.parametrize("name", DRAGGED)
def test_a_point_is_where_it_was_dragged_and_the_controls_say_so(name):
    make, x, number, wanted = DRAGGED[name]
    explorer = make()
    chart = explorer.beside.widget
    assert chart.drag["least"] <= chart.points[0]["x"] <= chart.drag["most"]
    send(chart, dragged={"x": x, "serial": 1})
    assert number(explorer.settings) == pytest.approx(wanted, abs=1e-9)
    part = explorer.beside.dragged(explorer.settings)
    assert explorer.controls[part].value == pytest.approx(chart.points[0]["x"])


def test_a_chart_whose_point_stands_for_nothing_cannot_be_dragged():
    assert explore.parameters().beside.widget.drag == {}
