"""Jacobians on the stage: against finite differences that are exact, and the engine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, seeds, slidings
from tests.scenes.checks import (
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_kinds,
    assert_sums,
    changed,
    kinds_of_numbers,
    never_met,
)
from vizconv.engine import conv1d, conv1d_backward
from vizconv.scenes import CROPPED, FILLED, PADDING, THROWN, jacobians, transposed_jacobian
from vizconv.scenes.matrices.jacobians import FORWARDS


@st.composite
def rows(draw):
    """A conv1d record of one row and a dy; with and without a bias, to three channels."""
    case, numbers = draw(slidings()), draw(kinds_of_numbers)
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    shapes = (2, channels, case.size[1]), (filters, channels, case.kernel[1]), (filters,)
    x, weight, bias = numbers(draw(seeds), *shapes)
    bias = bias if draw(st.booleans()) else None
    record = conv1d(x, weight, bias, case.stride[1], case.sides[1], case.dilation[1])
    return record, numbers(draw(seeds), record.y.shape)[0]


@st.composite
def single_rows(draw):
    """A conv1d record of one channel, and a dy."""
    case, numbers = draw(slidings()), draw(kinds_of_numbers)
    x, weight, bias = numbers(draw(seeds), (2, 1, case.size[1]), (2, 1, case.kernel[1]), (2,))
    bias = bias if draw(st.booleans()) else None
    record = conv1d(x, weight, bias, case.stride[1], case.sides[1], case.dilation[1])
    return record, numbers(draw(seeds), record.y.shape)[0]


@given(rows(), st.data())
def test_the_jacobians_give_the_engines_gradients(case, data):
    record, dy = case
    image, filter = 1, len(record.weight) - 1
    scene = jacobians(record, dy, image, filter)
    assert_sums(scene)
    assert_arranged(scene)
    for forward in FORWARDS:
        assert_sums(jacobians(record, dy, image, filter, forward))
    alone = conv1d_backward(
        conv1d(record.padded[image : image + 1], record.weight[filter : filter + 1], None, *along(record)),
        dy[image : image + 1, filter : filter + 1],
    )
    close = {"rtol": 1e-12, "atol": 1e-9}
    np.testing.assert_allclose(scene.panel("y").values, record.y[image, filter], **close)
    np.testing.assert_allclose(scene.panel("dx").values, alone.dx.ravel(), **close)
    np.testing.assert_allclose(scene.panel("dw").values, alone.dweight.ravel(), **close)
    channels = record.x.shape[1]

    def rebuild(name, index, value):
        field = {"x": "x", "w": "weight", "b": "bias", "dy": "dy"}[name]
        arrays = {name: getattr(record, name) for name in ("x", "weight", "bias")} | {"dy": dy}
        if name == "x" and channels > 1:
            channel, cell = divmod(index[0], record.padded.shape[2])
            index = channel, cell - record.flat.geometry.padding[1][0]
        elif name == "x":
            index = (0, *index)
        elif name == "w":
            index = divmod(index[0], record.weight.shape[2])
        places = {"x": (image,), "dy": (image, filter)}.get(field, (filter,))
        arrays[field] = changed(arrays[field], (*places, *index), value)
        moved, setting = arrays.pop("dy"), record.flat.geometry
        again = conv1d(
            **arrays, stride=setting.stride[1], padding=setting.padding[1], dilation=setting.dilation[1]
        )
        return jacobians(again, moved, image, filter)

    assert_edit(data.draw, scene, rebuild)


def along(record):
    """The stride, no padding and the dilation of a record of rows."""
    return record.flat.geometry.stride[1], 0, record.flat.geometry.dilation[1]


@fewer(2)
@given(single_rows())
def test_they_are_the_jacobians_and_gradients_that_pytorch_finds(torch, case):
    record, dy = case
    setting = record.flat.geometry
    x, w = (
        torch.tensor(array.astype(np.float64), requires_grad=True)
        for array in (record.x[1, 0], record.weight[1, 0])
    )
    bias = 0 if record.bias is None else float(record.bias[1])

    def forward(x, w):
        padded = torch.nn.functional.pad(x, setting.padding[1])[None, None]
        return torch.nn.functional.conv1d(padded, w[None, None], None, *along(record))[0, 0] + bias

    scene, over = jacobians(record, dy, 1, 1), transposed_jacobian(record, dy, 1, 1)
    by_x, by_w = torch.autograd.functional.jacobian(forward, (x, w))
    inside = (scene.panel("x").kinds & PADDING) == 0
    close = {"rtol": 1e-12, "atol": 1e-9}
    np.testing.assert_allclose(scene.panel("dy/dx").values[:, inside], by_x.numpy(), **close)
    np.testing.assert_allclose(scene.panel("dy/dw").values, by_w.numpy(), **close)
    loss = (torch.tensor(dy[1, 1].astype(np.float64)) * forward(x, w)).sum()
    loss.backward()
    np.testing.assert_allclose(scene.panel("L").values, loss.item(), **close)
    np.testing.assert_allclose(scene.panel("dw").values, w.grad.numpy(), **close)
    for found in (scene.panel("dx"), over.panel("dx"), over.panel("slid")):
        np.testing.assert_allclose(found.values[inside], x.grad.numpy(), **close)


@given(rows())
def test_a_step_of_one_in_x_or_w_moves_y_by_a_column(case):
    """Exact, since y is linear in each."""
    record, dy = case
    scene, sizes = jacobians(record, dy), (record.padded[0].size, record.weight[0].size)
    by_x, by_w = (scene.panel(name).values for name in ("dy/dx", "dy/dw"))
    weight, x = record.weight[:1], record.padded[:1]
    for cell, step in enumerate(np.eye(sizes[0], dtype=np.int64).reshape(-1, 1, *x.shape[1:])):
        np.testing.assert_allclose(by_x[:, cell], conv1d(step, weight, None, *along(record)).y[0, 0])
    for cell, step in enumerate(np.eye(sizes[1], dtype=np.int64).reshape(-1, 1, *weight.shape[1:])):
        np.testing.assert_allclose(by_w[:, cell], conv1d(x, step, None, *along(record)).y[0, 0])


@given(rows())
def test_the_zeros_beside_the_band_are_marked(case):
    scene = jacobians(*case)
    assert_kinds(scene.panel("dy/dx"), FILLED, never_met(scene, "by x", "out", "dy/dx"))
    assert not scene.panel("dy/dx").values[scene.panel("dy/dx").kinds & FILLED > 0].any()
    padding = (scene.panel("x").kinds & PADDING) > 0
    copies = scene.terms["by w"]
    assert_kinds(scene.panel("dy/dw"), PADDING, padding[copies.left].reshape(scene.panel("dy/dw").shape))
    assert_kinds(scene.panel("dy/dx"), CROPPED, np.broadcast_to(padding, scene.panel("dy/dx").shape))
    assert_kinds(scene.panel("dx"), CROPPED, padding)


def test_the_lesson_of_one_row():
    record = conv1d([[[1, 2, 3, 4]]], [[[5, 6]]], [7])
    scene = jacobians(record, [[[1, 10, 100]]])
    assert scene.panel("dy/dx").values.tolist() == [[5, 6, 0, 0], [0, 5, 6, 0], [0, 0, 5, 6]]
    assert scene.panel("dy/dw").values.tolist() == [[1, 2], [2, 3], [3, 4]]
    assert scene.panel("dx").values.tolist() == [5, 56, 560, 600]
    assert scene.panel("dw").values.tolist() == [321, 432] and scene.panel("db").values == 111
    assert_drawn(scene)


@pytest.mark.parametrize("make", [jacobians, transposed_jacobian])
def test_it_points_at_a_number_of_x_that_most_outputs_read(make):
    record = conv1d([[[1, 2, 3, 4, 5, 6]]], [[[5, 6, 7]]], stride=2, padding=1)
    scene = make(record, record.y)
    assert scene.pointed == ("dx", 2) and scene.panel("dx").origin == (-1,)  # x[1], read by y[0] and y[1]
    record = conv1d([[[1, 2]]], [[[5]]], padding=1)
    assert make(record, record.y).pointed == ("dx", 1)  # never at padding


def test_a_stride_drops_rows_of_the_band():
    record = conv1d([[[1, 2, 3, 4]]], [[[5, 6]]], stride=2)
    scene = jacobians(record, [[[1, 10]]])
    assert scene.panel("dy/dx").values.tolist() == [[5, 6, 0, 0], [0, 0, 5, 6]]


@pytest.mark.parametrize("make", [jacobians, transposed_jacobian])
def test_a_long_row_shows_its_middle(make):
    record = conv1d(*integers(0, (1, 1, 400), (1, 1, 3)), padding=1)
    scene = make(record, record.y)
    assert_sums(scene)
    assert_drawn(scene)
    first = scene.panel("y").origin[0]
    assert scene.panel("y").values[0] == record.y[0, 0, first]
    assert scene.panel("dy/dx").origin == (first, scene.panel("x").origin[0])
    assert scene.panel("x").values[0] == record.x[0, 0, scene.panel("x").origin[0]]
    assert any("are shown" in note for note in scene.notes)


def test_another_way_forward_is_refused():
    record = conv1d([[[1, 2, 3, 4]]], [[[5, 6]]])
    with pytest.raises(ValueError, match="forward is 'x'; one of"):
        jacobians(record, record.y, forward="x")


# ---- The transpose -------------------------------------------------------------------------------------


@given(single_rows(), st.data())
def test_the_rows_of_the_transpose_hold_the_kernel_reversed(case, data):
    record, dy = case
    scene, setting = transposed_jacobian(record, dy, 1, 1), record.flat.geometry
    assert_sums(scene)
    assert_arranged(scene)
    w, table = record.weight[1, 0], scene.panel("transpose").values
    for place, row in enumerate(table):
        reach = row[place :: setting.dilation[1]][: w.size]
        np.testing.assert_array_equal(reach, w[::-1])
        assert np.count_nonzero(row) <= w.size
    for name in ("dx", "slid"):
        inside = (scene.panel(name).kinds & CROPPED) == 0
        alone = conv1d_backward(
            conv1d(
                record.x[1:],
                record.weight[1:],
                None,
                *along(record)[:1],
                setting.padding[1],
                *along(record)[2:],
            ),
            dy[1:, 1:],
        )
        np.testing.assert_allclose(scene.panel(name).values[inside], alone.dx[0, 0], rtol=1e-12, atol=1e-9)
    np.testing.assert_array_equal(
        scene.panel("spread").values, conv1d_backward(record, dy, "gather").spread_dy[1, 1]
    )

    def rebuild(name, index, value):
        field, places = {
            "x": ("x", (1, 0)),
            "w": ("weight", (1, 0)),
            "b": ("bias", (1,)),
            "dy": ("dy", (1, 1)),
        }[name]
        arrays = {key: getattr(record, key) for key in ("x", "weight", "bias")} | {"dy": dy}
        arrays[field] = changed(arrays[field], (*places, *index), value)
        moved = arrays.pop("dy")
        again = conv1d(
            **arrays, stride=setting.stride[1], padding=setting.padding[1], dilation=setting.dilation[1]
        )
        return transposed_jacobian(again, moved, 1, 1)

    assert_edit(data.draw, scene, rebuild)


@given(single_rows())
def test_without_its_cropped_cells_the_transpose_is_the_transpose(case):
    scene = transposed_jacobian(*case)
    jacobian, band = scene.panel("dy/dx"), scene.panel("transpose")
    columns = np.flatnonzero(scene.panel("spread").kinds == 0)
    np.testing.assert_array_equal(band.values[:, columns], jacobian.values.T)
    inside, filled = band.kinds[:, columns], jacobian.kinds.T & FILLED
    np.testing.assert_array_equal(inside, np.where(filled, FILLED, jacobian.kinds.T))
    beside = np.setdiff1d(np.arange(band.shape[1]), columns)
    assert band.kinds[:, beside].all() and not scene.panel("spread").values[beside].any()
    assert_kinds(band, FILLED, never_met(scene, "rows", "out", "transpose"))
    whole = jacobians(*case)
    np.testing.assert_array_equal(whole.panel("dy/dx").values, jacobian.values)
    np.testing.assert_allclose(scene.panel("dx").values, whole.panel("dx").values, rtol=1e-12, atol=1e-9)


def test_the_transpose_of_the_lesson():
    record = conv1d([[[4, 1, 6, 5]]], [[[3, 2]]])
    scene = transposed_jacobian(record, [[[1, 10, 100]]])
    assert scene.panel("transpose").values.tolist() == [
        [2, 3, 0, 0, 0],
        [0, 2, 3, 0, 0],
        [0, 0, 2, 3, 0],
        [0, 0, 0, 2, 3],
    ]
    assert scene.panel("spread").values.tolist() == [0, 1, 10, 100, 0]
    assert scene.panel("slid").values.tolist() == scene.panel("dx").values.tolist() == [3, 32, 320, 200]
    assert_drawn(scene)


def test_a_stride_puts_zeros_between_the_cells_of_dy():
    record = conv1d([[[4, 1, 6, 5, 8]]], [[[3, 2]]], stride=2)
    scene = transposed_jacobian(record, [[[1, 10]]])
    spread = scene.panel("spread")
    assert spread.origin == (-1,) and scene.panel("transpose").origin == (0, -1)
    assert spread.values.tolist() == [0, 1, 0, 10, 0, 0]
    assert spread.kinds.tolist() == [PADDING, 0, THROWN, 0, FILLED, PADDING]
    assert scene.panel("dx").values.tolist() == [3, 2, 30, 20, 0]


def test_several_channels_have_no_transpose_on_the_stage():
    record = conv1d(*integers(0, (1, 2, 4), (1, 2, 2)))
    with pytest.raises(ValueError, match="x has 2 channels"):
        transposed_jacobian(record, record.y)
