"""Maps compared: what rounds apart is alike, what is not finite is left out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vizconv.explore.sliding.comparing import comparable, differ, incomparable

INF, NAN = np.inf, np.nan


@given(st.floats(1e-200, 1e200), st.integers(0, 3))
def test_rounding_is_no_difference_and_a_millionth_is_one(scale, cell):
    one = scale * np.array([1.0, -2.0, 0.5, 0.0])
    other = one.copy()
    other[cell] += 1e-15 * scale
    assert not differ(one, other).any()
    other[cell] += 1e-6 * scale
    assert differ(one, other).tolist() == [each == cell for each in range(4)]


def test_infinities_neither_differ_nor_hide_what_does():
    one, other = np.array([INF, INF, 1.0, NAN, 2.0]), np.array([INF, -INF, 1.5, NAN, 2.0])
    assert comparable(one, other).tolist() == [False, False, True, False, True]
    assert differ(one, other).tolist() == [False, False, True, False, False]
    assert differ(np.array([1.7e308]), np.array([-1.7e308])).all()
    assert not differ(np.zeros(2), np.zeros(2)).any() and not differ(np.full(2, NAN), np.ones(2)).any()


def test_what_is_left_out_is_said():
    assert incomparable(0) == ""
    assert incomparable(3) == " Left out: 3 with ∞ or NaN, which cannot be compared."
