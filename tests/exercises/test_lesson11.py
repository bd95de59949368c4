"""What is particular to lesson 11: its answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.exercises.questions import ANSWERS
from vizconv.engine import conv2d
from vizconv.exercises import lesson11


def test_the_answers_are_what_arrays_say():
    record = conv2d(np.ones((1, 1, 28, 28), np.float32), np.ones((2, 1, 3, 3), np.float32))
    assert ANSWERS[lesson11.products_of_one_image] == record.y.size * record.weight[0].size
    patches = record.patches
    assert f"{patches.size * patches.itemsize * 50_000 / 1e6:,.0f} MB" == ANSWERS[lesson11.size_of_the_matrix]
    counting = sliding_window_view(np.arange(16).reshape(4, 4), (2, 2))[1, 2]
    assert ANSWERS[lesson11.cells_of_a_window] == ", ".join(map(str, counting.ravel()))
