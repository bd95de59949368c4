"""The preset kernels, and the pictures to try them on."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from vizconv import explore
from vizconv.examples.filters import CLIPPED, FILTERS, SIGNED, centred, middle_index
from vizconv.examples.photographs import bright_disc, bright_square, photograph

SIZES = range(3, 8)
KNOWN = {
    "moving average": np.full((3, 3), 1 / 9),
    "blur": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "vertical edges": [[1, 0, -1]] * 3,
    "horizontal edges": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "horizontal edges, signs flipped": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "Sobel, vertical edges": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "Sobel, horizontal edges": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "sharpen": 2 * np.outer([0, 1, 0], [0, 1, 0]) - np.full((3, 3), 1 / 9),
    "copy": np.outer([0, 1, 0], [0, 1, 0]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_three_by_three_is_the_well_known_one(name):
    np.testing.assert_allclose(FILTERS[name].make(3), KNOWN[name])


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("size", SIZES)
def test_every_size_keeps_the_sum_of_the_weights(name, size):
    kernel = FILTERS[name].make(size)
    assert kernel.shape == (size, size)
    total = {CLIPPED: 1, SIGNED: 0}[FILTERS[name].shown]
    assert kernel.sum() == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("size", [3, 5, 7])
def test_a_blur_is_scipys_average_repeated(size):
    point = np.zeros((15, 15))
    point[7, 7] = 1
    for _ in range(size - 1):
        point = ndimage.uniform_filter(point, 2, mode="constant")
    (row, *_), (column, *_) = np.nonzero(point)
    cut = point[row : row + size, column : column + size]
    np.testing.assert_allclose(FILTERS["blur"].make(size), cut, atol=1e-15)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("old", SIZES)
def test_the_middle_stays_the_middle_index(size, old):
    kernel = np.arange(1, old * old + 1).reshape(old, old)
    made = centred(kernel, size)
    assert made.shape == (size, size)
    assert made[middle_index(size), middle_index(size)] == kernel[middle_index(old), middle_index(old)]
    np.testing.assert_array_equal(centred(made, old), kernel if size >= old else centred(made, old))
    assert set(made.ravel()) <= {0, *kernel.ravel()}


def test_the_photograph():
    full = photograph()
    assert full.shape == (512, 512, 3) and full.dtype == np.uint8 and full.std() > 40
    assert photograph(100).shape == (100, 100, 3) and photograph(100, colours=False).shape == (100, 100)
    grey = np.asarray(Image.fromarray(full).convert("L"))
    np.testing.assert_array_equal(photograph(colours=False), grey)
    assert explore.photograph is photograph
    with pytest.raises(ValueError, match="read-only"):
        photograph()[0, 0] = 0


@pytest.mark.parametrize("size", [0, 513])
def test_no_such_size(size):
    with pytest.raises(ValueError, match=f"size is {size}; 1 to 512 pixels"):
        photograph(size)


def test_the_drawn_ones():
    square, disc = bright_square()[..., 0], bright_disc()[..., 0]
    assert square.shape == (16, 16) and (square == 200).sum() == 64 and (square == 50).sum() == 192
    assert disc.shape == (48, 48) and set(disc.ravel()) == {50, 200}
    for picture in (square, disc):
        np.testing.assert_array_equal(picture, np.rot90(picture))
