"""The checker agrees with right gradients, fails on wrong ones, and says where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import Sliding, fewer, integers, normals, poolings, seeds, slidings
from tests.engine.examples import RECORDS, example
from vizconv.engine import gradient_check
from vizconv.engine.operations import OPERATIONS, conv2d, linear, max_pool2d, operation_of, relu, softmax

kinds = st.sampled_from([np.float32, np.float64, np.int64])


def cells(record, seed):
    """One random cell of every tensor that the operation differentiates."""
    generator = np.random.default_rng(seed)
    for key in operation_of(record).inputs:
        shape = getattr(record, key).shape
        yield f"d{key}", tuple(int(generator.integers(0, n)) for n in shape)


@pytest.mark.parametrize("name", RECORDS)
@fewer(10)
@given(slidings(largest_kernel=3), seeds, kinds)
def test_right_gradients_agree(name, case, seed, kind):
    record = example(name, seed, kind, case)
    (dy,) = normals(seed + 1, record.y.shape)
    for gradient, index in cells(record, seed):
        check = gradient_check(record, dy, gradient, index)
        assert check.agrees and "they agree" in repr(check), check


def examples():
    case = Sliding(size=(4, 4), kernel=(2, 2), stride=(1, 1), padding=0, dilation=(1, 1))
    return [example(name, 0, np.float64, case) for name in RECORDS]


def plant(monkeypatch, record, change):
    """Let the operation's backward return gradients that `change` made wrong."""
    operation = OPERATIONS[type(record)]

    def wrong(record, dy):
        gradients = operation.backward(record, dy)
        names = {f"d{key}" for key in operation.inputs}
        arrays = {name: change(value) for name, value in gradients.arrays().items() if name in names}
        return replace(gradients, **arrays)

    monkeypatch.setitem(OPERATIONS, type(record), replace(operation, backward=wrong))


WRONG = {
    "sign": lambda gradient: -gradient,
    "twice": lambda gradient: gradient * 2,
    "slightly": lambda gradient: gradient * 1.01,
    "added": lambda gradient: gradient + 0.01,
    "reversed": lambda gradient: gradient[..., ::-1] + 0.1,
    "nothing": lambda gradient: gradient * 0,
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("record", examples(), ids=RECORDS)
def test_wrong_gradients_differ(monkeypatch, record, change):
    operation = OPERATIONS[type(record)]
    (dy,) = normals(5, record.y.shape)
    right = operation.backward(record, dy)
    plant(monkeypatch, record, change)
    for key in operation.inputs:
        true = getattr(right, f"d{key}")
        off = np.abs(change(true) - true)
        assert off.max() > 1e-3
        for index in zip(*np.nonzero(off > 1e-3), strict=True):
            check = gradient_check(record, dy, f"d{key}", index)
            assert not check.agrees and "they differ" in repr(check)


@pytest.mark.parametrize("record", examples(), ids=RECORDS)
@pytest.mark.parametrize("scale", [1e-9, 1e6])
def test_a_small_gradient_is_held_as_closely_as_a_large_one(monkeypatch, record, scale):
    dy = scale * normals(5, record.y.shape)[0]
    right = operation_of(record).backward(record, dy)
    for half in (False, True):
        if half:
            plant(monkeypatch, record, lambda gradient: gradient / 2)
        for key in operation_of(record).inputs:
            for index, gradient in np.ndenumerate(getattr(right, f"d{key}")):
                if abs(gradient) > scale / 100:
                    assert gradient_check(record, dy, f"d{key}", index).agrees is not half


def test_a_tiny_gradient_among_large_ones(monkeypatch):
    record = linear([[1.0, 1.0]], [[1.0, 1e-9]])
    assert gradient_check(record, [[1.0]], "dx", (0, 1)).agrees
    plant(monkeypatch, record, lambda gradient: gradient / 2)
    assert not gradient_check(record, [[1.0]], "dx", (0, 1)).agrees


# --- Where there is no derivative -----------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64])
def test_a_kink(kind):
    record = relu(np.array([-1, 0, 2], kind))
    check = gradient_check(record, [1, 3, 1], "dx", 1)
    assert not check.agrees and check.difference is None
    assert (check.left, check.right) == (0, 3)
    assert repr(check) == "dx[1] = 0: not differentiable here, a step down measures 0, a step up 3"
    check = gradient_check(record, [1, 3, -2.5], "dx", (2,))
    assert repr(check) == "dx[2] = −2.5, a finite difference gives −2.5: they agree"


@fewer(5)
@given(poolings(), seeds)
def test_ties_of_the_maximum(case, seed):
    """A number that shares the maximum of a window has no derivative; every other has one."""
    size, settings = case
    (x,) = integers(seed, (1, 1, *size), low=0, high=2)
    record = max_pool2d(x, **settings)
    (dy,) = normals(seed, record.y.shape)
    best = record.patches == record.y[..., None, None]
    tied = best & (best.sum(axis=(-2, -1)) > 1)[..., None, None]
    places = np.full(record.padded.shape, -1)
    places[..., *record.geometry.crop] = np.arange(x.size).reshape(x.shape)
    (down, right), (rows, columns) = record.geometry.stride, record.geometry.kernel_size
    view = np.lib.stride_tricks.sliding_window_view(places, (rows, columns), axis=(2, 3))
    without = set(view[:, :, ::down, ::right][tied].tolist())
    for number in np.random.default_rng(seed).permutation(x.size)[:6].tolist():
        index = np.unravel_index(number, x.shape)
        check = gradient_check(record, dy, "dx", index)
        assert (check.difference is None) == (number in without)
        assert check.agrees == (number not in without)


def test_kinks_that_cancel_are_kinks():
    """Both windows tie at x[1]; their slopes cancel in L, and still neither has a derivative."""
    record = max_pool2d([[[[5, 5, 5]]]], (1, 2), stride=1)
    check = gradient_check(record, [[[[1.0, -1.0]]]], "dx", (0, 0, 0, 1))
    assert check.left == check.right and check.difference is None


def test_a_kink_nearby_is_not_here():
    for distance in (1e-3, 3e-4, 1e-6, 1e-7):
        check = gradient_check(relu([distance, -distance]), [2.0, 2.0], "dx", 0)
        assert check.agrees and abs(check.difference - 2) < 1e-4


def test_a_bend_with_slope_zero_is_no_kink():
    record = softmax([[0.0, 0.0]])
    check = gradient_check(record, [[1.0, 1.0]], "dx", (0, 1))
    assert check.agrees and abs(check.difference) < 1e-8


# --- What is asked wrongly ------------------------------------------------------------------------


def test_what_does_not_fit_is_said():
    record = conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    dy = np.ones(record.y.shape)
    with pytest.raises(ValueError, match="name is 'dbias'; 'dx' or 'dweight' is expected"):
        gradient_check(record, dy, "dbias", 0)
    with pytest.raises(IndexError, match=r"index \(0, 0, 3, 0\) .* shape is \(1, 1, 3, 3\)"):
        gradient_check(record, dy, "dx", (0, 0, 3, 0))
    with pytest.raises(IndexError, match=r"index \(0, 0\)"):
        gradient_check(record, dy, "dx", (0, 0))
    with pytest.raises(ValueError, match="dy has shape"):
        gradient_check(record, dy[0], "dx", (0, 0, 0, 0))
    with pytest.raises(TypeError, match="record is a ndarray"):
        gradient_check(dy, dy, "dx", (0, 0, 0, 0))
    assert gradient_check(record, dy, "dx", (0, 0, -1, -1)).index == (0, 0, 2, 2)
