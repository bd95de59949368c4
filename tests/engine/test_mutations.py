"""Break the engine in the ways that backward passes are usually broken, and see the checks fail.

Each must be caught by the comparison with PyTorch and, where there is a slope, by a finite difference.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine import test_convolution, test_loss, test_pooling
from tests.engine.cases import Sliding, integers, normals
from vizconv.engine import gradient_check
from vizconv.engine.geometry import Geometry
from vizconv.engine.operations import OPERATIONS, conv2d, cross_entropy, max_pool2d, mse
from vizconv.engine.operations import convolution as convolution_module

CASE = Sliding((6, 7), (3, 2), stride=(2, 1), padding=((0, 1), (1, 2)), dilation=(1, 2))


def leftover(case):
    """A setting whose last row and column no window reads."""
    return replace(case, size=(8, 8), kernel=(3, 3), stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1))


def mutate_backward(monkeypatch, module, forward, change):
    """Let a backward return what `change` makes of its record, its dy and its true gradients."""
    kind, operation = next((k, o) for k, o in OPERATIONS.items() if o.forward is forward)

    def wrong(record, dy=1.0, *settings, **more):
        return change(record, np.asarray(dy), operation.backward(record, dy, *settings, **more))

    monkeypatch.setitem(OPERATIONS, kind, replace(operation, backward=wrong))
    monkeypatch.setattr(module, operation.backward.__name__, wrong)


# --- Convolution ----------------------------------------------------------------------------------


def without_rot180(record, dy, gradients):
    turned = replace(record, weight=record.weight[..., ::-1, ::-1])
    return replace(gradients, dx=TRUE_CONV2D_BACKWARD(turned, dy).dx)


def without_crop(record, dy, gradients):
    dpadded = TRUE_CONV2D_BACKWARD(record, dy, "gather").dpadded
    return replace(gradients, dx=dpadded[..., : record.x.shape[2], : record.x.shape[3]])


def without_leftover(record, dy, gradients):
    """Drop the rows that belong to no window, as zero-dilating dy without them does."""
    (rows, columns), (height, width) = record.geometry.leftover, record.x.shape[2:]
    return replace(gradients, dx=gradients.dx[..., : height - rows, : width - columns])


def batch_unsummed(record, dy, gradients):
    """Keep what the last image says, as assigning instead of adding does."""
    last = conv2d(record.x[-1:], record.weight, record.bias, **settings_of(record))
    only = TRUE_CONV2D_BACKWARD(last, dy[-1:])
    return replace(gradients, dweight=only.dweight, dbias=only.dbias)


def summed_over_channels(record, dy, gradients):
    """Circulating notes sum dw over the channels."""
    dweight = np.broadcast_to(gradients.dweight.sum(axis=1, keepdims=True), record.weight.shape)
    return replace(gradients, dweight=dweight.copy())


TRUE_CONV2D_BACKWARD = OPERATIONS[type(conv2d([[[[1]]]], [[[[1]]]]))].backward


def settings_of(record):
    return {name: getattr(record.geometry, name) for name in ("stride", "padding", "dilation")}


CONVOLUTION = {
    "no rot180": (without_rot180, CASE, "dx"),
    "no crop": (without_crop, CASE, "dx"),
    "no leftover rows": (without_leftover, leftover(CASE), "dx"),
    "batch unsummed": (batch_unsummed, CASE, "dweight"),
    "channels summed": (summed_over_channels, CASE, "dweight"),
}


def disagreements(record, name):
    """Count the cells whose gradient and finite difference differ, or whose gradient does not even exist."""
    (dy,) = normals(1, record.y.shape)
    wrong = 0
    for index in np.ndindex(getattr(record, name[1:]).shape):
        try:
            check = gradient_check(record, dy, name, index)
        except IndexError:
            wrong += 1
        else:
            wrong += not check.agrees and check.difference is not None
    return wrong


@pytest.mark.parametrize("mutation", CONVOLUTION)
def test_pytorch_sees_a_broken_convolution(torch, monkeypatch, mutation):
    change, case, _ = CONVOLUTION[mutation]
    check = test_convolution.test_conv2d_and_its_gradients_equal_pytorch.hypothesis.inner_test
    check(torch, case, 2, 2, 2, 0)
    mutate_backward(monkeypatch, test_convolution, conv2d, change)
    with pytest.raises((AssertionError, ValueError)):
        check(torch, case, 2, 2, 2, 0)


@pytest.mark.parametrize("mutation", CONVOLUTION)
def test_a_finite_difference_sees_a_broken_convolution(monkeypatch, mutation):
    change, case, name = CONVOLUTION[mutation]
    x, weight, bias = normals(0, (2, 2, *case.size), (2, 2, *case.kernel), (2,))
    record = conv2d(x, weight, bias, **case.settings)
    assert disagreements(record, name) == 0
    mutate_backward(monkeypatch, test_convolution, conv2d, change)
    assert disagreements(record, name) > 0


def test_a_broken_crop_in_the_engine_is_seen(torch, monkeypatch):
    """The same one level deeper, in the geometry that all three ways share."""
    check = test_convolution.test_conv2d_and_its_gradients_equal_pytorch.hypothesis.inner_test
    corner = property(lambda setting: tuple(slice(0, size) for size in setting.input_size))
    monkeypatch.setattr(Geometry, "crop", corner)
    with pytest.raises(AssertionError):
        check(torch, CASE, 1, 1, 1, 0)


def test_a_gather_without_rot180_is_seen(torch, monkeypatch):
    check = test_convolution.test_conv2d_and_its_gradients_equal_pytorch.hypothesis.inner_test
    monkeypatch.setattr(convolution_module, "rot180", lambda kernel: kernel)
    with pytest.raises(AssertionError):
        check(torch, CASE, 1, 1, 1, 0)


# --- Pooling and losses ---------------------------------------------------------------------------


def tied(record, dy, gradients):
    """Give every tie the whole gradient, as `mask = (window == max)` does."""
    mask = record.patches == record.y[..., None, None]
    dpadded = np.zeros(record.padded.shape)
    (down, right), (rows, columns) = record.geometry.stride, record.geometry.kernel_size
    for i, j in np.ndindex(record.y.shape[2:]):
        window = dpadded[..., i * down : i * down + rows, j * right : j * right + columns]
        window += np.where(mask[:, :, i, j], dy[:, :, i, j, None, None], 0)
    return replace(gradients, dx=dpadded[..., *record.geometry.crop])


def assigned(record, dy, gradients):
    """Write where windows overlap, instead of adding."""
    dpadded = np.zeros(record.padded.shape)
    (down, right), (rows, columns) = record.geometry.stride, record.geometry.kernel_size
    for i, j in np.ndindex(record.y.shape[2:]):
        window = dpadded[..., i * down : i * down + rows, j * right : j * right + columns]
        np.copyto(window, dy[:, :, i, j, None, None], where=record.mask[:, :, i, j])
    return replace(gradients, dx=dpadded[..., *record.geometry.crop])


POOLING = {"tied mask": tied, "assigned, not added": assigned}
SETTINGS = {"kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 1)}


@pytest.mark.parametrize("mutation", POOLING)
def test_pytorch_sees_a_broken_pooling(torch, monkeypatch, mutation):
    check = test_pooling.test_max_pooling_equals_pytorch.hypothesis.inner_test
    case = ((6, 7), SETTINGS)
    check(torch, case, 2, 2, 0, np.float64)
    mutate_backward(monkeypatch, test_pooling, max_pool2d, POOLING[mutation])
    with pytest.raises(AssertionError):
        check(torch, case, 2, 2, 0, np.float64)


def test_a_finite_difference_sees_overlaps_that_are_not_added(monkeypatch):
    record = max_pool2d(*normals(0, (1, 2, 6, 7)), **SETTINGS)
    assert disagreements(record, "dx") == 0
    mutate_backward(monkeypatch, test_pooling, max_pool2d, assigned)
    assert disagreements(record, "dx") > 0


def test_a_tied_mask_gives_back_more_than_came():
    """At a tie there is no slope to compare with; but the sum of a window's gradient is its dy."""
    (x,) = integers(0, (1, 1, 6, 6), low=0, high=1)
    record = max_pool2d(x, 2)
    gradients = OPERATIONS[type(record)].backward(record, np.ones(record.y.shape))
    assert gradients.dx.sum() == record.y.size
    assert tied(record, np.ones(record.y.shape), gradients).dx.sum() > record.y.size


def mean_forgotten(count):
    return lambda record, dy, gradients: replace(gradients, dx=gradients.dx * count(record))


LOSSES = {
    "cross-entropy": (cross_entropy, mean_forgotten(lambda record: len(record.x))),
    "mse": (mse, mean_forgotten(lambda record: record.x.size)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_forgotten_mean_is_seen(torch, monkeypatch, name):
    forward, change = LOSSES[name]
    (x,) = normals(0, (3, 4))
    record = forward(x, [0, 3, 1]) if forward is cross_entropy else forward(x, np.zeros((3, 4)))
    assert gradient_check(record, 1.0, "dx", (0, 1)).agrees
    mutate_backward(monkeypatch, test_loss, forward, change)
    assert not gradient_check(record, 1.0, "dx", (0, 1)).agrees
    checks = {
        "cross-entropy": lambda: test_loss.test_cross_entropy_equals_pytorch.hypothesis.inner_test(
            torch, 3, 4, 0, 1.0, np.float64
        ),
        "mse": lambda: test_loss.test_mse_equals_pytorch.hypothesis.inner_test(torch, (3,), 0, np.float64),
    }
    with pytest.raises(AssertionError):
        checks[name]()
