"""Initial weights: their variance, their bounds, their generator."""

import numpy as np
import pytest

from vizconv.engine import Relu, Tanh, he_normal, he_uniform, linear, xavier_normal, xavier_uniform
from vizconv.engine.initializers import fans

SHAPE = (64, 32, 5, 3)
VARIANCES = {
    he_normal: 2 / (32 * 15),
    he_uniform: 2 / (32 * 15),
    xavier_normal: 2 / (32 * 15 + 64 * 15),
    xavier_uniform: 2 / (32 * 15 + 64 * 15),
}


@pytest.mark.parametrize("initializer", VARIANCES)
def test_the_variance(initializer):
    weight = initializer(np.random.default_rng(0), SHAPE)
    assert weight.shape == SHAPE and weight.dtype == np.float32
    assert weight.var() == pytest.approx(VARIANCES[initializer], rel=0.05)
    assert abs(weight.mean()) < 0.05 * weight.std()


@pytest.mark.parametrize("initializer", [he_uniform, xavier_uniform])
def test_uniform_weights_keep_their_bound(initializer):
    weight = initializer(np.random.default_rng(0), SHAPE, np.float64)
    bound = np.sqrt(3 * VARIANCES[initializer])
    assert 0.99 * bound < np.abs(weight).max() <= bound


def test_the_fans_of_lenets_second_layer():
    assert fans((16, 6, 5, 5)) == (150, 400)
    assert fans((120, 400)) == (400, 120)
    assert fans((4, 3, 7)) == (21, 28)
    assert np.sqrt(2 / sum(fans((16, 6, 5, 5)))) == pytest.approx(0.06, abs=0.001)


@pytest.mark.parametrize(("initializer", "layer"), [(he_normal, Relu()), (xavier_uniform, Tanh())])
def test_ten_layers_keep_their_scale(initializer, layer):
    generator = np.random.default_rng(0)
    x = generator.standard_normal((50, 200)).astype(np.float32)
    for _ in range(10):
        x = layer.forward(linear(x, initializer(generator, (200, 200))).y).y
    assert 0.2 < x.std() < 2


def test_the_same_generator_gives_the_same_weights():
    for initializer in VARIANCES:
        first, again = (initializer(np.random.default_rng(7), (2, 3)) for _ in range(2))
        np.testing.assert_array_equal(first, again)


def test_what_does_not_fit_is_refused():
    with pytest.raises(TypeError, match=r"generator is a int; numpy.random.default_rng\(seed\)"):
        he_normal(0, (2, 3))
    with pytest.raises(ValueError, match="shape is 5; a weight's"):
        he_normal(np.random.default_rng(0), 5)
    with pytest.raises(ValueError, match="shape is 0"):
        xavier_normal(np.random.default_rng(0), (0, 3))
