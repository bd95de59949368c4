"""Pooling against PyTorch: ties, padding, overlap, leftovers, forward and backward."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, normals, poolings, seeds
from vizconv.engine.operations import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward

counts = st.integers(1, 3)


def with_ties(seed, shape, kind):
    """Draw from five numbers and -∞, so that windows hold equal ones, and some nothing else."""
    generator = np.random.default_rng(seed)
    return generator.choice(np.array([-np.inf, -2, 0, 0, 1, 3]), shape).astype(kind)


def places(record):
    """Where in x each maximum lies, counted row by row, as PyTorch says it."""
    (top, _), (left, _) = record.geometry.padding
    (down, right), (_, kernel_width) = record.geometry.stride, record.geometry.kernel_size
    rows, columns = np.indices(record.y.shape[2:])
    inner_row, inner_column = np.divmod(record.chosen.astype(int), kernel_width)
    return (rows * down + inner_row - top) * record.x.shape[3] + columns * right + inner_column - left


@given(poolings(), counts, counts, seeds, st.sampled_from([np.float32, np.float64]))
def test_max_pooling_equals_pytorch(torch, case, images, channels, seed, kind):
    size, settings = case
    x = with_ties(seed, (images, channels, *size), kind)
    record = max_pool2d(x, **settings)
    tensor = torch.tensor(x, requires_grad=True)
    y, indices = torch.nn.functional.max_pool2d(tensor, **settings, return_indices=True)
    np.testing.assert_array_equal(record.y, y.detach().numpy())
    np.testing.assert_array_equal(places(record), indices.numpy())
    dy = integers(seed, record.y.shape)[0].astype(kind)
    dy[:, :, 0, 0] = np.inf  # must reach the maximum alone
    y.backward(torch.tensor(dy))
    dx = max_pool2d_backward(record, dy).dx
    assert record.y.dtype == dx.dtype == kind
    np.testing.assert_array_equal(dx, tensor.grad.numpy())


@fewer(5)
@given(poolings(), seeds)
def test_the_mask_has_one_true_in_each_window(case, seed):
    size, settings = case
    (x,) = integers(seed, (2, 2, *size), low=0, high=2)
    record = max_pool2d(x, **settings)
    assert record.mask.shape == record.patches.shape
    assert np.all(record.mask.sum(axis=(-2, -1)) == 1)
    np.testing.assert_array_equal(record.patches[record.mask], record.y.reshape(-1))
    earlier = record.mask.reshape(*record.y.shape, -1).argmax(axis=-1)
    np.testing.assert_array_equal(earlier, record.patches.reshape(*record.y.shape, -1).argmax(axis=-1))


@fewer(5)
@given(poolings(), seeds)
def test_whole_numbers_stay_whole(case, seed):
    size, settings = case
    lowest = np.iinfo(np.int64).min
    x = np.random.default_rng(seed).choice([lowest, -1, 0, 5], (1, 2, *size))
    record, floats = max_pool2d(x, **settings), max_pool2d(np.where(x == lowest, -np.inf, x), **settings)
    assert record.y.dtype == np.int64
    np.testing.assert_array_equal(record.chosen, floats.chosen)
    dy = np.ones_like(record.y)
    assert max_pool2d_backward(record, dy).dx.dtype == np.int64


def test_a_tie_goes_to_the_first_and_overlaps_add_up():
    x = [[[[1, 3, 3], [3, 0, 2], [2, 2, 2]]]]
    record = max_pool2d(x, 2, stride=1)
    np.testing.assert_array_equal(record.chosen[0, 0], [[1, 0], [0, 1]])
    dx = max_pool2d_backward(record, [[[[1, 10], [100, 1000]]]]).dx
    np.testing.assert_array_equal(dx[0, 0], [[0, 11, 0], [100, 0, 1000], [0, 0, 0]])


def test_leftover_rows_get_no_gradient():
    record = max_pool2d(np.arange(25).reshape(1, 1, 5, 5), 2)
    dx = max_pool2d_backward(record, record.y).dx
    assert dx.shape == (1, 1, 5, 5) and dx[..., 4, :].sum() == dx[..., 4].sum() == 0
    np.testing.assert_array_equal(dx[0, 0, 1:4:2, 1:4:2], record.y[0, 0])


def test_patches_are_views_of_what_was_padded():
    (x,) = normals(0, (2, 3, 5, 6))
    record = max_pool2d(x, 3, stride=2, padding=1)
    assert np.shares_memory(record.patches, record.padded)
    np.testing.assert_array_equal(record.padded[..., 1:-1, 1:-1], x)
    assert np.isneginf(record.padded[..., 0, :]).all()


@pytest.mark.parametrize(
    ("shape", "settings", "error", "sentence"),
    [
        ((4, 4), {"kernel_size": 2}, ValueError, r"x has shape \(4, 4\); 4 axes"),
        (
            (1, 1, 4, 4),
            {"kernel_size": 5},
            ValueError,
            "a window height of 5 .* a window height of 4 or less or a padding of 1 or more would fit",
        ),
        ((1, 1, 4, 4), {"kernel_size": 2, "stride": 0}, ValueError, "stride is 0"),
        (
            (1, 1, 4, 4),
            {"kernel_size": 3, "padding": 2},
            ValueError,
            "a window of 3; at most half the window, 1, fits",
        ),
        ((1, 1, 4, 4), {"kernel_size": 2, "padding": "same"}, TypeError, "padding is 'same'"),
        ((0, 1, 4, 4), {"kernel_size": 2}, ValueError, "no numbers"),
    ],
)
@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_pooling_says_what_does_not_fit(pool, shape, settings, error, sentence):
    with pytest.raises(error, match=sentence):
        pool(np.ones(shape), **settings)


@given(poolings(), counts, counts, seeds, st.sampled_from([np.float32, np.float64]))
def test_average_pooling_equals_pytorch(torch, case, images, channels, seed, kind):
    size, settings = case
    (x,) = normals(seed, (images, channels, *size), kind=kind)
    record = avg_pool2d(x, **settings)
    (dy,) = normals(seed + 1, record.y.shape, kind=kind)
    tensor = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.avg_pool2d(tensor, **settings)
    y.backward(torch.tensor(dy))
    dx = avg_pool2d_backward(record, dy).dx
    assert record.y.dtype == dx.dtype == kind
    assert np.shares_memory(record.patches, record.padded)
    tolerance = 1e-10 if kind is np.float64 else 1e-5
    np.testing.assert_allclose(record.y, y.detach().numpy(), rtol=0, atol=tolerance)
    np.testing.assert_allclose(record.y, record.patches.mean(axis=(-2, -1)), rtol=0, atol=tolerance)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=0, atol=tolerance)


def test_the_average_of_whole_numbers_is_exact():
    record = avg_pool2d(np.arange(16).reshape(1, 1, 4, 4), 2)
    np.testing.assert_array_equal(record.y[0, 0], [[2.5, 4.5], [10.5, 12.5]])
    dx = avg_pool2d_backward(record, np.array([[[[4, 8], [12, 16]]]])).dx
    np.testing.assert_array_equal(dx[0, 0], np.kron([[1, 2], [3, 4]], np.ones((2, 2))))


def test_nan_has_no_order():
    x = np.ones((1, 1, 2, 2))
    x[0, 0, 1, 1] = np.nan
    with pytest.raises(ValueError, match="x holds NaN"):
        max_pool2d(x, 2)


def test_backward_says_what_does_not_fit():
    with pytest.raises(ValueError, match="dy has shape"):
        max_pool2d_backward(max_pool2d(np.ones((1, 1, 4, 4)), 2), np.ones((1, 1, 4, 4)))
    with pytest.raises(ValueError, match="dy has shape"):
        avg_pool2d_backward(avg_pool2d(np.ones((1, 1, 4, 4)), 2), np.ones((1, 1, 4, 4)))
