"""A large batch takes other ways than one image: several rows of y share a product. The numbers stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import normals, seeds, slidings
from vizconv.engine import conv2d, conv2d_backward
from vizconv.engine.geometry import windows
from vizconv.engine.operations.convolution import _rows_together

counts = st.integers(1, 4)


@given(slidings(largest_kernel=5), counts, st.integers(1, 13), st.integers(16, 18), seeds)
def test_a_batch_equals_its_images_one_by_one(case, channels, filters, images, seed):
    shapes = (images, channels, *case.size), (filters, channels, *case.kernel), (filters,)
    x, weight, bias = normals(seed, *shapes)
    batch = conv2d(x, weight, bias, **case.settings)
    (dy,) = normals(seed + 1, batch.y.shape)
    gradients = conv2d_backward(batch, dy)
    alone = [conv2d(image[None], weight, bias, **case.settings) for image in x]
    each = [conv2d_backward(record, image[None]) for record, image in zip(alone, dy, strict=True)]
    np.testing.assert_allclose(batch.y, np.concatenate([one.y for one in alone]), rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients.dx, np.concatenate([one.dx for one in each]), rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients.dweight, sum(one.dweight for one in each), rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients.dbias, sum(one.dbias for one in each), rtol=0, atol=1e-10)


def test_lenets_layers_share_rows_where_filters_are_few():
    (first, second), images = normals(0, (16, 1, 28, 28), (16, 6, 14, 14)), 16
    few, many = normals(0, (6, 1, 5, 5), (16, 6, 5, 5))
    assert _rows_together(images, 6, conv2d(first, few, padding="same").geometry) == 4
    assert _rows_together(images, 16, conv2d(second, many).geometry) == 1
    assert _rows_together(1, 6, conv2d(first, few).geometry) == 1


@given(slidings(), st.integers(1, 2), st.integers(1, 3), st.sampled_from([1, 2, 16, 17]), seeds)
def test_only_what_was_read_can_make_a_sum_infinite(case, channels, filters, images, seed):
    """The sums as the terms say them, product by product: zero times infinity only where both meet."""
    shapes = (images, channels, *case.size), (filters, channels, *case.kernel)
    x, weight = (sprinkled(array, seed + n) for n, array in enumerate(normals(seed, *shapes)))
    with np.errstate(invalid="ignore"):
        record = conv2d(x, weight, **case.settings)
        dy = sprinkled(*normals(seed + 2, record.y.shape), seed + 2)
        expected = {"dweight": np.einsum("nfij,ncijuv->fcuv", dy, record.patches), "dx": dx_of(record, dy)}
        np.testing.assert_allclose(
            record.y, np.einsum("ncijuv,fcuv->nfij", record.patches, weight), atol=1e-10
        )
        for how in ("fast", "scatter", "gather"):
            gradients = conv2d_backward(record, dy, how)
            for name, array in expected.items():
                np.testing.assert_allclose(getattr(gradients, name), array, atol=1e-10)


def sprinkled(array, seed):
    """Put NaN and infinities in the place of three numbers in a hundred, in every second array."""
    generator = np.random.default_rng(seed)
    odd = generator.choice([0, np.nan, np.inf, -np.inf], array.shape, p=[0.97, 0.01, 0.01, 0.01])
    return array + odd if generator.integers(0, 2) else array


def dx_of(record, dy):
    dpadded = np.zeros_like(record.padded)
    patches = windows(dpadded, record.geometry, writeable=True)
    for i, j in np.ndindex(dy.shape[2:]):
        patches[:, :, i, j] += np.einsum("nf,fcuv->ncuv", dy[:, :, i, j], record.weight)
    return dpadded[..., *record.geometry.crop]


@pytest.mark.parametrize("images", [1, 15, 16, 64])
def test_an_infinite_pixel_of_one_image_reaches_only_its_own_windows(images):
    x = np.zeros((images, 1, 28, 28))
    x[0, 0, 10, 10] = np.inf
    y = conv2d(x, np.ones((6, 1, 5, 5))).y
    assert np.isinf(y[0, :, 6:11, 6:11]).all() and np.isfinite(y).sum() == y.size - 6 * 25
