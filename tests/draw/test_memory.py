"""Memory as a row of cells: a view reads the cells that hold its numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from numpy.lib.stride_tricks import sliding_window_view

from tests.engine.cases import slidings
from vizconv.draw import memory
from vizconv.draw.figures import NEGATIVE, POSITIVE, as_png
from vizconv.draw.memory import cells_read
from vizconv.engine.geometry import geometry, windows

X = np.arange(16).reshape(4, 4)


@given(slidings(largest_kernel=3))
def test_the_cells_of_windows_are_the_numbers_that_count(case):
    setting = geometry(case.size, case.kernel, **case.settings)
    counting = np.arange(np.prod(setting.padded_size)).reshape(setting.padded_size)
    views = windows(counting, setting)
    np.testing.assert_array_equal(cells_read(counting, views), views.ravel())


@given(st.permutations(range(3)), st.sampled_from([np.int8, np.float32, np.int64]))
def test_the_order_of_axes_and_the_size_of_a_number_do_not_matter(order, kind):
    x = np.arange(24, dtype=kind).reshape(2, 3, 4)
    view = x.transpose(order)[::-1, 1:, ::2]
    np.testing.assert_array_equal(cells_read(x, view), view.ravel())
    np.testing.assert_array_equal(cells_read(x.transpose(order), view), view.ravel())


@pytest.mark.parametrize("other", [X.copy(), np.arange(3), X.astype(float), X.view(np.int32), X[1:]])
def test_other_memory_is_refused(other):
    whole = X[:1] if other.base is not None and other.shape == (3, 4) else X
    with pytest.raises(ValueError, match="reads other memory"):
        memory(whole, {"other": other})


@pytest.mark.parametrize(
    "array", [np.arange(65), X[:, ::2], X[::-1], np.zeros(0), np.broadcast_to(X, (2, 4, 4))]
)
def test_what_is_no_short_row_is_refused(array):
    with pytest.raises(ValueError, match="at most 64 in a row"):
        memory(array, {})


def test_a_row_for_each_view_and_a_count_where_it_reads_twice():
    views = sliding_window_view(X, (2, 2))
    figure = memory(X, {"first": views[0, 0], "all": views})
    assert as_png(figure).startswith(b"\x89PNG")
    colours = [to_hex(cell.get_facecolor()) for cell in figure.axes[0].patches]
    rows = np.array(colours).reshape(3, 16)
    assert np.flatnonzero(rows[1] == NEGATIVE).tolist() == [0, 1, 4, 5]
    times = np.bincount(views.ravel())
    np.testing.assert_array_equal(rows[2] == POSITIVE, times > 1)
    written = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in written[-16:] if text] == [str(n) for n in times if n > 1]
    assert written.count("first") == written.count("all") == 1


def test_numbers_stand_in_the_order_of_memory():
    figure = memory(X.T, {})
    written = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in written if text != "memory"][1::2] == [str(n) for n in range(16)]
