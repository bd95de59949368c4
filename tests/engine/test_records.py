"""Every record is read-only and stays true, whatever the caller does to what came in."""

import numpy as np
import pytest

from tests.engine.cases import Sliding, normals
from tests.engine.examples import RECORDS, example
from vizconv.engine import (
    conv2d,
    conv2d_backward,
    lenet5,
    linear,
    max_pool2d,
    relu,
    relu_backward,
    softmax,
)
from vizconv.engine.arrays import is_frozen, own
from vizconv.engine.operations import OPERATIONS, operation_of

CASE = Sliding(size=(5, 6), kernel=(2, 3), stride=(1, 2), padding=1, dilation=(1, 1))


def bases(array):
    """An array and everything that it is a view of."""
    while isinstance(array, np.ndarray):
        yield array
        array = array.base


def assert_read_only(record):
    assert record.arrays()
    for name, array in record.arrays().items():
        assert not any(view.flags.writeable for view in bases(array)), name
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64])
def test_records_are_read_only(name, kind):
    record = example(name, 0, kind, CASE)
    assert_read_only(record)
    assert_read_only(operation_of(record).backward(record, np.ones(record.y.shape)))


@pytest.mark.parametrize("how", ["fast", "scatter", "gather"])
def test_every_way_back_is_read_only(how):
    record = example("conv2d", 0, np.float64, CASE)
    assert_read_only(conv2d_backward(record, np.ones(record.y.shape), how))


@pytest.mark.parametrize(("kind", "operation"), OPERATIONS.items())
def test_what_is_not_its_record_is_refused_by_every_way_back(kind, operation):
    expected = f"the {kind.__name__} that {operation.forward.__name__} returned is expected"
    other = softmax([[1, 2]]) if operation.forward is relu else relu([[1, 2]])
    for record, came in ((np.ones((1, 2)), "ndarray"), (other, type(other).__name__), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"record is a {came}; {expected}"):
            operation.backward(record, np.ones((1, 2)))


@pytest.mark.parametrize("name", RECORDS)
def test_fields_cannot_be_replaced(name):
    with pytest.raises(AttributeError, match="cannot assign"):
        example(name, 0, np.float64, CASE).y = None


def test_editing_what_came_in_changes_no_record():
    x, weight, bias, dy = normals(0, (2, 1, 4, 4), (3, 1, 2, 2), (3,), (2, 3, 3, 3))
    record = conv2d(x, weight, bias)
    before = {name: array.copy() for name, array in record.arrays().items()}
    gradients = conv2d_backward(record, dy)
    for array in (x, weight, bias, dy):
        array[...] = 99
    for name, array in record.arrays().items():
        np.testing.assert_array_equal(array, before[name])
    assert not (gradients.dy == 99).any()
    again = conv2d_backward(record, gradients.dy)
    np.testing.assert_array_equal(again.dweight, gradients.dweight)


def test_views_whose_base_can_be_written_are_copied():
    base = np.zeros((1, 1, 6, 6))
    views = {
        "slice": base[:, :, 1:5, 1:5],
        "broadcast": np.broadcast_to(base[0, 0, 0], (1, 1, 6, 6)),
        "windows": np.lib.stride_tricks.sliding_window_view(base[0, 0], (3, 3))[None, :, 0],
        "transposed": base.transpose(1, 0, 3, 2),
    }
    for name, view in views.items():
        view = view.view()
        view.flags.writeable = False
        for record in (relu(view), max_pool2d(view, 2), conv2d(view, np.ones((1, view.shape[1], 1, 1)))):
            base[...] = 7
            for array in record.arrays().values():
                assert not (array == 7).any(), name
            base[...] = 0
        assert base.flags.writeable


def test_broadcast_gradients_are_copied():
    base = np.ones(3)
    record = linear(np.ones((2, 4)), np.ones((3, 4)))
    dy = np.broadcast_to(base, (2, 3))
    gradients = operation_of(record).backward(record, dy)
    base[:] = 5
    np.testing.assert_array_equal(gradients.dy, 1)


def test_what_came_in_stays_writeable():
    arrays = normals(0, (2, 1, 4, 4), (3, 1, 2, 2), (3,))
    record = conv2d(*arrays)
    for array in arrays:
        assert array.flags.writeable
    assert not np.shares_memory(record.x, arrays[0])


def test_what_is_frozen_is_shared():
    record = relu(np.ones((1, 1, 4, 4)))
    pooled = max_pool2d(record.y, 2)
    assert pooled.x is record.y and np.shares_memory(pooled.patches, record.y)
    frozen = own(np.arange(3.0))
    assert is_frozen(frozen) and own(frozen) is frozen and is_frozen(frozen[::2])
    assert is_frozen(np.frombuffer(b"12345678")) and not is_frozen(np.frombuffer(bytearray(8)))


def test_patches_of_a_trace_own_no_memory():
    trace = lenet5(0).forward(np.zeros((2, 1, 28, 28), np.float32))
    for name in ("conv1", "pool1", "conv2", "pool2"):
        assert np.shares_memory(trace[name].patches, trace[name].padded)
        assert trace[name].patches.nbytes > trace[name].padded.nbytes or "pool" in name


def test_how_records_and_traces_show_themselves():
    assert repr(softmax([[1, 2]])) == (
        "SoftmaxRecord(x (1, 2), shifted (1, 2), exponentials (1, 2), y (1, 2))"
    )
    assert repr(relu_backward(relu([1, 2]), [3, 4])) == "Gradients(dy (2,), dx (2,))"
    trace = lenet5(0).forward(np.zeros((1, 1, 28, 28)))
    assert repr(trace).startswith("Trace(conv1, relu1, pool1") and len(trace) == 12
