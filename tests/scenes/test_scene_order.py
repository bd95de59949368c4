"""Steps go in order: an edit flows through sums of sums."""

import numpy as np
import pytest

from vizconv.scenes import Panel, Reading, Scene, Terms

ONE, TWICE = Terms([0], [0], None), Terms([0], [0], [0])
PANELS = tuple(
    Panel(name, value, (0, place))
    for place, (name, value) in enumerate(zip("abcd", (2, 4, 7, 28), strict=True))
)
B = Reading("square", "out", "b", "a", "a")
C = Reading("one", "out", "c", "b"), Reading("one", "out", "c", "k")
D = Reading("square", "out", "d", "b", "c")


def chain(readings=(B, *C, D), **settings):
    """b = a², c = b + k, d = b · c."""
    panels = (*PANELS, Panel("k", 3, (1, 0)))
    return Scene(panels, {"one": ONE, "square": TWICE}, readings, **settings)


def test_an_edit_flows_through_sums_of_sums():
    assert {name: int(value) for name, value in chain().sums().items()} == {"b": 4, "c": 7, "d": 28}
    edited = chain().edited("a", 0, -3)
    assert [int(panel.values) for panel in edited.panels] == [-3, 9, 12, 108, 3]
    assert edited.edited("k", 0, 1).panel("d").values == 90


@pytest.mark.parametrize(
    "readings", [(*C, B, D), (B, D, *C), (B, C[0], D, C[1]), (Reading("one", "out", "a", "a"),)]
)
def test_no_reading_uses_a_sum_before_it_is_whole(readings):
    with pytest.raises(ValueError, match="before all their terms are summed; steps go in order"):
        chain(readings)


def test_the_sums_leave_the_panels_as_they_are():
    scene = chain()
    scene.edited("a", 0, 5)
    assert np.array_equal([panel.values for panel in scene.panels], [2, 4, 7, 28, 3])
