"""A network's layers as one still."""

import io

import numpy as np
from PIL import Image

from vizconv.draw.layers import layers_png


def opened(layers) -> Image.Image:
    return Image.open(io.BytesIO(layers_png(layers))).convert("RGB")


def test_every_layer_is_drawn_beside_the_one_before():
    random = np.random.default_rng(0)
    layers = {"x": random.random((1, 28, 28)), "conv": random.normal(size=(16, 10, 10)), "flat": np.ones(400)}
    narrow, wide = opened({"x": layers["x"]}), opened(layers)
    assert wide.height == narrow.height and wide.width > narrow.width
    parts = [np.asarray(picture)[30:100, 20:50].astype(int) for picture in (narrow, wide)]
    np.testing.assert_allclose(*parts, atol=12)  # each has a palette of its own


def test_positive_negative_and_nothing_have_their_colours():
    picture = np.asarray(opened({"x": np.array([[[1.0, -1.0, 0.0]]])})).reshape(-1, 3).astype(int)
    red, blue = picture[:, 0] - picture[:, 2] > 80, picture[:, 2] - picture[:, 0] > 80
    assert red.any() and blue.any()


def test_what_is_all_zero_or_not_finite_is_drawn_too():
    for values in (np.zeros((1, 3, 3)), np.array([[[np.inf, np.nan, 1.0]]]), np.zeros(1)):
        assert opened({"x": values}).width > 0
