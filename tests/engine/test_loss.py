"""Softmax and losses against PyTorch, from tiny to huge scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, normals, seeds
from vizconv.engine.operations import (
    avg_pool2d,
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse,
    mse_backward,
    relu,
    sigmoid,
    softmax,
    softmax_backward,
    tanh,
)

counts = st.integers(1, 6)
kinds = st.sampled_from([np.float32, np.float64])
TOLERANCE = {np.float32: 1e-5, np.float64: 1e-10}


@given(counts, counts, seeds, st.sampled_from([0.01, 1.0, 100.0]), kinds)
def test_softmax_equals_pytorch(torch, images, classes, seed, scale, kind):
    x, dy = normals(seed, (images, classes), (images, classes), kind=kind)
    assert_as_pytorch(torch, torch.softmax, softmax, softmax_backward, x * kind(scale), dy, relative=0)


@fewer(4)
@given(counts, counts, seeds, st.sampled_from([0.01, 1.0, 1000.0]), kinds)
def test_log_softmax_equals_pytorch(torch, images, classes, seed, scale, kind):
    x, dy = normals(seed, (images, classes), (images, classes), kind=kind)
    relative = TOLERANCE[kind]
    assert_as_pytorch(
        torch, torch.log_softmax, log_softmax, log_softmax_backward, x * kind(scale), dy, relative
    )


def assert_as_pytorch(torch, theirs, forward, backward, x, dy, relative):
    """Hold y and dx of a function of rows (N, K) against PyTorch's; `relative` is y's tolerance."""
    kind = x.dtype.type
    tensor = torch.tensor(x, requires_grad=True)
    y = theirs(tensor, dim=1)
    y.backward(torch.tensor(dy))
    record = forward(x)
    dx = backward(record, dy).dx
    assert record.y.dtype == dx.dtype == kind
    np.testing.assert_allclose(record.y, y.detach().numpy(), rtol=relative, atol=TOLERANCE[kind])
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=0, atol=TOLERANCE[kind])


@given(counts, counts, seeds, st.sampled_from([0.01, 1.0, 100.0]), kinds)
def test_cross_entropy_equals_pytorch(torch, images, classes, seed, scale, kind):
    (x,) = normals(seed, (images, classes), kind=kind)
    x = x * kind(scale)
    labels = np.random.default_rng(seed).integers(0, classes, images)
    tensor = torch.tensor(x, requires_grad=True)
    losses = torch.nn.functional.cross_entropy(tensor, torch.tensor(labels), reduction="none")
    (2.5 * losses.mean()).backward()
    record = cross_entropy(x, labels)
    dx = cross_entropy_backward(record, 2.5).dx
    assert record.y.dtype == dx.dtype == kind and record.y.shape == ()
    tolerance = {"rtol": TOLERANCE[kind], "atol": TOLERANCE[kind]}
    np.testing.assert_allclose(record.losses, losses.detach().numpy(), **tolerance)
    surprise = -torch.log_softmax(tensor, dim=1).detach().numpy()
    np.testing.assert_allclose(record.surprise, surprise, **tolerance)
    np.testing.assert_allclose(record.y, losses.mean().item(), **tolerance)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), **tolerance)


@fewer(5)
@given(counts, counts, seeds)
def test_the_jacobian_of_softmax(torch, images, classes, seed):
    x, dy = normals(seed, (images, classes), (images, classes))
    record = softmax(x)
    assert record.jacobian.shape == (images, classes, classes)
    for row, jacobian in zip(x, record.jacobian, strict=True):
        theirs = torch.autograd.functional.jacobian(lambda t: torch.softmax(t, dim=0), torch.tensor(row))
        np.testing.assert_allclose(jacobian, theirs.numpy(), rtol=0, atol=1e-12)
    by_jacobian = np.einsum("ni,nij->nj", dy, record.jacobian)
    np.testing.assert_allclose(softmax_backward(record, dy).dx, by_jacobian, rtol=0, atol=1e-12)


@given(st.lists(st.integers(1, 4), max_size=3).map(tuple), seeds, kinds)
def test_mse_equals_pytorch(torch, shape, seed, kind):
    x, target = (np.asarray(array) for array in normals(seed, (*shape, 2), (*shape, 2), kind=kind))
    tensor = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.mse_loss(tensor, torch.tensor(target))
    (3 * y).backward()
    record = mse(x, target)
    dx = mse_backward(record, 3).dx
    assert record.y.dtype == dx.dtype == kind
    np.testing.assert_allclose(record.y, y.item(), rtol=TOLERANCE[kind])
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=TOLERANCE[kind], atol=TOLERANCE[kind])


def test_mse_of_whole_numbers_and_of_other_shapes():
    record = mse([1, 2, 3, 4], [1, 4, 3, 2])
    assert record.y == 2
    np.testing.assert_array_equal(mse_backward(record).dx, [0, -1, 0, 1])
    with pytest.raises(ValueError, match=r"target has shape \(3,\); \(4,\) is expected, the shape of x"):
        mse([1, 2, 3, 4], [1, 2, 3])


def test_cross_entropy_keeps_every_step_of_its_softmax():
    x = normals(0, (3, 4))[0] * 100
    record, steps = cross_entropy(x, [0, 3, 1]), softmax(x)
    np.testing.assert_array_equal(record.shifted, steps.shifted)
    np.testing.assert_array_equal(record.exponentials, steps.exponentials)
    np.testing.assert_array_equal(record.probabilities, steps.y)


def test_huge_scores_stay_finite():
    record = softmax([[1000.0, 1000.0, -np.inf], [-1e300, 0, 1e300]])
    np.testing.assert_array_equal(record.y, [[0.5, 0.5, 0], [0, 0, 1]])
    assert cross_entropy([[0.0, 1e4]], [0]).y == 1e4


HUGE = [[2**63 - 1, -(2**63)]]


def test_whole_numbers_do_not_overflow_where_floats_come_out():
    np.testing.assert_array_equal(softmax(HUGE).y, [[1, 0]])
    assert cross_entropy(HUGE, [1]).y == 2.0**64
    np.testing.assert_allclose(softmax([[2**60, 2**60 + 1]]).y, softmax([[0, 1]]).y)
    record = mse([5_000_000_000], [0])
    assert record.y == 2.5e19 and mse_backward(record).dx == 1e10
    assert mse(HUGE, [[-(2**63), 2**63 - 1]]).y == 2.0**128
    np.testing.assert_array_equal(sigmoid(HUGE).y, [[1, 0]])
    np.testing.assert_array_equal(tanh(HUGE).y, [[1, -1]])
    np.testing.assert_array_equal(avg_pool2d(np.full((1, 1, 2, 2), 2**62), 2).y, [[[[2.0**62]]]])


def test_what_int64_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="x holds 9223372036854775808; whole numbers up to 9223372"):
        relu(np.array([2**63], np.uint64))


def test_softmax_of_whole_numbers():
    np.testing.assert_allclose(softmax([[0, 0, 0, 0]]).y, 0.25)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_row_without_a_finite_maximum_is_refused(wrong):
    x = np.zeros((3, 2))
    x[1, 0] = wrong
    for refused in (softmax, lambda scores: cross_entropy(scores, [0, 0, 0])):
        with pytest.raises(ValueError, match=f"the largest score in row 1 of x is {wrong}"):
            refused(x)
    with pytest.raises(ValueError, match="row 0 of x is -inf"):
        softmax([[-np.inf, -np.inf]])


@pytest.mark.parametrize(
    ("labels", "error", "sentence"),
    [
        ([0, 3], ValueError, "labels hold 3; 0 to 2 are expected for 3 scores"),
        ([-1, 0], ValueError, "labels hold -1"),
        ([0], ValueError, r"labels has shape \(1,\); \(2,\) is expected"),
        ([0.0, 1.0], TypeError, "labels hold float64 values; whole numbers"),
        ([None, 0], TypeError, "labels hold object values"),
    ],
)
def test_cross_entropy_says_what_does_not_fit(labels, error, sentence):
    with pytest.raises(error, match=sentence):
        cross_entropy(np.zeros((2, 3)), labels)


def test_scores_of_other_shapes_are_refused():
    for wrong in (np.zeros(3), np.zeros((2, 3, 4)), np.zeros((0, 3))):
        with pytest.raises(ValueError, match="x has shape"):
            cross_entropy(wrong, [0])
    with pytest.raises(ValueError, match="dy has shape"):
        cross_entropy_backward(cross_entropy([[0.0, 1.0]], [0]), [1.0])
