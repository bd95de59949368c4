"""What explorers begin with."""

import numpy as np

from vizconv.examples.matrices import nonzero


def test_drawn_numbers_reach_their_largest_size_with_both_signs_and_are_never_0():
    drawn = nonzero(np.random.default_rng(0), 3, (40, 50))
    assert drawn.shape == (40, 50) and set(drawn.ravel().tolist()) == {-3, -2, -1, 1, 2, 3}
