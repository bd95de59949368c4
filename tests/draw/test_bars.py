"""Bars: what stands on them, taken from the figures themselves."""

import pytest
from matplotlib.colors import to_hex

from vizconv.draw import bars, durations
from vizconv.draw.bars import duration
from vizconv.draw.figures import ORANGE, as_png


def test_bars_hold_their_numbers_from_zero_on():
    figure = bars({"conv1": 0.18674, "conv2": 0.5, "linear": 0}, "how far")
    assert as_png(figure).startswith(b"\x89PNG")
    (axes,) = figure.axes
    assert axes.get_xscale() == "linear" and axes.get_xlim()[0] == 0 and axes.get_title("left") == "how far"
    assert [bar.get_width() for bar in axes.patches] == [0.18674, 0.5, 0]
    assert [to_hex(bar.get_facecolor()) == ORANGE for bar in axes.patches] == [False, True, False]
    assert [text.get_text() for text in axes.texts] == ["0.187", "0.5", "0"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["conv1", "conv2", "linear"]


def test_bars_of_nothing_but_zeros():
    assert bars({"a": 0, "b": 0}).axes[0].get_xlim() == (0, 1)


@pytest.mark.parametrize("values", [{}, {"a": 1, "b": -1}, {"a": float("inf")}, {"a": float("nan")}])
def test_what_is_no_length_of_a_bar_is_refused(values):
    with pytest.raises(ValueError, match="finite numbers from 0 on, by name, are expected"):
        bars(values)


def test_bars_hold_their_seconds_on_a_logarithmic_axis_from_the_top():
    figure = durations({"loops": 262.0, "product": 0.07, "columns": 0.57}, "50,000 images")
    assert as_png(figure).startswith(b"\x89PNG")
    (axes,) = figure.axes
    assert axes.get_xscale() == "log" and axes.yaxis_inverted() and axes.get_title("left") == "50,000 images"
    assert [bar.get_width() for bar in axes.patches] == [262.0, 0.07, 0.57]
    assert [to_hex(bar.get_facecolor()) == ORANGE for bar in axes.patches] == [False, True, False]
    assert [text.get_text() for text in axes.texts] == ["4.4 min", "70 ms", "570 ms"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["loops", "product", "columns"]


def test_a_title_does_not_change_the_size_of_the_picture():
    """Its text output must not depend on what was measured."""
    assert repr(durations({"a": 1e-6, "b": 1e5})) == repr(durations({"a": 1.0, "b": 2.0}))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4763.0, "1.3 h"),
        (60.0, "1 min"),
        (59.9, "60 s"),
        (1.0, "1 s"),
        (0.0123, "12 ms"),
        (4e-5, "40 µs"),
        (3e-8, "0.03 µs"),
    ],
)
def test_a_duration_in_words(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("seconds", [{}, {"a": 0.0}, {"a": 1.0, "b": -1.0}, {"a": float("nan")}])
def test_what_is_no_duration_is_refused(seconds):
    with pytest.raises(ValueError, match="positive numbers by name are expected"):
        durations(seconds)
