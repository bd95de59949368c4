"""Sizes, padding, dilation and windows, against counting by hand; and what impossible settings say."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, pairs, sides, slidings
from vizconv.engine import cross_correlate, dilate, output_size, pad, rot180
from vizconv.engine.geometry import geometry, windows


def count_positions(size, kernel, stride, before, after, dilation):
    """Walk the kernel over the padded input and count the places where it fits."""
    cells = range(-before, size + after)
    return sum(start + dilation * (kernel - 1) in cells for start in range(-before, size + after + 1, stride))


@given(slidings())
def test_output_size_counts_the_positions(case):
    expected = tuple(
        count_positions(size, kernel, stride, before, after, dilation)
        for size, kernel, stride, (before, after), dilation in zip(
            case.size, case.kernel, case.stride, case.sides, case.dilation, strict=True
        )
    )
    assert output_size(case.size, case.kernel, **case.settings) == expected


def test_output_size_of_numbers_is_a_number():
    assert output_size(7, 3) == 5
    assert output_size(28, 5, padding=2) == 28
    assert output_size(7, 3, stride=2, padding=1, dilation=2) == 3
    assert output_size((7, 8), 3, stride=(1, 2)) == (5, 3)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_words_for_padding(kernel, dilation):
    assert output_size(20, kernel, padding="same", dilation=dilation) == 20
    assert output_size(20, kernel, padding="valid", dilation=dilation) == 20 - dilation * (kernel - 1)
    assert output_size(20, kernel, padding="full", dilation=dilation) == 20 + dilation * (kernel - 1)


def test_same_puts_the_odd_cell_after_for_correlation_and_before_for_convolution():
    assert geometry(5, 2, padding="same").padding == ((0, 1), (0, 1))
    assert geometry(5, 2, padding="same", odd="before").padding == ((1, 0), (1, 0))
    assert geometry(9, (4, 3), padding="same", stride=3).padding == ((1, 2), (1, 1))


@fewer(5)
@given(slidings())
def test_windows_are_views_of_the_cells_they_name(case):
    setting = geometry(case.size, case.kernel, **case.settings)
    padded = np.arange(np.prod(setting.padded_size)).reshape(setting.padded_size)
    view = windows(padded, setting)
    assert np.shares_memory(view, padded)
    assert view.shape == (*setting.output_size, *case.kernel)
    for i, j, u, v in itertools.product(*map(range, view.shape)):
        row = i * case.stride[0] + u * case.dilation[0]
        column = j * case.stride[1] + v * case.dilation[1]
        assert view[i, j, u, v] == padded[row, column]


@given(slidings())
def test_leftover_crop_and_origin(case):
    setting = geometry(case.size, case.kernel, **case.settings)
    padded = np.arange(np.prod(setting.padded_size)).reshape(setting.padded_size)
    last = windows(padded, setting)[-1, -1, -1, -1]
    row, column = np.unravel_index(last, padded.shape)
    assert setting.leftover == (len(padded) - 1 - row, padded.shape[1] - 1 - column)
    assert padded[setting.crop].shape == case.size
    (top, _), (left, _) = case.sides
    assert padded[setting.crop][0, 0] == padded[top, left]
    assert setting.origin == (-top, -left)


@given(pairs(1, 5), pairs(0, 4), st.sampled_from(["zeros", "reflect", "repeat"]))
def test_pad_equals_numpy(size, amount, border):
    x = np.arange(np.prod(size)).reshape(size)
    mode = {"zeros": "constant", "reflect": "reflect", "repeat": "edge"}[border]
    if border == "reflect" and any(side >= length for side, length in zip(amount, size, strict=True)):
        with pytest.raises(ValueError, match="too large to reflect"):
            pad(x, amount, border)
        return
    expected = np.pad(x, sides(amount, (1, 1), (1, 1)), mode=mode)
    np.testing.assert_array_equal(pad(x, amount, border), expected)


@given(pairs(1, 5), pairs(1, 4))
def test_dilate_spreads(size, dilation):
    x = np.arange(1, 1 + 2 * np.prod(size)).reshape(2, *size)
    spread = dilate(x, dilation)
    assert spread.shape == (2, *(d * (n - 1) + 1 for n, d in zip(size, dilation, strict=True)))
    np.testing.assert_array_equal(spread[:, :: dilation[0], :: dilation[1]], x)
    assert spread.sum() == x.sum()


def test_rot180():
    k = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(rot180(k), [[5, 4, 3], [2, 1, 0]])
    np.testing.assert_array_equal(rot180(rot180(k)), k)
    np.testing.assert_array_equal(rot180(np.stack([k, k + 1]))[1], rot180(k + 1))


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        (
            {"kernel_size": 9},
            ValueError,
            "9 does not .* a kernel height of 7 or less or a padding of 1",
        ),
        ({"kernel_size": (3, 9)}, ValueError, "kernel width of 9"),
        ({"kernel_size": 3, "dilation": 4}, ValueError, "spans 9 cells .* a dilation of 3 or less"),
        ({"kernel_size": 3, "stride": 0}, ValueError, "stride is 0; it must be 1 or more"),
        ({"kernel_size": 3, "stride": (1, 2, 3)}, ValueError, "stride has 3 parts"),
        ({"kernel_size": 3, "stride": 1.5}, TypeError, "stride is 1.5; a whole number"),
        ({"kernel_size": 3, "stride": True}, TypeError, "stride is True; a whole number"),
        ({"kernel_size": 3, "padding": -1}, ValueError, "padding is -1; it must be 0 or more"),
        ({"kernel_size": 3, "padding": ((0, 1), (0, -2))}, ValueError, "padding is -2"),
        ({"kernel_size": 3, "padding": ((0, 1), (1, 1), (2, 2))}, ValueError, "padding has 3 parts"),
        (
            {"kernel_size": 3, "padding": "some"},
            ValueError,
            "padding is 'some'; .* 'valid', 'same' or 'full'",
        ),
        ({"kernel_size": 3, "padding": None}, TypeError, "padding is None"),
        ({"kernel_size": 0}, ValueError, "kernel_size is 0"),
        ({"kernel_size": "3"}, TypeError, "kernel_size is '3'"),
        ({"kernel_size": 3, "dilation": 0}, ValueError, "dilation is 0"),
        ({"kernel_size": 3, "border": "wrap"}, ValueError, "border is 'wrap'"),
        ({"kernel_size": 3, "padding": 7, "border": "reflect"}, ValueError, "at most 6 fits"),
    ],
)
def test_an_impossible_setting_says_what_would_fit(settings, error, sentence):
    with pytest.raises(error, match=sentence):
        geometry(7, **settings)


@given(pairs(1, 6), pairs(1, 8), pairs(1, 3), st.integers(0, 2))
def test_what_the_sentence_offers_fits(size, kernel, dilation, padding):
    """Each way out named for the first axis that does not fit makes that axis fit."""
    try:
        geometry(size, kernel, padding=padding, dilation=dilation)
    except ValueError as error:
        sentence = str(error)
    else:
        return
    axis = 0 if "kernel height" in sentence else 1
    offers = sentence.split("; ")[1].removesuffix(" would fit").split(" or ")
    offers = [offer for offer in offers if offer not in ("less", "more")]
    for offer in offers:
        what, number = offer.rsplit(" of ", 1)
        setting = {"padding": padding, "dilation": dilation[axis], "kernel_size": kernel[axis]}
        name = {"a padding": "padding", "a dilation": "dilation"}.get(what, "kernel_size")
        assert output_size(size[axis], **{**setting, name: int(number)}) >= 1


def test_axes_that_are_missing():
    with pytest.raises(ValueError, match="two axes or more"):
        rot180(np.arange(3))
    with pytest.raises(ValueError, match="two axes or more"):
        dilate(np.arange(3), 2)
    with pytest.raises(ValueError, match="two axes or more"):
        pad(np.arange(3), 1)


@pytest.mark.parametrize("name", ["stride", "padding", "dilation"])
def test_what_is_beyond_all_arrays_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name} is 1180591620717411303424; at most 2,147,483,647 is"):
        cross_correlate(np.ones((3, 3)), np.ones((1, 1)), **{name: 2**70})
    if name != "padding":
        assert cross_correlate(np.ones((3, 3)), np.ones((1, 1)), **{name: 2**31 - 1}).size
