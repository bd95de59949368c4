"""Initial weights whose sums neither grow nor fade from layer to layer; always from a given generator.

A layer sums n_in products for each output and n_out for each gradient. For a convolution's weight
(F, C, KH, KW) these are C·KH·KW and F·KH·KW, for a linear layer's (K, D) they are D and K.
"""

import numpy as np
from numpy.typing import DTypeLike

from vizconv.engine.geometry import whole
from vizconv.engine.types import Shape


def he_normal(generator: np.random.Generator, shape: Shape, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Draw normal weights of variance 2 / n_in, made for ReLU (He et al., 2015)."""
    inputs, _ = fans(shape)
    return _normal(generator, shape, 2 / inputs, dtype)


def he_uniform(generator: np.random.Generator, shape: Shape, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Draw uniform weights of variance 2 / n_in, made for ReLU (He et al., 2015)."""
    inputs, _ = fans(shape)
    return _uniform(generator, shape, 2 / inputs, dtype)


def xavier_normal(generator: np.random.Generator, shape: Shape, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Draw normal weights of variance 2 / (n_in + n_out), made for tanh (Glorot and Bengio, 2010)."""
    return _normal(generator, shape, 2 / sum(fans(shape)), dtype)


def xavier_uniform(generator: np.random.Generator, shape: Shape, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Draw uniform weights of variance 2 / (n_in + n_out), made for tanh (Glorot and Bengio, 2010)."""
    return _uniform(generator, shape, 2 / sum(fans(shape)), dtype)


def fans(shape: Shape) -> tuple[int, int]:
    """Count n_in and n_out of a weight (F, C, KH, KW), (F, C, K) or (K, D).

    Raises ValueError for a shape of fewer than two axes or with an empty one.
    """
    sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    if len(sizes) < 2:
        raise ValueError(f"shape is {shape}; a weight's (F, C, KH, KW) or (K, D) is expected")
    outputs, inputs, *kernel = (whole(size, "shape", 1) for size in sizes)
    cells = int(np.prod(kernel))
    return inputs * cells, outputs * cells


def _normal(generator, shape, variance, dtype):
    _require_generator(generator)
    return (generator.standard_normal(shape) * np.sqrt(variance)).astype(dtype)


def _uniform(generator, shape, variance, dtype):
    _require_generator(generator)
    bound = np.sqrt(3 * variance)  # a uniform number from -b to b has the variance b² / 3
    return generator.uniform(-bound, bound, shape).astype(dtype)


def _require_generator(generator):
    if not isinstance(generator, np.random.Generator):
        raise TypeError(
            f"generator is a {type(generator).__name__}; numpy.random.default_rng(seed) is expected, "
            "so that the same seed gives the same weights"
        )
